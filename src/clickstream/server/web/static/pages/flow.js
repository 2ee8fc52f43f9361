// The flow: connectors, topics, queries, tables, sinks, indices, with what moves through them now.

import { button, el } from "../dom.js";
import { about } from "../flow/details.js";
import { FlowDrawing } from "../flow/drawing.js";
import { graphOf } from "../flow/graph.js";
import { rateText, watchFlow } from "../rates.js";

const KINDS = [["connector", "source connector"], ["stream", "topic read as a stream"], ["table", "topic read as a table"], ["query", "query"], ["sink", "sink connector"], ["index", "index"]];

const find = (list, key, id) => list.find((entry) => entry[key] === id);
const join = (...parts) => parts.filter(Boolean).join(" · ");

function queryFigures(snapshot, rate, node) {
  const query = find(snapshot.queries, "id", node.name);
  const [into, out] = ["recordsIn", "recordsOut"].map((counter) => rate("queries", "id", node.name, counter));
  const state = query.state === "RUNNING" ? "" : query.state.toLowerCase();
  const wrong = query.errors ? `errors ${query.errors}` : "";
  return { text: join(state, `${rateText(into)} → ${rateText(out)}`, query.lag ? `lag ${query.lag}` : "", wrong), wrong: query.state === "ERROR" || query.errors > 0, active: into > 0 };
}

function connectorFigures(snapshot, rate, node) {
  const connector = find(snapshot.connectors, "name", node.name);
  const moved = node.kind === "sink" ? rate("connectors", "name", node.name, "moved") : rate("topics", "name", connector.topics[0], "end");
  const state = connector.state === "RUNNING" ? "" : connector.state.toLowerCase();
  const lag = node.kind === "sink" && connector.lag ? `lag ${connector.lag}` : "";
  return { text: join(state, rateText(moved), lag), wrong: connector.state === "FAILED", active: moved > 0 };
}

function topicFigures(snapshot, rate, node) {
  const written = rate("topics", "name", node.topic, "end");
  return { text: join(node.kind, rateText(written)), active: written > 0 };
}

function indexFigures(snapshot, rate, node) {
  return { text: `${find(snapshot.indices, "name", node.name).documents.toLocaleString("en")} documents` };
}

const FIGURES = { query: queryFigures, connector: connectorFigures, sink: connectorFigures, index: indexFigures };

/** The column beside the drawing that describes the chosen box. */
class Details {
  constructor(onClose) {
    this.body = el("div");
    this.title = el("h2");
    this.element = el("aside", { class: "details", "aria-label": "Details", tabindex: "-1", hidden: true },
      el("header", {}, this.title, button("Close the details", onClose, {}, "✕")), this.body);
  }

  async show(node) {
    this.node = node;
    this.element.hidden = false;
    this.title.textContent = node.name;
    this.body.replaceChildren(el("p", { class: "muted" }, "…"));
    const parts = await about(node).catch((error) => [el("p", { class: "wrong" }, error.message)]);
    if (this.node === node) this.body.replaceChildren(...parts);
  }

  hide() {
    this.node = null;
    this.element.hidden = true;
  }
}

/** Show the page. */
export async function open(page) {
  const note = el("p", { class: "wrong", role: "alert" });
  const totals = el("p", { class: "muted", role: "status" });
  let graph = { nodes: [], edges: [] };
  const close = () => { details.hide(); drawing.mark(null); };
  const details = new Details(close);
  const drawing = new FlowDrawing((id) => { drawing.mark(id); details.show(find(graph.nodes, "id", id)); drawing.reveal(); });
  const search = el("input", { type: "search", placeholder: "Search", "aria-label": "Search the flow", oninput: (e) => drawing.mark(drawing.chosen, e.target.value) });
  const key = el("ul", { class: "key-list" }, ...KINDS.map(([kind, name]) => el("li", { class: kind }, name)));
  page.append(el("main", { class: "page wide" }, el("header", { class: "page-head" }, el("h1", {}, "Flow"), search, totals), note, key,
    el("div", { class: "flow-area" }, el("div", { class: "flow-scroll" }, drawing.element), details.element)));
  window.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  let before = null;
  watchFlow((snapshot, rate) => {
    graph = graphOf(snapshot);
    drawing.update(graph);
    for (const node of graph.nodes) {
      const { text, ...marks } = (FIGURES[node.kind] ?? topicFigures)(snapshot, rate, node);
      drawing.figures(node.id, text, marks);
    }
    const seconds = before ? (snapshot.nowMs - before.nowMs) / 1000 : 0;
    const made = seconds ? (snapshot.node.producedRecords - before.node.producedRecords) / seconds : null;
    totals.textContent = `${rateText(made)} records come in; a commit takes ${snapshot.node.commitMs.p50.toFixed(1)} ms (median)`;
    note.textContent = snapshot.node.failure ?? "";
    before = snapshot;
    document.getElementById("app").dataset.loaded = "true";
  }, (error) => { note.textContent = error.message; });
}
