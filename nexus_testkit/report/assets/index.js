"use strict";

function Index({ tests }) {
  const [search, setSearch] = useState("");
  const wanted = search.toLowerCase();
  const order = { failed: 0, passed: 1 };
  const shown = useMemo(
    () =>
      tests
        .filter((test) => `${test.test} ${test.error}`.toLowerCase().includes(wanted))
        .sort((a, b) => order[a.outcome] - order[b.outcome] || (a.test < b.test ? -1 : 1)),
    [wanted],
  );
  const failed = tests.filter((test) => test.outcome === "failed").length;
  return html`<main class="index">
    <h1>nexus report</h1>
    <p class="facts">
      <span class=${failed ? "pill failed" : "pill passed"}>${failed ? `${failed} failed` : "all passed"}</span>
      <span>${plural(tests.length, "test")} with a world</span>
      <span>${plural(tests.reduce((sum, test) => sum + test.calls, 0), "call")} crossed a port</span>
    </p>
    <label class="search"
      ><span class="offscreen">Search tests</span
      ><input type="search" placeholder="Search tests and errors" value=${search} onInput=${(e) => setSearch(e.target.value)}
    /></label>
    <table>
      <thead>
        <tr><th scope="col">Outcome</th><th scope="col">Test</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Virtual time</th></tr>
      </thead>
      <tbody>
        ${shown.map(
          (test) => html`<tr key=${test.test}>
            <td><span class=${`pill ${test.outcome}`}>${test.outcome}</span></td>
            <td>
              ${test.page
                ? html`<a href=${test.page}><${TestName} id=${test.test} /></a>`
                : html`<${TestName} id=${test.test} />`}
              ${test.error && html`<div class="error">${test.error}${test.place && html` <span class="path">${test.place}</span>`}</div>`}
            </td>
            <td class="number">${test.calls.toLocaleString("en")}</td>
            <td class="number">${duration(test.elapsed_s)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${!shown.length && html`<p class="empty">${tests.length ? "No test matches." : "No test of this run had a world."}</p>`}
  </main>`;
}

render(html`<${Index} tests=${DATA.tests} />`, document.getElementById("app"));
