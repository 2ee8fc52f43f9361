// The bar above a dashboard: time picker, refresh, theme.

import { button, el } from "./dom.js";
import { icon } from "./icons.js";
import { PRESETS, resolve } from "./timerange.js";
import { localTime, utcTime } from "./units.js";

const OFF = "Off";

/** The time picker: presets, or two ends. `onPick(from, to)` gets texts as in a URL. */
export function timePicker(state, onPick) {
  const label = () => PRESETS.find(([from]) => from === state.from && state.to === "now")?.[1]
    ?? `${localTime(resolve(state.from))} to ${localTime(resolve(state.to))}`;
  const from = el("input", { id: "from", value: state.from, spellcheck: "false", autocomplete: "off" });
  const to = el("input", { id: "to", value: state.to, spellcheck: "false", autocomplete: "off" });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const pick = (a, b) => { box.open = false; onPick(a, b); };
  const apply = (event) => {
    event.preventDefault();
    const [a, b] = [resolve(from.value), resolve(to.value)];
    if (Number.isNaN(a) || Number.isNaN(b)) wrong.textContent = "Write times such as now-6h or 2026-11-24 14:00:00.";
    else if (a >= b) wrong.textContent = "The beginning must be before the end.";
    else pick(from.value.trim(), to.value.trim());
  };
  const absolute = el("form", { onsubmit: apply }, el("label", { for: "from" }, "From"), from, el("label", { for: "to" }, "To"), to, wrong,
    el("button", { type: "submit" }, "Apply time range"));
  const presets = el("div", { class: "presets" }, ...PRESETS.map(([start, name]) => el("button", { type: "button", onclick: () => pick(start, "now") }, name)));
  const box = el("details", { class: "picker" }, el("summary", { title: `${utcTime(resolve(state.from))} to ${utcTime(resolve(state.to))}`, "aria-label": `Time range: ${label()}` }, label()), el("div", { class: "drop" }, absolute, presets));
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") box.open = false; });
  return box;
}

/** Refresh now, and how often. */
export function refreshPicker(intervals, current, onRefresh, onPick) {
  const choice = el("select", { "aria-label": "Refresh every", title: "Refresh every", onchange: (e) => onPick(e.target.value) },
    ...["", ...intervals].map((i) => el("option", { value: i, selected: i === current }, i || OFF)));
  return el("span", { class: "refresh" }, button("Refresh now", onRefresh, { id: "refresh" }, icon("refresh")), choice);
}

/** Light or dark; remembered by the browser. */
export function themeSwitch() {
  const root = document.documentElement;
  root.dataset.theme = localStorage.getItem("theme") ?? "dark";
  return button("Light or dark", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    window.dispatchEvent(new Event("theme"));
  }, {}, icon("theme"));
}
