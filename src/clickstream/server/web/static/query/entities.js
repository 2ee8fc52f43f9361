// Answers of statements, drawn: lists as tables, descriptions, plans, messages.

import { columnsTable, planTree, statement } from "../describe.js";
import { el } from "../dom.js";
import { ListTable } from "../list_table.js";

const flat = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value ?? ""));

function table(title, rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const made = new ListTable(title, names.map((name) => ({ title: name, value: (row) => flat(row[name]) })));
  made.update(rows);
  return made.element;
}

function source(told) {
  return [el("h3", {}, `${told.type} ${told.name}`), columnsTable(told.fields), statement(told.statement)];
}

function query(told) {
  const errors = told.queryErrors.map((e) => el("p", { class: "wrong" }, `${e.type}: ${e.errorMessage}`));
  return [el("h3", {}, told.id), ...errors, planTree(told.executionPlan), el("h3", {}, "Columns"), columnsTable(told.fields),
    el("details", {}, el("summary", {}, "Topology"), statement(told.topology)), statement(told.statementText)];
}

/** The nodes that show one entity. */
export function entityView(entity) {
  const warnings = (entity.warnings ?? []).map((w) => el("p", { class: "muted" }, `⚠ ${w.message ?? w}`));
  if (entity.commandStatus) return [el("p", { class: "done" }, `${entity.commandStatus.status}: ${entity.commandStatus.message}`), ...warnings];
  if (entity.sourceDescription) return [...source(entity.sourceDescription), ...warnings];
  if (entity.queryDescription) return [...query(entity.queryDescription), ...warnings];
  const list = Object.entries(entity).find(([name, value]) => name !== "warnings" && Array.isArray(value) && value.every((v) => v && typeof v === "object"));
  if (list) return [table(list[0], list[1]), ...warnings];
  const rest = Object.fromEntries(Object.entries(entity).filter(([name]) => !["@type", "statementText", "warnings"].includes(name)));
  return [el("pre", { class: "statement" }, JSON.stringify(rest, null, 2)), ...warnings];
}

/** The nodes that show why a statement was refused. */
export function refusalView(error) {
  const told = error.body ?? {};
  return [el("p", { class: "wrong", role: "alert" }, error.message), told.statementText ? statement(told.statementText) : null,
    ...(told.entities ?? []).flatMap(entityView)].filter(Boolean);
}
