// Parts that describe a source or a query: columns, statement, plan as a tree.

import { el } from "./dom.js";
import { ListTable } from "./list_table.js";

/** A type as SQL writes it. */
export function typeText(schema) {
  switch (schema.type) {
    case "ARRAY": return `ARRAY<${typeText(schema.memberSchema)}>`;
    case "MAP": return `MAP<STRING, ${typeText(schema.memberSchema)}>`;
    case "STRUCT": return `STRUCT<${schema.fields.map((f) => `${f.name} ${typeText(f.schema)}`).join(", ")}>`;
    case "DECIMAL": return `DECIMAL(${schema.parameters?.precision}, ${schema.parameters?.scale})`;
    default: return schema.type;
  }
}

/** The columns of `fields` as DESCRIBE gives them. */
export function columnsTable(fields) {
  const table = new ListTable("Columns", [
    { title: "Column", value: (f) => f.name },
    { title: "Type", value: (f) => typeText(f.schema) },
    { title: "", value: (f) => f.type ?? "" },
  ]);
  table.update(fields);
  return table.element;
}

/** A statement as it was written. */
export const statement = (text) => el("pre", { class: "statement" }, text);

/** The steps of an execution plan: [{name, schema, logger, children}], by how far each line is indented. */
export function planSteps(text) {
  const root = { depth: -1, children: [] };
  const path = [root];
  for (const line of text.split("\n")) {
    const match = /^([\t ]*)> \[ (\w+) \] \| Schema: (.*?) \| Logger: (.*)$/.exec(line);
    if (!match) continue;
    const step = { depth: match[1].length, name: match[2], schema: match[3], logger: match[4], children: [] };
    while (path.at(-1).depth >= step.depth) path.pop();
    path.at(-1).children.push(step);
    path.push(step);
  }
  return root.children;
}

function branch(step) {
  const label = [el("b", {}, step.name.replaceAll("_", " ")), el("span", { class: "muted" }, ` ${step.logger.split(".").slice(1).join(".")}`)];
  return el("li", {}, el("details", {}, el("summary", {}, ...label), el("code", {}, step.schema)),
    step.children.length ? el("ul", {}, ...step.children.map(branch)) : null);
}

/** An execution plan as a tree, the sink on top. */
export function planTree(text) {
  const steps = planSteps(text);
  if (!steps.length) return statement(text);
  return el("ul", { class: "plan", "aria-label": "Plan" }, ...steps.map(branch));
}
