// SQL: an editor, what was run before, and rows as they come.

import { el } from "../dom.js";
import { createEditor } from "../query/editor.js";
import { forget, history, remember } from "../query/history.js";
import { bare, firstWord, run } from "../query/run.js";

const FIRST = "SELECT * FROM EVENTS_PER_MIN EMIT CHANGES;";

class Workbench {
  constructor() {
    this.status = el("span", { role: "status", class: "muted", id: "query-state" });
    this.result = el("div", { id: "result" });
    this.offset = el("select", { "aria-label": "Push queries begin with" }, el("option", { value: "latest" }, "new records"), el("option", { value: "earliest" }, "the oldest records"));
    this.runButton = el("button", { type: "button", class: "main", title: "Ctrl+Enter", onclick: () => this.run() }, "Run");
    this.stopButton = el("button", { type: "button", disabled: true, onclick: () => this.stop() }, "Stop");
    this.explainButton = el("button", { type: "button", onclick: () => this.explain() }, "Explain");
    this.past = el("ol", { class: "history" });
  }

  run(sql = this.editor.text) {
    if (!sql.trim()) return;
    remember(sql.trim());
    this.showHistory();
    this.start(sql);
  }

  /** Show a query's plan: of the text of a query, or of the query of a statement that makes one. */
  explain() {
    const sql = bare(this.editor.text);
    this.start(firstWord(sql) === "EXPLAIN" ? sql : `EXPLAIN ${sql};`);
  }

  async start(sql) {
    this.stop();
    const abort = new AbortController();
    this.abort = abort;
    this.stopButton.disabled = false;
    this.result.replaceChildren();
    this.say("…");
    await run(sql, { "ksql.streams.auto.offset.reset": this.offset.value }, abort.signal, this.result, (text) => { if (this.abort === abort || abort.signal.aborted) this.say(text); });
    if (this.abort === abort) this.ended();
  }

  stop() {
    this.abort?.abort();
    this.ended();
  }

  ended() {
    this.abort = null;
    this.stopButton.disabled = true;
  }

  say(text) {
    this.status.textContent = text;
  }

  showHistory() {
    this.past.replaceChildren(...history().map((sql) => el("li", {}, el("button", { type: "button", class: "link", title: sql, onclick: () => { this.editor.text = sql; } }, sql))));
  }
}

/** Show the page. */
export async function open(page) {
  const bench = new Workbench();
  const place = el("div", { class: "editor" });
  const clear = el("button", { type: "button", onclick: () => { forget(); bench.showHistory(); } }, "Forget");
  page.append(el("main", { class: "page wide query" }, el("h1", {}, "Query"),
    el("div", { class: "bench" }, el("div", { class: "bench-main" }, place,
      el("p", { class: "actions" }, bench.runButton, bench.stopButton, bench.explainButton, el("label", {}, "Push queries begin with ", bench.offset), bench.status), bench.result),
    el("aside", { class: "card", "aria-label": "History" }, el("h2", {}, "History"), bench.past, clear))));
  bench.showHistory();
  const given = new URLSearchParams(location.search).get("sql");
  bench.editor = await createEditor(place, given ?? history()[0] ?? FIRST, () => bench.run());
  document.getElementById("app").dataset.loaded = "true";
}
