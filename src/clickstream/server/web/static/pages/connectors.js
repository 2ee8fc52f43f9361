// Connectors: states, tasks, errors; pause, resume, restart, delete; a new one from a form.

import { ConnectorForm } from "../connector_form.js";
import { button, el } from "../dom.js";
import { connect } from "../ksql.js";
import { badge, ListTable } from "../list_table.js";
import { rateText, watchFlow } from "../rates.js";

const path = (name, rest = "") => `/connectors/${encodeURIComponent(name)}${rest}`;

const ACTIONS = [
  ["Pause", (name) => connect("PUT", path(name, "/pause"))],
  ["Resume", (name) => connect("PUT", path(name, "/resume"))],
  ["Restart", (name) => connect("POST", path(name, "/restart?includeTasks=true"))],
  ["Stop", (name) => connect("PUT", path(name, "/stop"))],
  ["Delete", (name) => connect("DELETE", path(name))],
];

/** The state that counts: FAILED if any task has failed. */
function stateOf(entry) {
  return entry.status.tasks.some((t) => t.state === "FAILED") ? "FAILED" : entry.status.connector.state;
}

class Details {
  constructor(onDone) {
    this.onDone = onDone;
    this.element = el("section", { class: "card", hidden: true, "aria-label": "Connector", tabindex: "-1" });
    this.note = el("p", { role: "status", class: "note-line" });
  }

  show(name, entry) {
    const { status, info } = entry;
    const act = async (label, run) => {
      if (label === "Delete" && !confirm(`Delete the connector ${name}?`)) return;
      this.note.textContent = `${label} …`;
      await run(name).then(() => { this.note.textContent = ""; }, (error) => { this.note.textContent = error.message; });
      if (label === "Delete") this.element.hidden = true;
      this.onDone();
    };
    const traces = [status.connector, ...status.tasks].filter((t) => t.trace).map((t) => el("pre", { class: "wrong trace" }, t.trace));
    this.name = name;
    this.element.hidden = false;
    const key = JSON.stringify(entry);
    if (key === this.shown) return;
    this.shown = key;
    this.element.replaceChildren(el("h2", {}, name), el("p", {}, badge(status.connector.state), ...status.tasks.map((t) => el("span", {}, ` task ${t.id} `, badge(t.state)))),
      el("p", { class: "actions" }, ...ACTIONS.map(([label, run]) => button(`${label} ${name}`, () => act(label, run), {}, label)), this.note), ...traces,
      el("h3", {}, "Settings"), el("dl", { class: "facts" }, ...Object.entries(info.config).flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)])));
  }
}

/** Show the page. */
export async function open(page) {
  const note = el("p", { class: "wrong", role: "alert" });
  let entries = {};
  let moved = new Map();
  const choose = (name) => { history.replaceState(null, "", `#${encodeURIComponent(name)}`); details.show(name, entries[name]); details.element.scrollIntoView({ block: "nearest" }); };
  const table = new ListTable("Connectors", [
    { title: "Name", value: (r) => r.name, cell: (r) => el("button", { type: "button", class: "link", onclick: () => choose(r.name) }, r.name) },
    { title: "State", value: (r) => r.state, cell: (r) => badge(r.state) },
    { title: "Type", value: (r) => r.entry.status.type },
    { title: "Tasks", value: (r) => r.entry.status.tasks.length, numeric: true },
    { title: "Topics", value: (r) => moved.get(r.name)?.topics.join(", ") ?? "" },
    { title: "Records", value: (r) => moved.get(r.name)?.rate ?? 0, cell: (r) => rateText(moved.get(r.name)?.rate ?? null), numeric: true },
    { title: "Lag", value: (r) => moved.get(r.name)?.lag ?? 0, numeric: true },
    { title: "Class", value: (r) => r.entry.info.config["connector.class"].split(".").at(-1) },
  ], { empty: "No connectors yet." });
  const refresh = async () => {
    entries = await connect("GET", "/connectors?expand=status&expand=info");
    const whole = Object.entries(entries).filter(([, e]) => e.status && e.info);
    table.update(whole.map(([name, entry]) => ({ name, entry, state: stateOf(entry) })));
    const wanted = decodeURIComponent(location.hash.slice(1));
    if (entries[wanted]) details.show(wanted, entries[wanted]);
    document.getElementById("app").dataset.loaded = "true";
  };
  const tryRefresh = () => refresh().then(() => { note.textContent = ""; }, (error) => { note.textContent = error.message; });
  const details = new Details(tryRefresh);
  const form = new ConnectorForm(async (name) => { await tryRefresh(); choose(name); });
  page.append(el("main", { class: "page" }, el("h1", {}, "Connectors"), note, table.element, details.element, form.element));
  watchFlow((snapshot, rate) => {
    const speed = (c) => (c.type === "sink" ? rate("connectors", "name", c.name, "moved") : rate("topics", "name", c.topics[0], "end"));
    moved = new Map(snapshot.connectors.map((c) => [c.name, { ...c, rate: speed(c) }]));
    tryRefresh();
  }, (error) => { note.textContent = error.message; });
  await form.load().catch((error) => { note.textContent = error.message; });
}
