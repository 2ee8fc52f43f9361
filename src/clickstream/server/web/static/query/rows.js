// The rows of a query as they come: newest on top for push queries, in order for pull queries.

import { el } from "../dom.js";
import { localTime, utcTime } from "../units.js";

const SHOWN = 1000;

const text = (value) => (value === null ? "∅" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** The moment that a number may be, for hovering; null if it is none of this century. */
const moment = (value) => (Number.isInteger(value) && value > 946684800000 && value < 4102444800000 ? `${localTime(value)} (${utcTime(value)})` : null);

/** A table that rows are put into. */
export class RowsTable {
  constructor({ newestFirst }) {
    this.newestFirst = newestFirst;
    this.count = 0;
    this.head = el("tr");
    this.body = el("tbody");
    this.element = el("div", { class: "listing result", role: "region", tabindex: "0", "aria-label": "Rows" },
      el("table", { class: "rows" }, el("caption", { class: "hidden" }, "Rows"), el("thead", {}, this.head), this.body));
  }

  columns(names, types) {
    this.names = names;
    this.numeric = types.map((type) => /^(INTEGER|BIGINT|DOUBLE|DECIMAL)/.test(type));
    this.head.replaceChildren(...names.map((name, i) => el("th", { scope: "col", title: types[i], class: this.numeric[i] ? "number" : null }, name)));
  }

  add(rows) {
    this.count += rows.length;
    const made = rows.slice(-SHOWN).map((row) => el("tr", {}, ...row.map((value, i) => el("td", { class: this.numeric[i] ? "number" : null, title: moment(value) }, text(value)))));
    if (this.newestFirst) this.body.prepend(...made.reverse());
    else this.body.append(...made.slice(0, Math.max(0, SHOWN - this.body.children.length)));
    while (this.body.children.length > SHOWN) this.body.lastChild.remove();
  }
}
