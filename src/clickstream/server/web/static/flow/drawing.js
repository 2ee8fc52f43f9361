// The flow as a drawing: boxes with live figures, lines between them. Keys and clicks choose a box.

import { svg } from "../dom.js";
import { relatives } from "./graph.js";
import { layout } from "./layout.js";

const WIDTH = 188;
const HEIGHT = 46;
const COLUMN = WIDTH + 30;
const ROW = HEIGHT + 14;
const MARGIN = 8;
const NAME_LENGTH = 21;

const short = (name) => (name.length > NAME_LENGTH ? `${name.slice(0, 8)}…${name.slice(-12)}` : name);

/** The drawing; `onChoose(node)` is called for a chosen box. */
export class FlowDrawing {
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.element = svg("svg", { class: "flow", role: "group", "aria-label": "Flow of data" });
    this.boxes = new Map();
    this.key = "";
  }

  /** Draw `graph` anew if its shape has changed. */
  update(graph) {
    const key = JSON.stringify([graph.nodes.map((n) => [n.id, n.kind, n.name]), graph.edges]);
    this.graph = graph;
    if (key === this.key) return;
    this.key = key;
    const places = layout(graph);
    const at = (id) => ({ x: MARGIN + places.get(id).column * COLUMN, y: MARGIN + places.get(id).row * ROW });
    const width = Math.max(0, ...graph.nodes.map((n) => at(n.id).x)) + WIDTH + MARGIN;
    const height = Math.max(0, ...graph.nodes.map((n) => at(n.id).y)) + HEIGHT + MARGIN;
    this.element.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.lines = graph.edges.map((e) => ({ ...e, line: this.line(at(e.from), at(e.to)) }));
    const ordered = [...graph.nodes].sort((a, b) => at(a.id).x - at(b.id).x || at(a.id).y - at(b.id).y);
    this.boxes = new Map(ordered.map((n) => [n.id, this.box(n, at(n.id))]));
    this.element.replaceChildren(...this.lines.map((e) => e.line), ...[...this.boxes.values()].map((b) => b.group));
    this.mark();
  }

  line(from, to) {
    const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
    const bend = Math.max(18, (x2 - x1) / 2);
    return svg("path", { class: "edge", d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
  }

  box(node, { x, y }) {
    const figures = svg("text", { x: 12, y: 36, class: "figures" });
    const choose = () => this.onChoose(node.id);
    const press = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } };
    const group = svg("g", { transform: `translate(${x} ${y})`, class: `box ${node.kind}`, tabindex: "0", role: "button", "data-id": node.id, onclick: choose, onkeydown: press },
      svg("rect", { width: WIDTH, height: HEIGHT, rx: 4 }), svg("rect", { width: 4, height: HEIGHT, rx: 2, class: "band" }),
      svg("text", { x: 12, y: 18, class: "name" }, short(node.name)), figures, svg("title", {}, node.name));
    return { group, figures, node };
  }

  /** Set the figures of the box `id`; `wrong` marks it as failed, `active` as moving. */
  figures(id, text, { wrong = false, active = false } = {}) {
    const box = this.boxes.get(id);
    if (!box) return;
    box.figures.textContent = text;
    box.group.classList.toggle("wrong", wrong);
    box.group.setAttribute("aria-label", `${box.node.kind} ${box.node.name}: ${text}${wrong ? ", not well" : ""}`);
    for (const e of this.lines) if (e.from === id) e.line.classList.toggle("active", active);
  }

  /** Scroll the chosen box into sight. */
  reveal() {
    this.boxes.get(this.chosen)?.group.scrollIntoView({ block: "nearest", inline: "center" });
  }

  /** Show the chosen box with what feeds it and what it feeds, and those whose names hold `text`. */
  mark(chosen = this.chosen, text = this.text ?? "") {
    [this.chosen, this.text] = [chosen, text];
    const near = chosen && this.boxes.has(chosen) ? relatives(chosen, this.graph.edges) : null;
    const fits = (node) => node.name.toLowerCase().includes(text.toLowerCase());
    for (const [id, { group, node }] of this.boxes) {
      group.classList.toggle("chosen", id === chosen);
      group.classList.toggle("faint", (near !== null && !near.has(id)) || !fits(node));
    }
    for (const e of this.lines ?? []) e.line.classList.toggle("faint", near !== null && !(near.has(e.from) && near.has(e.to)));
  }
}
