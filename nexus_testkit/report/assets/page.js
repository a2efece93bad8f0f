"use strict";

const PORTS = ["database", "cache", "mail", "http", "files", "clock", "analytics"];
const ROW = 26; // pixels of a line in the list; the style says the same
const LANE = 20; // pixels of a lane
const AXIS = 20;
const MOST_LANES = 500;
const MARK = { error: "✕", cancelled: "⊘", pending: "…", ok: "" };

// -- the data, made ready once

const portOf = (record) => (record.o ? record.o.slice(0, record.o.indexOf(".")) : record.l === "log" ? "log" : "task");
const RECORDS = DATA.records.map((record, at) => ({
  ...record,
  at,
  port: portOf(record),
  text: [record.o, record.a, record.r, record.c, record.w, record.x, record.l, record.g, DATA.tasks[record.t]].join(" ").toLowerCase(),
  problem: record.k === "error" || Boolean(record.x) || Boolean(record.m) || ["WARNING", "ERROR", "CRITICAL"].includes(record.v),
}));
const BY_NUMBER = new Map(RECORDS.filter((record) => record.n).map((record) => [record.n, record]));
const CHILDREN = Map.groupBy ? Map.groupBy(RECORDS.filter((r) => r.p), (r) => r.p) : new Map();
if (!Map.groupBy) for (const record of RECORDS) if (record.p) CHILDREN.set(record.p, [...(CHILDREN.get(record.p) || []), record]);
// Tasks that made a call or logged a line; the others come and go, and have a lane only while they are asked for.
const BUSY = new Set(RECORDS.filter((record) => record.port !== "task").map((record) => record.t));
const DEPTH = new Map();
for (const record of RECORDS) if (record.n) DEPTH.set(record.n, record.p ? (DEPTH.get(record.p) || 0) + 1 : 0);

// Where each event stands on the axis. Events of one instant are a step apart, and time that passes takes the more room the more
// of it there is, on a logarithmic scale: an hour of waiting does not press a test's thousand calls into one pixel.
const AXIS_OF = (() => {
  const x = new Float64Array(DATA.places + 1);
  const times = new Float64Array(DATA.places + 1).fill(NaN);
  for (const record of RECORDS) {
    times[record.b] = record.s;
    if (record.e != null) times[record.e] = record.f;
  }
  const ticks = [];
  let at = 0;
  let now = NaN;
  for (let place = 0; place < DATA.places; place++) {
    const time = times[place];
    if (!Number.isNaN(time) && time !== now) {
      if (!Number.isNaN(now)) at += 3 + 3 * Math.log10(1 + Math.max(0, time - now) * 1000);
      ticks.push({ x: at, time });
      now = time;
    }
    x[place] = at;
    at += 1;
  }
  x[DATA.places] = at;
  return { x, ticks, end: Math.max(at, 1) };
})();

// -- small parts

