// Rows with sortable columns, coloured cells and pages.

import { button, el } from "../dom.js";
import { fieldConfig } from "../fields.js";
import { inkOn, thresholdColour } from "../palette.js";
import { format, isTimeUnit, localTime, utcTime } from "../units.js";

const ROW_PX = 30;

function compare(a, b) {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : -1;
  if (b === null || b === undefined) return 1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

/** One table panel. */
export class TablePanel {
  constructor(panel, body) {
    this.panel = panel;
    this.page = 0;
    const first = panel.options?.sortBy?.[0];
    this.sort = first ? { column: first.displayName, descending: first.desc !== false } : null;
    this.scroller = el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": panel.title });
    this.pages = el("nav", { class: "pages", "aria-label": `Pages of ${panel.title}` });
    body.classList.add("table-panel");
    body.append(this.scroller, this.pages);
    this.resizer = new ResizeObserver(() => this.frame && this.draw());
    this.resizer.observe(this.scroller);
  }

  update(frames) {
    this.frame = frames[0] ?? { fields: [] };
    this.draw();
  }

  columns() {
    return this.frame.fields.map((field) => {
      const config = fieldConfig(this.panel, field.name);
      return { field, config, title: config.displayName ?? field.name, numeric: field.type === "number" && !isTimeUnit(config.unit) };
    });
  }

  order(columns) {
    const length = this.frame.fields[0]?.values.length ?? 0;
    const rows = Array.from({ length }, (_, i) => i);
    const by = this.sort && columns.find((c) => c.title === this.sort.column);
    if (!by) return rows;
    const sign = this.sort.descending ? -1 : 1;
    return rows.sort((a, b) => sign * compare(by.field.values[a], by.field.values[b]));
  }

  draw() {
    const columns = this.columns();
    const rows = this.order(columns);
    const paged = this.panel.options?.footer?.enablePagination === true;
    const perPage = paged ? Math.max(1, Math.floor(this.scroller.clientHeight / ROW_PX) - 1) : Math.max(rows.length, 1);
    const pageCount = Math.max(1, Math.ceil(rows.length / perPage));
    this.page = Math.min(this.page, pageCount - 1);
    const shown = rows.slice(this.page * perPage, (this.page + 1) * perPage);
    const head = el("tr", {}, ...columns.map((c) => this.header(c)));
    const body = shown.map((i) => el("tr", {}, ...columns.map((c) => this.cell(c, c.field.values[i]))));
    this.scroller.replaceChildren(el("table", { class: "data" }, el("caption", { class: "hidden" }, this.panel.title),
      el("thead", {}, head), el("tbody", {}, ...body)));
    if (!rows.length) this.scroller.append(el("p", { class: "empty" }, "No data in this time range"));
    this.drawPages(pageCount, rows.length);
  }

  header(column) {
    const active = this.sort?.column === column.title;
    const direction = active ? (this.sort.descending ? "descending" : "ascending") : "none";
    const arrow = active ? (this.sort.descending ? " ▾" : " ▴") : "";
    const onclick = () => {
      this.sort = { column: column.title, descending: active ? !this.sort.descending : true };
      this.draw();
    };
    return el("th", { scope: "col", "aria-sort": direction, class: column.numeric ? "number" : null },
      el("button", { type: "button", onclick }, `${column.title}${arrow}`));
  }

  cell({ config, numeric }, value) {
    const attributes = { class: numeric ? "number" : null };
    let text = format(value, config.unit ?? (numeric ? "short" : "string"), config.decimals);
    if (isTimeUnit(config.unit) && value !== null) {
      text = localTime(value);
      attributes.title = utcTime(value);
    }
    if (config.custom.cellOptions?.type === "color-background" && value !== null) {
      const background = thresholdColour(value, config.thresholds);
      if (background !== "transparent") attributes.style = { background, color: inkOn(background) };
    }
    return el("td", attributes, text);
  }

  drawPages(count, rows) {
    this.pages.hidden = count < 2;
    if (count < 2) return;
    const go = (page) => () => { this.page = page; this.draw(); };
    const first = Math.min(Math.max(0, this.page - 3), Math.max(0, count - 7));
    const numbers = Array.from({ length: Math.min(7, count) }, (_, i) => first + i);
    this.pages.replaceChildren(
      button("Previous page", go(Math.max(0, this.page - 1)), { disabled: this.page === 0 }, "‹"),
      ...numbers.map((n) => button(`Page ${n + 1}`, go(n), { "aria-current": n === this.page ? "page" : null }, String(n + 1))),
      button("Next page", go(Math.min(count - 1, this.page + 1)), { disabled: this.page === count - 1 }, "›"),
      el("span", { class: "count" }, `${rows} rows`),
    );
  }

  dispose() {
    this.resizer.disconnect();
  }
}
