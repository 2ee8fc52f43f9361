// The processing log: records that could not be processed, and why.

import { el } from "../dom.js";
import { records } from "../ksql.js";
import { ListTable } from "../list_table.js";
import { watchFlow } from "../rates.js";
import { moment, pretty } from "../topic_tail.js";

const STREAM = "KSQL_PROCESSING_LOG";
const SHOWN = 500;

function decoded(base64) {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  } catch {
    return base64;
  }
}

/** What one entry of the log tells: {timeMs, level, logger, kind, reason, causes, topic, record}. */
function entryOf(record) {
  const { level, logger, time, message } = JSON.parse(record.value);
  const [kind, told] = Object.entries(message).find(([name, value]) => name !== "type" && value) ?? ["unknown", {}];
  const text = told.recordB64 ? decoded(told.recordB64) : told.record;
  return {
    timeMs: time ?? record.timeMs, level, logger: logger.replace(/^processing\./, ""), kind: kind.replace(/([A-Z])/g, " $1").toLowerCase(),
    reason: told.errorMessage ?? "", causes: told.cause ?? [], topic: told.topic ?? "", target: told.target ?? "", record: text ?? "",
  };
}

function shown(entry) {
  const causes = entry.causes.filter((cause) => cause !== entry.reason);
  return el("details", { class: "record", "data-kind": entry.kind },
    el("summary", {}, moment(entry.timeMs), el("span", { class: "badge", "data-state": "FAILED" }, entry.kind), el("span", { class: "key" }, entry.logger), el("span", {}, entry.reason)),
    el("p", {}, entry.topic ? `${entry.target || "record"} of a record of topic ${entry.topic}` : ""),
    ...causes.map((cause) => el("p", {}, `Cause: ${cause}`)), el("pre", { class: "value" }, pretty(entry.record)));
}

async function follow(topic, list, status) {
  let count = 0;
  for await (const batch of records(topic, { last: SHOWN, follow: true })) {
    const entries = batch.filter((r) => r.value).map(entryOf);
    count += entries.length;
    list.prepend(...entries.reverse().map(shown));
    while (list.children.length > SHOWN) list.lastChild.remove();
    status.textContent = `Entries: ${count}`;
  }
}

/** Show the page. */
export async function open(page) {
  const status = el("p", { role: "status", class: "muted" }, "No record has failed: nothing is logged.");
  const list = el("div", { class: "records", role: "log", "aria-live": "off", "aria-label": "Bad records" });
  const counts = new ListTable("Bad records since the start", [
    { title: "Where", value: (c) => c.logger },
    { title: "What", value: (c) => c.kind.replaceAll("_", " ").toLowerCase() },
    { title: "Records", value: (c) => c.count, numeric: true },
  ], { empty: "No bad record since the server started." });
  page.append(el("main", { class: "page" }, el("h1", {}, "Processing log"),
    el("p", { class: "muted" }, `Records that a query could not read or process. They are skipped, counted and kept a week; in SQL they are the stream ${STREAM}.`),
    counts.element, el("section", { class: "card" }, el("h2", {}, "Entries"), status, list)));
  let following = false;
  watchFlow((snapshot) => {
    counts.update(snapshot.badRecords);
    document.getElementById("app").dataset.loaded = "true";
    const topic = snapshot.sources.find((s) => s.name === STREAM)?.topic;
    if (!topic || following) return;
    following = true;
    follow(topic, list, status).catch((error) => { status.textContent = `⚠ ${error.message}`; });
  });
}
