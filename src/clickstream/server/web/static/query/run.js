// Runs what the editor holds: a query streams, anything else is a statement.

import { el } from "../dom.js";
import { queryLines, statements } from "../ksql.js";
import { entityView, refusalView } from "./entities.js";
import { RowsTable } from "./rows.js";

const COMMENTS = /^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/;

/** The first word of a text, comments left out. */
export const firstWord = (sql) => /^\w*/.exec(sql.replace(COMMENTS, ""))[0].toUpperCase();

/** The text without a final semicolon and what follows it. */
export const bare = (sql) => sql.replace(COMMENTS, "").replace(/;\s*$/, "");

async function streamRows(sql, properties, signal, place, say) {
  const isPush = /\bEMIT\s+(CHANGES|FINAL)\b/i.test(sql);
  const table = new RowsTable({ newestFirst: isPush });
  place.replaceChildren(table.element);
  say(isPush ? "running" : "asking …");
  const started = performance.now();
  let failed = null;
  for await (const batch of queryLines(sql, properties, signal)) {
    const parsed = batch.map((line) => JSON.parse(line));
    const head = parsed.find((line) => line.columnNames);
    if (head) table.columns(head.columnNames, head.columnTypes);
    failed = parsed.find((line) => line.error_code) ?? failed;
    table.add(parsed.filter(Array.isArray));
    if (isPush) say(`running: ${table.count.toLocaleString("en")} rows`);
  }
  if (failed) throw Object.assign(new Error(failed.message), { body: failed });
  say(`${table.count.toLocaleString("en")} rows in ${((performance.now() - started) / 1000).toFixed(2)} s`);
  return () => table.count;
}

async function printRecords(sql, properties, signal, place, say) {
  const text = el("pre", { class: "statement result" });
  place.replaceChildren(text);
  say("running");
  for await (const batch of queryLines(sql, properties, signal)) text.append(`${batch.join("\n")}\n`);
  say("ended");
}

async function runStatements(sql, properties, place, say) {
  say("asking …");
  const entities = await statements(sql, properties);
  place.replaceChildren(...entities.flatMap((entity) => [el("section", {}, ...entityView(entity))]));
  say(entities.length === 1 ? "done" : `${entities.length} statements done`);
}

/** Run `sql` and show what comes of it in `place`; `say` gets the state as text. */
export async function run(sql, properties, signal, place, say) {
  try {
    const word = firstWord(sql);
    if (word === "SELECT") await streamRows(sql, properties, signal, place, say);
    else if (word === "PRINT") await printRecords(sql, properties, signal, place, say);
    else await runStatements(sql, properties, place, say);
  } catch (error) {
    if (signal.aborted) return say("stopped");
    say("refused");
    place.prepend(...refusalView(error));
  }
  return null;
}