const Pairs = ({ rows, head }) =>
  html`<table class="pairs">
    ${head && html`<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`}
    <tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => (at ? html`<td>${cell}</td>` : html`<th scope="row">${cell}</th>`))}</tr>`)}</tbody>
  </table>`;

const Block = ({ title, text, what }) =>
  html`<section>
    <h3>${title} <${Copy} text=${text} what=${what || title} /></h3>
    <pre tabindex="0" aria-label=${title}>${text}</pre>
  </section>`;

function Rows({ rows }) {
  if (!rows.length) return html`<section><h3>Rows</h3><p class="empty">no row</p></section>`;
  const more = rows.length - rows.values.length;
  return html`<section>
    <h3>${plural(rows.length, "row")}</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Rows">
      <table class="rows">
        <thead><tr>${rows.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>
          ${rows.values.map((row) => html`<tr>${row.map((cell) => html`<td>${cell === null ? html`<i class="null">NULL</i>` : cell}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
    ${more > 0 && html`<p class="empty">and ${plural(more, "more row")}, which the journal does not keep</p>`}
  </section>`;
}

function Database({ d }) {
  return html`<${Block} title="SQL" text=${d.sql} />
    ${d.parameters.length > 0 && html`<section><h3>Parameters</h3><${Pairs} rows=${d.parameters} /></section>`}
    ${d.rows && html`<${Rows} rows=${d.rows} />`}
    ${d.result != null && html`<section><h3>Result</h3><pre>${d.result}</pre></section>`}`;
}

function Attachment({ file }) {
  const save = () => {
    const bytes = Uint8Array.from(atob(file.content), (character) => character.charCodeAt(0));
    const link = document.createElement("a");
    // Never with its own type: what a mail brings is saved, not opened.
    link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    link.download = file.name || "attachment";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return html`<li>
    <b>${file.name || "(without a name)"}</b> ${file.type}, ${plural(file.size, "byte")}
    ${file.content !== undefined && html` <button type="button" class="copy" onClick=${save} aria-label=${`Save ${file.name}`}>Save</button>`}
  </li>`;
}

function Mail({ d }) {
  const views = [d.html !== null && "HTML", d.text !== null && "Text", d.html !== null && "HTML source"].filter(Boolean);
  const [view, setView] = useState(views[0]);
  return html`<section>
      <h3>Envelope</h3>
      <${Pairs} rows=${[["from", d.sender], ["to", d.recipients], ...(d.result ? [["reply", d.result]] : [])]} />
    </section>
    <section><h3>Headers</h3><${Pairs} rows=${d.headers} /></section>
    ${views.length > 0 &&
    html`<section>
      <h3>Content</h3>
      <div class="tabs">
        ${views.map((name) => html`<button type="button" aria-pressed=${name === view} onClick=${() => setView(name)}>${name}</button>`)}
      </div>
      ${view === "HTML" && html`<iframe title="The mail's HTML part" sandbox="" srcdoc=${d.html}></iframe>`}
      ${view === "Text" && html`<pre tabindex="0" aria-label="Text part">${d.text}</pre>`}
      ${view === "HTML source" && html`<pre tabindex="0" aria-label="HTML source">${d.html}</pre>`}
    </section>`}
    ${d.attachments.length > 0 &&
    html`<section><h3>${plural(d.attachments.length, "attachment")}</h3><ul>${d.attachments.map((file) => html`<${Attachment} file=${file} />`)}</ul></section>`}`;
}

function Message({ title, line, message }) {
  return html`<section class="message">
    <h3>${title}</h3>
    <pre class="line">${line}</pre>
    ${message.headers.length > 0 && html`<${Pairs} rows=${message.headers} />`}
    ${message.body ? html`<pre tabindex="0" aria-label=${`${title} body`}>${message.body}</pre>` : html`<p class="empty">no body</p>`}
  </section>`;
}

function Http({ d }) {
  const { request, response } = d;
  return html`<${Message} title="Request" line=${`${request.method} ${request.url}`} message=${request} />
    ${response ? html`<${Message} title="Response" line=${String(response.status)} message=${response} />` : html`<section><h3>Response</h3><p class="empty">none came</p></section>`}`;
}

function Plain({ d }) {
  return html`${d.command && html`<${Block} title="Redis command" text=${d.command} />`}
    ${d.arguments.length > 0 && html`<section><h3>Arguments</h3><${Pairs} rows=${d.arguments} /></section>`}
    ${d.result != null && html`<section><h3>${d.command ? "Reply" : "Result"}</h3><pre tabindex="0" aria-label="Result">${d.result}</pre></section>`}`;
}

const kindOf = (d) => (d.sql !== undefined ? Database : d.headers ? Mail : d.request ? Http : Plain);

function Detail({ record, select }) {
  if (!record) return html`<aside class="detail" aria-label="Details"><p class="empty">Choose a call to see all of it.</p></aside>`;
  const task = DATA.tasks[record.t];
  if (!record.n) {
    const title = record.l === "log" ? `${record.v} ${record.g}` : record.l;
    return html`<aside class="detail" aria-label="Details">
      <h2><span class=${`dot ${record.port}`}></span>${title}</h2>
      <${Pairs} rows=${[["task", task], ["at", second(record.s)]]} />
      ${record.a && html`<pre>${record.a}</pre>`}
    </aside>`;
  }
  const facts = [["task", task]];
  facts.push(["time", record.f == null ? `${second(record.s)}, and never came back` : record.f === record.s ? second(record.s) : `${second(record.s)} to ${second(record.f)} (${duration(record.f - record.s)})`]);
  if (record.c) facts.push(["called by", html`${record.c} <span class="path">${record.w}</span>`]);
  const link = (other) => html`<button type="button" class="link" onClick=${() => select(other)}>${other.n} ${other.o}</button> `;
  if (record.p && BY_NUMBER.has(record.p)) facts.push(["during", link(BY_NUMBER.get(record.p))]);
  const children = CHILDREN.get(record.n) || [];
  if (children.length) facts.push(["meanwhile", html`${children.slice(0, 12).map(link)}${children.length > 12 && ` and ${children.length - 12} more`}`]);
  if (record.x) facts.push(["fault", record.x]);
  const Kind = kindOf(record.d);
  const error = record.d.error;
  return html`<aside class="detail" aria-label="Details" key=${record.n}>
    <h2><span class=${`dot ${record.port}`}></span>${record.n} ${record.o}
      <${Copy} text=${`${record.o}(${record.a})${record.r ? ` -> ${record.r}` : ""}`} what="the call" /></h2>
    ${record.m && html`<p class="came">The failure came of this call.</p>`}
    <${Pairs} rows=${facts} />
    ${error &&
    html`<section class="raised">
      <h3>${error.type}</h3>
      <pre tabindex="0" aria-label="Error">${error.text}</pre>
      ${error.facts.length > 0 && html`<${Pairs} rows=${error.facts} />`}
    </section>`}
    <${Kind} d=${record.d} />
  </aside>`;
}

// -- the lanes

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return Object.fromEntries([...PORTS, "other", "log", "task", "bad", "ink", "dim", "line", "back", "stripe", "accent"].map((name) => [name, of(name)]));
}

function Lanes({ shown, selected, select, idle }) {
  const canvas = useRef(null);
  const axis = useRef(null);
  const box = useRef(null);
  const [width, setWidth] = useState(800);
  const [zoom, setZoom] = useState(1);
  const [from, setFrom] = useState(0);
  const [dark, setDark] = useState(0);
  const tasks = useMemo(() => DATA.tasks.map((_, task) => task).filter((task) => idle || BUSY.has(task)), [idle]);
  const lanes = Math.min(tasks.length, MOST_LANES);
  const laneOf = useMemo(() => new Map(tasks.slice(0, MOST_LANES).map((task, lane) => [task, lane])), [tasks]);
  const labels = width < 560 ? 96 : 176;
  const span = AXIS_OF.end / zoom;
  const start = Math.max(0, Math.min(from, AXIS_OF.end - span));
  const scale = Math.max(0.0001, (width - labels - 12) / span);
  const at = (x) => labels + 6 + (x - start) * scale;
  const endOf = (record) => (record.e == null ? (record.n ? AXIS_OF.end : AXIS_OF.x[record.b]) : AXIS_OF.x[record.e]);

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(box.current);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => setDark((n) => n + 1);
    scheme.addEventListener("change", redraw);
    return () => (watch.disconnect(), scheme.removeEventListener("change", redraw));
  }, []);

  useEffect(() => {
    if (!selected) return;
    const x = AXIS_OF.x[selected.b];
    if (x < start || x > start + span * 0.95) setFrom(x - span / 2);
    const top = laneOf.get(selected.t) * LANE;
    const scroll = box.current;
    if (top < scroll.scrollTop || top + LANE > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top - LANE;
  }, [selected]);

  useLayoutEffect(() => {
    const height = lanes * LANE;
    const c = colours();
    const scales = prepared(axis.current, width, AXIS);
    const draw = prepared(canvas.current, width, height);
    for (let lane = 1; lane < lanes; lane += 2) {
      draw.fillStyle = c.stripe;
      draw.fillRect(0, lane * LANE, width, LANE);
    }
    let free = labels;
    for (const tick of AXIS_OF.ticks) {
      const x = Math.round(at(tick.x)) + 0.5;
      if (x < labels || x > width) continue;
      for (const [on, from_, to] of [[scales, AXIS - 5, AXIS], [draw, 0, height]]) {
        on.strokeStyle = c.line;
        on.beginPath();
        on.moveTo(x, from_);
        on.lineTo(x, to);
        on.stroke();
      }
      const label = duration(tick.time);
      const wide = scales.measureText(label).width;
      if (x >= free && x + wide < width) {
        scales.fillStyle = c.dim;
        scales.fillText(label, x + 2, AXIS / 2);
        free = x + wide + 14;
      }
    }
    const bar = (record, faded) => {
      const lane = laneOf.get(record.t);
      if (lane === undefined) return;
      const left = Math.max(labels, at(AXIS_OF.x[record.b]));
      const right = at(endOf(record));
      if (right < labels || left > width) return;
      const inset = 4 + Math.min(2, DEPTH.get(record.n) || 0) * 2;
      const top = lane * LANE + inset;
      const tall = LANE - 2 * inset;
      draw.globalAlpha = faded ? 0.18 : record.k === "pending" ? 0.45 : 1;
      draw.fillStyle = record.problem && record.k === "error" ? c.bad : c[record.port] || c.other;
      if (!record.n) draw.fillRect(left, top + tall / 2 - 2, 3, 4);
      else draw.fillRect(left, top, Math.max(2.5, Math.min(right, width) - left), tall);
      draw.globalAlpha = 1;
    };
    const visible = new Set(shown);
    for (const record of RECORDS) if (!visible.has(record)) bar(record, true);
    for (const record of shown) bar(record, false);
    if (DATA.failedAt !== null && DATA.outcome === "failed") {
      const last = DATA.failedAt ? RECORDS[DATA.failedAt - 1] : null;
      const x = Math.round(at(last ? Math.max(AXIS_OF.x[last.b], last.e == null ? 0 : AXIS_OF.x[last.e]) + 0.7 : 0)) + 0.5;
      if (x >= labels && x <= width) {
        draw.strokeStyle = c.bad;
        draw.setLineDash([4, 3]);
        draw.lineWidth = 1.5;
        draw.beginPath();
        draw.moveTo(x, 0);
        draw.lineTo(x, height);
        draw.stroke();
        draw.setLineDash([]);
        draw.lineWidth = 1;
      }
    }
    if (selected && laneOf.has(selected.t)) {
      const left = at(AXIS_OF.x[selected.b]);
      draw.strokeStyle = c.accent;
      draw.lineWidth = 2;
      const wide = Math.max(5, Math.min(at(endOf(selected)), width) - left);
      if (left >= labels - 2) draw.strokeRect(left - 2, laneOf.get(selected.t) * LANE + 1.5, wide + 4, LANE - 3);
    }
    for (let lane = 0; lane < lanes; lane++) {
      const isOn = selected && laneOf.get(selected.t) === lane;
      draw.fillStyle = lane % 2 ? c.stripe : c.back;
      draw.fillRect(0, lane * LANE, labels - 4, LANE);
      draw.fillStyle = isOn ? c.ink : c.dim;
      draw.font = `${isOn ? "600 " : ""}12px system-ui, sans-serif`;
      draw.fillText(fitted(draw, DATA.tasks[tasks[lane]], labels - 16), 8, lane * LANE + LANE / 2 + 1);
    }
  }, [width, zoom, start, shown, selected, dark, tasks]);

  const click = (event) => {
    const x = event.offsetX;
    const lane = Math.floor(event.offsetY / LANE);
    let best = null;
    let least = 12;
    for (const record of shown) {
      if (laneOf.get(record.t) !== lane) continue;
      const left = at(AXIS_OF.x[record.b]);
      const right = Math.max(left + 2.5, at(endOf(record)));
      const away = x < left ? left - x : x > right ? x - right : 0;
      const rank = away - (DEPTH.get(record.n) || 0) * 0.01;
      if (rank < least) [best, least] = [record, rank];
    }
    if (best) select(best);
  };

  return html`<section class="lanes" aria-label="Swim lanes">
    <div class="bar">
      <h2>Tasks over virtual time</h2>
      ${zoom > 1 &&
      html`<label><span class="offscreen">Part that is shown</span><input type="range" min="0" max=${AXIS_OF.end - span} step="any" value=${start} onInput=${(e) => setFrom(+e.target.value)} /></label>`}
      <span class="buttons">
        <button type="button" aria-label="Zoom out" disabled=${zoom <= 1} onClick=${() => setZoom(Math.max(1, zoom / 2))}>−</button>
        <button type="button" aria-label="Zoom in" disabled=${AXIS_OF.end / zoom < 8} onClick=${() => {
          setZoom(zoom * 2);
          setFrom((selected ? AXIS_OF.x[selected.b] : start + span / 2) - span / 4);
        }}>+</button>
        <button type="button" disabled=${zoom === 1} onClick=${() => setZoom(1)}>Fit</button>
      </span>
    </div>
    <canvas class="axis" ref=${axis} aria-hidden="true"></canvas>
    <div class="canvas" ref=${box}><canvas ref=${canvas} onClick=${click} role="img" aria-label=${`${plural(lanes, "lane")}, one a task; the list below has the same calls`}></canvas></div>
    ${tasks.length > lanes && html`<p class="empty">the first ${lanes} of ${tasks.length} tasks</p>`}
  </section>`;
}

/** The canvas cleared, at this size in pixels of the page, sharp on any screen. */
function prepared(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const draw = canvas.getContext("2d");
  draw.scale(ratio, ratio);
  draw.font = "12px system-ui, sans-serif";
  draw.textBaseline = "middle";
  return draw;
}

function fitted(draw, text, width) {
  if (draw.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && draw.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}

// -- the list, of which only what can be seen is in the document

function Line({ record, top, position, count, isSelected, select }) {
  if (record.failure) {
    return html`<div class="row failure" style=${{ top: `${top}px` }} role="option" aria-disabled="true" aria-setsize=${count} aria-posinset=${position}>
      <span class="mark">✕</span><span class="said">${DATA.when === "call" ? "the test" : `the ${DATA.when}`} failed here: ${DATA.error}</span>
    </div>`;
  }
  const kind = record.n ? record.k : record.l === "log" ? "log" : "task";
  const classes = ["row", kind, record.m && "came", record.problem && "problem", isSelected && "selected"].filter(Boolean).join(" ");
  return html`<div id=${`row-${record.at}`} class=${classes} style=${{ top: `${top}px` }} role="option" aria-selected=${isSelected} aria-setsize=${count} aria-posinset=${position} onClick=${() => select(record)}>
    <span class="mark" title=${record.x || null}>${record.x ? "⚡" : MARK[record.k] || ""}</span>
    <span class="when">${second(record.s)}</span>
    <span class="n">${record.n || ""}</span>
    <span class="who">${DATA.tasks[record.t]}</span>
    <span class=${`dot ${record.port}`}></span>
    <span class="said" style=${{ paddingLeft: `${(DEPTH.get(record.n) || 0) * 14}px` }}
      >${record.n
        ? html`<b>${record.o}</b>(<span class="given">${record.a}</span>)${record.r && html` <span class="came-of">${{ error: "✕", cancelled: "⊘" }[record.k] || "→"} ${record.r}</span>`}`
        : html`<b>${record.l === "log" ? record.v : record.l}</b> ${record.g || ""} ${record.a}`}</span>
  </div>`;
}

function List({ lines, selected, select, list }) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);
  const placed = useRef(false);
  const index = lines.indexOf(selected);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setHeight(entry.contentRect.height));
    watch.observe(list.current);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (index < 0) return;
    const element = list.current;
    const view = element.clientHeight;
    const above = element.scrollTop - index * ROW;
    const below = (index + 1) * ROW - element.scrollTop - view;
    // Next to what is seen it comes into view; at first, and from afar, with what stands around it, where the window shows it.
    if (!placed.current || Math.max(above, below) > 3 * ROW) {
      const seen = Math.min(view, Math.max(8 * ROW, innerHeight - element.getBoundingClientRect().top));
      element.scrollTop = (index + 1) * ROW - seen / 2;
    } else if (above > 0) element.scrollTop -= above;
    else if (below > 0) element.scrollTop += below;
    placed.current = height > 0;
  }, [selected, lines, height]);
  const move = (event) => {
    const page = Math.max(1, Math.floor(height / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    let step = steps[event.key];
    let target;
    if (step !== undefined) target = Math.max(0, Math.min(lines.length - 1, (index < 0 ? (step > 0 ? -1 : 0) : index) + step));
    else if (event.key === "n" || event.key === "p") {
      step = event.key === "n" ? 1 : -1;
      target = index + step;
      while (lines[target] && !lines[target].problem) target += step;
    } else return;
    while (lines[target] && lines[target].failure) target += step > 0 ? 1 : -1;
    event.preventDefault();
    if (lines[target]) select(lines[target]);
  };
  const first = Math.max(0, Math.floor(top / ROW) - 10);
  const window_ = lines.slice(first, first + Math.ceil((height || 600) / ROW) + 20);
  return html`<div class="list" ref=${list} tabindex="0" role="listbox" aria-label="Calls" aria-activedescendant=${index >= 0 ? `row-${selected.at}` : null} onKeyDown=${move} onScroll=${(e) => setTop(e.target.scrollTop)}>
    <div class="sheet" style=${{ height: `${lines.length * ROW}px` }}>
      ${window_.map((record, at) => html`<${Line} key=${record.failure ? "failure" : record.at} record=${record} top=${(first + at) * ROW} position=${first + at + 1} count=${lines.length} isSelected=${record === selected} select=${select} />`)}
    </div>
    ${!lines.some((record) => !record.failure) && html`<p class="empty">${RECORDS.length ? "Nothing matches." : "Nothing crossed a port."}</p>`}
  </div>`;
}

// -- the page

const FAILURE = { failure: true, problem: true };

function startingPoint() {
  const asked = /^#call-(\d+)$/.exec(location.hash);
  if (asked && BY_NUMBER.has(+asked[1])) return BY_NUMBER.get(+asked[1]);
  const came = RECORDS.find((record) => record.m);
  if (came) return came;
  const before = RECORDS.slice(0, DATA.failedAt ?? RECORDS.length).filter((record) => record.n);
  return before[before.length - 1] || null;
}

function Header() {
  const calls = RECORDS.filter((record) => record.n);
  return html`<header>
    <h1><${TestName} id=${DATA.test} /></h1>
    <p class="facts">
      <span class=${`pill ${DATA.outcome}`}>${DATA.outcome}</span>
      <span>${plural(calls.length, "call")}</span><span>${plural(DATA.tasks.length, "task")}</span>
      <span>${duration(DATA.elapsed)} of virtual time</span><span>seed ${DATA.seed}</span>
    </p>
    ${DATA.error && html`<pre class="error" tabindex="0" aria-label="Error">${DATA.error}${DATA.place && html` <span class="path">${DATA.place}</span>`}</pre>`}
    <div class="again">
      <h2>Run it again</h2>
      ${DATA.again.map((line, at) => html`<div class="command"><code tabindex="0">${line}</code><${Copy} text=${line} what=${at ? "the command" : "the line that runs it again"} /></div>`)}
    </div>
    ${DATA.example &&
    html`<div class="tape">
      <h2>Example</h2>
      <pre tabindex="0" aria-label="Example">${DATA.example}</pre>
    </div>`}
    ${DATA.tape &&
    html`<div class="tape">
      <h2>Decisions</h2>
      ${DATA.tape.found && html`<p>${DATA.tape.found}</p>`}
      ${DATA.tape.decisions.length ? html`<ol>${DATA.tape.decisions.map((words) => html`<li>${words}</li>`)}</ol>` : html`<p class="empty">stock order: no delay, no fault</p>`}
    </div>`}
  </header>`;
}

function Page() {
  const [search, setSearch] = useState("");
  const [off, setOff] = useState(new Set(["task"]));
  const [task, setTask] = useState(-1);
  const [problems, setProblems] = useState(false);
  const [selected, setSelected] = useState(startingPoint);
  const field = useRef(null);
  const list = useRef(null);
  const counts = useMemo(() => {
    const found = new Map();
    for (const record of RECORDS) found.set(record.port, (found.get(record.port) || 0) + 1);
    return found;
  }, []);
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return RECORDS.filter((record) => !off.has(record.port) && (task < 0 || record.t === task) && (!problems || record.problem) && (!wanted || record.text.includes(wanted)));
  }, [search, off, task, problems]);
  const lines = useMemo(() => {
    if (DATA.outcome !== "failed" || DATA.failedAt === null) return shown;
    const at = shown.findIndex((record) => record.at >= DATA.failedAt);
    return at < 0 ? [...shown, FAILURE] : [...shown.slice(0, at), FAILURE, ...shown.slice(at)];
  }, [shown]);
  const select = (record) => {
    setSelected(record);
    if (record.n) history.replaceState(null, "", `#call-${record.n}`);
  };
  useEffect(() => {
    const key = (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        field.current.focus();
      } else if (event.key === "Escape" && document.activeElement === field.current) {
        setSearch("");
        list.current.focus();
      }
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  const toggle = (port) => {
    const next = new Set(off);
    if (!next.delete(port)) next.add(port);
    setOff(next);
  };
  const known = [...PORTS, ...[...counts.keys()].filter((port) => !PORTS.includes(port) && port !== "log" && port !== "task").sort(), "log", "task"];
  const calls = shown.filter((record) => record.n).length;
  return html`<${Header} />
    <main>
      <div class="tools" role="search">
        <label class="search"><span class="offscreen">Search calls</span><input ref=${field} type="search" placeholder="Search calls  ( / )" value=${search} onInput=${(e) => setSearch(e.target.value)} /></label>
        <div class="ports" role="group" aria-label="Ports that are shown">
          ${known.filter((port) => counts.has(port)).map((port) => html`<button type="button" class="port" aria-pressed=${!off.has(port)} onClick=${() => toggle(port)}><span class=${`dot ${port}`}></span>${port === "task" ? "tasks" : port} <small>${counts.get(port)}</small></button>`)}
        </div>
        <button type="button" class="port" aria-pressed=${problems} onClick=${() => setProblems(!problems)}>only problems</button>
        ${DATA.tasks.length > 1 &&
        html`<label><span class="offscreen">Task</span><select value=${task} onChange=${(e) => setTask(+e.target.value)}>
          <option value="-1">all tasks</option>
          ${DATA.tasks.map((name, at) => html`<option value=${at}>${name}</option>`)}
        </select></label>`}
        <span class="count" role="status">${calls === BY_NUMBER.size ? plural(calls, "call") : `${calls.toLocaleString("en")} of ${plural(BY_NUMBER.size, "call")}`}</span>
      </div>
      <${Lanes} shown=${shown} selected=${selected} select=${select} idle=${!off.has("task")} />
      <div class="both">
        <${List} lines=${lines} selected=${selected} select=${select} list=${list} />
        <${Detail} record=${selected} select=${select} />
      </div>
      <p class="keys"><kbd>/</kbd> search <kbd>↑</kbd> <kbd>↓</kbd> calls <kbd>n</kbd> <kbd>p</kbd> next and previous problem</p>
    </main>`;
}

render(html`<${Page} />`, document.getElementById("app"));
