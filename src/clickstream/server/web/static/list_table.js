// A table of things with sortable headings: what the console's pages list.

import { el } from "./dom.js";

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true });
}

/** A table. `columns`: [{title, value(row), cell?(row), numeric?}]; `onOpen(row)` makes rows clickable. */
export class ListTable {
  constructor(caption, columns, { empty = "Nothing here.", rowClass = () => null } = {}) {
    this.columns = columns;
    this.empty = empty;
    this.rowClass = rowClass;
    this.rows = [];
    this.sort = null;
    this.head = el("tr");
    this.body = el("tbody");
    this.note = el("p", { class: "empty" });
    this.element = el("div", { class: "listing", role: "region", tabindex: "0", "aria-label": caption },
      el("table", { class: "rows" }, el("caption", { class: "hidden" }, caption), el("thead", {}, this.head), this.body), this.note);
    this.drawHead();
  }

  update(rows) {
    this.rows = rows;
    const column = this.sort && this.columns[this.sort.at];
    const sorted = column ? [...rows].sort((a, b) => this.sort.sign * compare(column.value(a), column.value(b))) : rows;
    this.body.replaceChildren(...sorted.map((row) => el("tr", { class: this.rowClass(row) }, ...this.columns.map((c) =>
      el("td", { class: c.numeric ? "number" : null, "data-label": c.title }, c.cell ? c.cell(row) : String(c.value(row) ?? ""))))));
    this.note.textContent = rows.length ? "" : this.empty;
  }

  drawHead() {
    this.head.replaceChildren(...this.columns.map((c, at) => {
      const own = this.sort?.at === at;
      const direction = own ? (this.sort.sign > 0 ? "ascending" : "descending") : "none";
      const arrow = own ? (this.sort.sign > 0 ? " ▴" : " ▾") : "";
      return el("th", { scope: "col", "aria-sort": direction, class: c.numeric ? "number" : null },
        el("button", { type: "button", onclick: () => this.sortBy(at) }, c.title + arrow));
    }));
  }

  sortBy(at) {
    this.sort = { at, sign: this.sort?.at === at ? -this.sort.sign : this.columns[at].numeric ? -1 : 1 };
    this.drawHead();
    this.update(this.rows);
  }
}

/** A state as a word with its colour. */
export function badge(state) {
  return el("span", { class: "badge", "data-state": state }, state);
}
