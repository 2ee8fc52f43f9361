// The controls of a dashboard's variables: lists asked of the datasource, fixed choices, free text.

import { multiSearch } from "./api.js";
import { el } from "./dom.js";

const MOST_CHOICES = 500;

function asked(variable) {
  const text = typeof variable.query === "string" ? variable.query : variable.query?.query;
  try {
    return JSON.parse(text ?? variable.definition ?? "");
  } catch {
    return null;
  }
}

async function terms(variable, sources) {
  const source = sources.get(variable.datasource?.uid);
  const wanted = asked(variable);
  if (!source || wanted?.find !== "terms") return [];
  const body = { size: 0, aggs: { values: { terms: { field: wanted.field, size: MOST_CHOICES, order: { _key: "asc" } } } } };
  if (wanted.query) body.query = { query_string: { query: wanted.query, analyze_wildcard: true } };
  const [answer] = await multiSearch(source.first, [{ index: source.index, body }]);
  return (answer.aggregations?.values.buckets ?? []).map((bucket) => String(bucket.key_as_string ?? bucket.key));
}

function fixed(variable) {
  if (variable.options?.length) return variable.options.map((o) => String(o.value)).filter((v) => v !== "$__all");
  return String(variable.query ?? "").split(",").map((v) => v.trim()).filter(Boolean);
}

/** The choices of every variable of `model`, by its name. A list that cannot be asked for is empty. */
export async function loadChoices(model, sources) {
  const list = model.templating?.list ?? [];
  const found = await Promise.all(list.map((v) => (v.type === "query" ? terms(v, sources).catch(() => []) : fixed(v))));
  return new Map(list.map((v, i) => [v.name, found[i]]));
}

function picker(variable, choices, current, onPick) {
  const label = variable.label || variable.name;
  const values = [current].flat();
  if (variable.type === "textbox") {
    return el("input", { "aria-label": label, value: current, onchange: (e) => onPick(e.target.value) });
  }
  const all = variable.includeAll ? [["$__all", "All"]] : [];
  const known = new Set([...choices, ...all.map(([v]) => v)]);
  const missing = values.filter((v) => v && !known.has(v) && v !== "*").map((v) => [v, v]);
  const options = [...all, ...missing, ...choices.map((c) => [c, c])].map(([value, text]) =>
    el("option", { value, selected: values.includes(value) }, text));
  const read = (select) => (variable.multi ? [...select.selectedOptions].map((o) => o.value) : select.value);
  return el("select", { "aria-label": label, multiple: Boolean(variable.multi), onchange: (e) => onPick(read(e.target)) }, ...options);
}

/** One labelled control a variable that is not hidden; `onPick(name, value)` gets what was chosen. */
export function variablePickers(model, choices, values, onPick) {
  return (model.templating?.list ?? []).filter((v) => v.hide !== 2 && v.type !== "constant" && v.type !== "datasource").map((v) =>
    el("label", { class: "variable" }, el("span", {}, v.label || v.name),
      picker(v, choices.get(v.name) ?? [], values[v.name], (value) => onPick(v.name, value))));
}
