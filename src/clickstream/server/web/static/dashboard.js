// A dashboard: its grid of panels, one search round for all of them, and the refresh clock.

import { multiSearch } from "./api.js";
import { toCsv } from "./csv.js";
import { button, download, el } from "./dom.js";
import { frames, searchBody } from "./elasticsearch.js";
import { panelClass } from "./panels/index.js";
import { icon } from "./icons.js";
import { lengthMs, lengthName, resolve } from "./timerange.js";
import { transform } from "./transform.js";
import { interpolator } from "./variables.js";

const COLUMNS = 24;
const BAR_PX_PER_POINT = 3;

class PanelView {
  constructor(panel, context) {
    this.panel = panel;
    this.frames = [];
    const title = context.title(panel.title ?? "");
    this.body = el("div", { class: "panel-body" });
    this.note = el("span", { class: "note", role: "status" });
    const menu = el("span", { class: "panel-menu" },
      button(`Export ${title} as CSV`, () => download(`${title}.csv`, toCsv(this.frames), "text/csv"), {}, icon("download")),
      button(`Show ${title} alone`, () => context.onFull(panel.id), { class: "full" }, icon("expand")));
    const own = panel.timeFrom ? el("span", { class: "own-range" }, lengthName(panel.timeFrom)) : null;
    const note = [panel.description, panel.timeFrom && lengthName(panel.timeFrom)].filter(Boolean).join(" ");
    const heading = el("header", { title: note }, el("h2", {}, title), own, this.note, menu);
    this.element = el("section", { class: panel.type === "stat" ? "panel tile" : "panel", "aria-label": title, "data-panel": String(panel.id) }, heading, this.body);
    const grid = panel.gridPos;
    this.element.style.setProperty("--x", grid.x + 1);
    this.element.style.setProperty("--y", grid.y + 1);
    this.element.style.setProperty("--w", grid.w);
    this.element.style.setProperty("--h", grid.h);
    context.parent.append(this.element);
    this.view = new (panelClass(panel.type))(panel, this.body, context);
  }

  range(dashboardRange) {
    const own = this.panel.timeFrom && lengthMs(this.panel.timeFrom);
    return own ? { from: dashboardRange.to - own, to: dashboardRange.to } : dashboardRange;
  }

  points() {
    return Math.min(1000, Math.max(20, Math.floor(this.body.clientWidth / BAR_PX_PER_POINT)));
  }

  targets() {
    return (this.panel.targets ?? []).filter((t) => !t.hide);
  }

  show(answers, range) {
    try {
      const found = this.targets().flatMap((target, i) => frames(target, answers[i]));
      this.frames = transform(found, this.panel.transformations);
      this.view.update(this.frames, range);
      this.fail("");
    } catch (error) {
      this.fail(error.message);
    }
    this.element.dataset.rows = String(this.frames.reduce((n, f) => n + (f.fields[0]?.values.length ?? 0), 0));
  }

  fail(message) {
    this.note.textContent = message ? `⚠ ${message}` : "";
    this.note.title = message;
  }
}

/** A dashboard in `parent`. `context`: {datasources, variables, onZoom, onFull, onState}. */
export class Dashboard {
  constructor(model, parent, context) {
    this.model = model;
    this.context = context;
    this.grid = el("main", { class: "grid", id: "dashboard" });
    this.grid.style.setProperty("--columns", COLUMNS);
    parent.append(this.grid);
    const group = new Set();
    const title = interpolator(context.variables, { raw: true });
    const shared = { group, parent: this.grid, title, onZoom: context.onZoom, onFull: context.onFull };
    this.panels = model.panels.filter((p) => p.type !== "row").map((p) => new PanelView(p, shared));
  }

  setRange(from, to) {
    this.time = { from, to };
    return this.refresh();
  }

  setRefresh(length) {
    clearInterval(this.timer);
    const ms = lengthMs(length);
    if (ms) this.timer = setInterval(() => document.hidden || this.refresh(), ms);
  }

  async refresh() {
    if (this.running) return;
    this.running = true;
    this.context.onState("loading");
    const now = Date.now();
    const range = { from: resolve(this.time.from, now), to: resolve(this.time.to, now) };
    try {
      await Promise.all([...this.rounds(range)].map(([uid, round]) => this.ask(uid, round)));
      this.context.onState("ready");
    } catch (error) {
      this.context.onState("failed", error.message);
    } finally {
      this.running = false;
    }
  }

  /** One round of searches for every server that the panels' datasources stand on. */
  rounds(dashboardRange) {
    const interpolate = interpolator(this.context.variables);
    const rounds = new Map();
    for (const view of this.panels) {
      const range = view.range(dashboardRange);
      const job = { view, range, places: [], uid: null };
      for (const target of view.targets()) {
        const source = this.context.datasources.get(target.datasource?.uid ?? view.panel.datasource?.uid);
        if (!source) { view.fail(`there is no datasource ${target.datasource?.uid}`); continue; }
        job.uid = source.first;
        if (!rounds.has(job.uid)) rounds.set(job.uid, { searches: [], jobs: [] });
        try {
          const body = searchBody(target, range, { points: view.points(), interpolate });
          job.places.push(rounds.get(job.uid).searches.push({ index: source.index, body }) - 1);
        } catch (error) {
          view.fail(error.message);
        }
      }
      if (job.places.length && job.places.length === view.targets().length) rounds.get(job.uid).jobs.push(job);
    }
    return rounds;
  }

  async ask(uid, { searches, jobs }) {
    if (!searches.length) return;
    const answers = await multiSearch(uid, searches);
    for (const { view, range, places } of jobs) view.show(places.map((i) => answers[i]), range);
  }

  dispose() {
    clearInterval(this.timer);
    for (const view of this.panels) view.view.dispose();
    this.grid.remove();
  }
}
