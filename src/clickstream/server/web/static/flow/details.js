// What a chosen box of the flow is: its schema, its statement, some of its rows.

import { datasources, multiSearch } from "../api.js";
import { columnsTable, planTree, statement } from "../describe.js";
import { el } from "../dom.js";
import { connect, quoted, records, statements } from "../ksql.js";
import { badge } from "../list_table.js";
import { pretty, recordRow } from "../topic_tail.js";

const SAMPLE = 5;

const section = (title, ...content) => [el("h3", {}, title), ...content];
const queryLink = (sql) => el("a", { href: `/query?sql=${encodeURIComponent(sql)}` }, "Query it");

async function sample(topic) {
  const rows = [];
  for await (const batch of records(topic, { last: SAMPLE })) rows.push(...batch.filter((r) => r.offset !== undefined).map(recordRow));
  return rows.length ? rows : [el("p", { class: "muted" }, "No records yet.")];
}

async function aboutTopic(node) {
  const parts = [el("p", {}, "Topic ", el("a", { href: `/topics/${encodeURIComponent(node.topic)}` }, node.topic))];
  for (const source of node.sources) {
    const [{ sourceDescription: told }] = await statements(`DESCRIBE ${quoted(source.name)};`);
    parts.push(...section(`${source.kind} ${source.name}`, columnsTable(told.fields)), ...section("Statement", statement(told.statement)));
    parts.push(queryLink(`SELECT * FROM ${source.name} EMIT CHANGES;`));
  }
  return [...parts, ...section("Newest records", ...await sample(node.topic))];
}

async function aboutQuery(node) {
  const [{ queryDescription: told }] = await statements(`EXPLAIN ${node.name};`);
  const errors = told.queryErrors.map((e) => el("p", { class: "wrong" }, `${e.type}: ${e.errorMessage}`));
  const sink = told.sinks[0];
  return [el("p", {}, badge(told.state), ` ${told.sources.join(", ")} → ${sink}`), ...errors, ...section("Statement", statement(told.statementText)),
    ...section("Plan", planTree(told.executionPlan)), ...section("Columns", columnsTable(told.fields))];
}

async function aboutConnector(node) {
  const path = `/connectors/${encodeURIComponent(node.name)}`;
  const [status, info] = await Promise.all([connect("GET", `${path}/status`), connect("GET", path)]);
  const traces = [status.connector, ...status.tasks].filter((t) => t.trace).map((t) => el("pre", { class: "wrong trace" }, t.trace));
  const tasks = status.tasks.map((t) => el("span", {}, ` task ${t.id} `, badge(t.state)));
  return [el("p", {}, badge(status.connector.state), ...tasks), ...traces, ...section("Settings", statement(JSON.stringify(info.config, null, 2))),
    el("a", { href: `/connectors#${encodeURIComponent(node.name)}` }, "Pause, restart, delete")];
}

async function aboutIndex(node) {
  const [source] = await datasources();
  if (!source) return [el("p", { class: "muted" }, "No datasource is there to ask for documents.")];
  const [answer] = await multiSearch(source.uid, [{ index: node.name, body: { size: SAMPLE, sort: [{ EVENT_TS: { order: "desc", unmapped_type: "date" } }] } }]);
  const hits = answer.hits?.hits ?? [];
  const shown = hits.map((hit) => el("details", { class: "record" }, el("summary", {}, el("span", { class: "key" }, hit._id), el("code", {}, JSON.stringify(hit._source))),
    el("pre", { class: "value" }, pretty(JSON.stringify(hit._source)))));
  return section("Newest documents", ...(shown.length ? shown : [el("p", { class: "muted" }, "No documents yet.")]));
}

const ABOUT = { query: aboutQuery, connector: aboutConnector, sink: aboutConnector, index: aboutIndex };

/** The parts that describe `node`. */
export function about(node) {
  return (ABOUT[node.kind] ?? aboutTopic)(node);
}
