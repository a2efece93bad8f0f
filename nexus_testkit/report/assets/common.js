"use strict";
// What both pages need. Text reaches the document through Preact alone, which writes text nodes; nothing here makes HTML of data.
const { html, render, useState, useEffect, useLayoutEffect, useMemo, useRef } = htmPreact;
const DATA = JSON.parse(document.getElementById("data").textContent);

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** Virtual seconds as people say them: "0 s", "1.5 ms", "2 min 3 s", "1 d 2 h". */
function duration(seconds) {
  if (!seconds) return "0 s";
  if (seconds < 1) return `${+(seconds * 1000).toPrecision(3)} ms`;
  if (seconds < 60) return `${+seconds.toFixed(3)} s`;
  const parts = [];
  for (const [unit, length] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    const count = Math.floor(seconds / length);
    if (count) parts.push(`${count} ${unit}`);
    seconds -= count * length;
  }
  if (seconds >= 0.001 && parts.length < 2) parts.push(`${+seconds.toFixed(3)} s`);
  return parts.slice(0, 2).join(" ");
}

/** A point of virtual time for a column: seconds with three digits, as the terminal shows them. */
const second = (at) => `${at.toFixed(3)} s`;

/** Copies, also where the page has no right to the clipboard: a file of some browsers. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "offscreen";
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (before) before.focus();
    return done;
  }
}

function Copy({ text, label = "Copy", what = "" }) {
  const [said, say] = useState("");
  const copy = async () => {
    say((await copyText(text)) ? "Copied" : "Press Ctrl+C");
    setTimeout(() => say(""), 1500);
  };
  return html`<button type="button" class="copy" onClick=${copy} aria-label=${what ? `${label} ${what}` : null}>
    ${said || label}<span class="offscreen" role="status">${said}</span>
  </button>`;
}

function TestName({ id }) {
  const at = id.lastIndexOf("::");
  if (at < 0) return html`<span class="name">${id}</span>`;
  return html`<span class="path">${id.slice(0, at + 2)}</span><wbr /><span class="name">${id.slice(at + 2)}</span>`;
}
