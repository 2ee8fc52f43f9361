// A topic's records as they come: key, time, value, headers; filtered at the server.

import { el } from "./dom.js";
import { records } from "./ksql.js";
import { localTime, utcTime } from "./units.js";

const SHOWN = 300;
const LAST = 50;

/** A moment in the browser's zone, UTC on hover. */
export function moment(ms) {
  return el("time", { datetime: new Date(ms).toISOString(), title: utcTime(ms) }, `${localTime(ms)}.${String(ms % 1000).padStart(3, "0")}`);
}

/** A record's key as text, with its window. */
export function keyText(key) {
  if (key === null) return "∅";
  if (typeof key !== "object") return String(key);
  const { window, ...columns } = key;
  const text = Object.entries(columns).map(([name, value]) => `${name}=${value}`).join(", ");
  return window ? `${text} @ ${localTime(window.start)} – ${localTime(window.end)}` : text;
}

/** JSON with indents; other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** One record as a row that opens. */
export function recordRow(record) {
  const headers = record.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return el("details", { class: "record", "data-offset": String(record.offset) },
    el("summary", {}, moment(record.timeMs), el("span", { class: "offset" }, `#${record.offset}`),
      el("span", { class: "key" }, keyText(record.key)), el("code", {}, record.value ?? "∅ (deleted)")),
    el("pre", { class: "value" }, record.value === null ? "∅ (deleted)" : pretty(record.value)),
    el("pre", { class: "headers" }, headers ? `Headers\n${headers}` : "No headers"));
}

/** The live tail of one topic. */
export class TopicTail {
  constructor(topic) {
    this.topic = topic;
    this.count = 0;
    this.status = el("span", { role: "status", class: "muted" });
    this.rows = el("div", { class: "records", role: "log", "aria-live": "off", "aria-label": `Records of ${topic}` });
    this.filter = el("input", { type: "search", placeholder: "Only records with …", "aria-label": "Only records with" });
    this.from = el("select", { "aria-label": "Begin with" }, el("option", { value: "last" }, `the last ${LAST}`), el("option", { value: "all" }, "the oldest"));
    this.toggle = el("button", { type: "button", onclick: () => (this.abort ? this.stop() : this.start()) }, "Stop");
    const restart = (event) => { event.preventDefault(); this.start(); };
    this.from.addEventListener("change", restart);
    this.element = el("section", { class: "card" }, el("h2", {}, "Records"),
      el("form", { class: "actions", onsubmit: restart }, this.toggle, this.from, this.filter, el("button", { type: "submit" }, "Filter"), this.status), this.rows);
  }

  async start() {
    this.stop();
    const abort = new AbortController();
    this.abort = abort;
    this.count = 0;
    this.skipped = 0;
    this.rows.replaceChildren();
    this.toggle.textContent = "Stop";
    this.say("waiting for records …");
    const asked = { contains: this.filter.value, follow: true, last: this.from.value === "last" ? LAST : undefined };
    try {
      for await (const batch of records(this.topic, asked, abort.signal)) this.add(batch);
      this.say("the topic ended");
    } catch (error) {
      if (!abort.signal.aborted) this.say(`⚠ ${error.message}`);
    }
    if (this.abort === abort) this.stop();
  }

  stop() {
    this.abort?.abort();
    this.abort = null;
    this.toggle.textContent = "Start";
    if (this.count) this.say(`stopped after ${this.count.toLocaleString("en")} records`);
  }

  add(batch) {
    const seen = batch.filter((r) => r.offset !== undefined);
    for (const { skipped } of batch) this.skipped += skipped ?? 0;
    this.count += seen.length;
    this.rows.prepend(...seen.slice(-SHOWN).reverse().map(recordRow));
    while (this.rows.children.length > SHOWN) this.rows.lastChild.remove();
    const left = this.skipped ? `, ${this.skipped.toLocaleString("en")} more passed too quickly` : "";
    this.say(`${this.count.toLocaleString("en")} records${left}`);
  }

  say(text) {
    this.status.textContent = text;
  }
}
