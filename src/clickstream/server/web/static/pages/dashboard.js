// One dashboard: which one, which time range, which variables — all of it in the URL.

import { dashboard as fetchDashboard, dashboards, datasources } from "../api.js";
import { Dashboard } from "../dashboard.js";
import { button, el } from "../dom.js";
import { icon } from "../icons.js";
import { resolve } from "../timerange.js";
import { refreshPicker, timePicker } from "../toolbar.js";
import { loadChoices, variablePickers } from "../variable_pickers.js";
import { defaultValue } from "../variables.js";

const app = document.getElementById("app");
let root = null;
const INTERVALS = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h"];
let view = null;

function urlState(model) {
  const query = new URLSearchParams(location.search);
  const variables = {};
  for (const variable of model.templating?.list ?? []) {
    const given = query.getAll(`var-${variable.name}`);
    variables[variable.name] = given.length > 1 ? given : given[0] ?? defaultValue(variable);
  }
  return {
    from: query.get("from") ?? model.time?.from ?? "now-15m", to: query.get("to") ?? model.time?.to ?? "now",
    refresh: query.get("refresh") ?? (model.refresh || ""), full: query.get("viewPanel"), variables,
  };
}

function setUrl(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name);
    for (const each of value === null ? [] : [value].flat()) url.searchParams.append(name, each);
  }
  history.pushState(null, "", url);
  show().catch(failed);
}

function sourcesByUid(list) {
  const first = new Map();
  for (const source of list) if (!first.has(source.url)) first.set(source.url, source.uid);
  return new Map(list.map((s) => [s.uid, { index: s.jsonData?.index ?? s.database, first: first.get(s.url) }]));
}

async function show() {
  const uid = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  const [found, sources, list] = await Promise.all([fetchDashboard(uid), datasources(), dashboards()]);
  const byUid = sourcesByUid(sources);
  const choices = await loadChoices(found.dashboard, byUid);
  for (const variable of found.dashboard.templating?.list ?? []) {
    variable.current ??= {};
    if (!defaultValue(variable)) variable.current.value = choices.get(variable.name)?.[0] ?? "";
  }
  draw(found.dashboard, byUid, list, choices);
}

function draw(model, sources, list, choices) {
  view?.dispose();
  root.replaceChildren();
  document.title = `${model.title} · clickstream`;
  const state = urlState(model);
  const status = el("span", { id: "state", role: "status" });
  const onState = (name, message = "") => {
    status.dataset.state = name;
    status.textContent = name === "failed" ? `⚠ ${message}` : "";
    app.dataset.loaded = name === "ready" ? "true" : app.dataset.loaded ?? "false";
  };
  const links = list.length > 1 ? el("nav", { "aria-label": "Dashboards" }, ...list.map((d) => el("a", { href: d.url, "aria-current": d.uid === model.uid ? "page" : null }, d.title))) : null;
  const pickers = variablePickers(model, choices, state.variables, (name, value) => setUrl({ [`var-${name}`]: value }));
  root.append(el("header", { class: "bar" }, el("h1", {}, model.title), links, ...pickers, status,
    button("Earlier", () => shift(-1, state), {}, icon("earlier")), timePicker(state, (from, to) => setUrl({ from, to })),
    button("Later", () => shift(1, state), {}, icon("later")),
    refreshPicker(INTERVALS, state.refresh, () => view.refresh(), (refresh) => setUrl({ refresh }))));
  view = new Dashboard(model, root, {
    datasources: sources, variables: state.variables, onState,
    onZoom: (from, to) => setUrl({ from, to }), onFull: (id) => setUrl({ viewPanel: state.full ? null : id }),
  });
  view.grid.dataset.full = state.full ?? "";
  for (const p of view.panels) p.element.classList.toggle("alone", String(p.panel.id) === state.full);
  view.grid.classList.toggle("has-alone", state.full !== null);
  view.setRange(state.from, state.to);
  view.setRefresh(state.refresh);
}

function shift(direction, state) {
  const now = Date.now();
  const [from, to] = [resolve(state.from, now), resolve(state.to, now)];
  const step = (direction * (to - from)) / 2;
  setUrl({ from: Math.round(from + step), to: Math.round(to + step) });
}

function failed(error) {
  root.replaceChildren(el("main", { class: "failed" }, el("h1", {}, "This dashboard cannot be shown"), el("p", {}, error.message),
    el("p", {}, el("a", { href: "/dashboards" }, "All dashboards"))));
}

/** Show the dashboard that the address names in `page`. */
export function open(page) {
  root = page;
  window.addEventListener("popstate", () => show().catch(failed));
  window.addEventListener("theme", () => view?.refresh());
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && new URLSearchParams(location.search).has("viewPanel")) setUrl({ viewPanel: null });
  });
  return show().catch(failed);
}
