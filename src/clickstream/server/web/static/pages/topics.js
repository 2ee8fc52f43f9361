// Topics: a list of all, or one of them with its records as they come.

import { el } from "../dom.js";
import { ListTable } from "../list_table.js";
import { rateText, watchFlow } from "../rates.js";
import { TopicTail } from "../topic_tail.js";
import { format } from "../units.js";

const UNLIMITED = -1;
const KAFKA_DEFAULT = { "retention.ms": "604800000", "retention.bytes": "1073741824", "cleanup.policy": "delete" };

/** A setting of a topic, the server's default where the topic says nothing. */
export const setting = (topic, name) => topic.config[name] ?? KAFKA_DEFAULT[name];

const limit = (text, unit) => (Number(text) === UNLIMITED ? "unlimited" : format(Number(text), unit));
const count = (number) => number.toLocaleString("en");

function list(page) {
  const note = el("p", { class: "wrong", role: "alert" });
  let rate = () => null;
  let sources = new Map();
  const written = (t) => rate("topics", "name", t.name, "end");
  const table = new ListTable("Topics", [
    { title: "Topic", value: (t) => t.name, cell: (t) => el("a", { href: `/topics/${encodeURIComponent(t.name)}` }, t.name) },
    { title: "Read as", value: (t) => (sources.get(t.name) ?? []).map((s) => `${s.kind.toLowerCase()} ${s.name}`).join(", ") },
    { title: "Records", value: (t) => t.messages, cell: (t) => count(t.messages), numeric: true },
    { title: "Written", value: (t) => written(t) ?? 0, cell: (t) => rateText(written(t)), numeric: true },
    { title: "Size", value: (t) => t.bytes, cell: (t) => format(t.bytes, "decbytes"), numeric: true },
    { title: "Kept for", value: (t) => Number(setting(t, "retention.ms")), cell: (t) => limit(setting(t, "retention.ms"), "ms"), numeric: true },
    { title: "Kept size", value: (t) => Number(setting(t, "retention.bytes")), cell: (t) => limit(setting(t, "retention.bytes"), "decbytes"), numeric: true },
    { title: "Clean-up", value: (t) => setting(t, "cleanup.policy") },
  ], { empty: "No topics." });
  page.append(el("main", { class: "page" }, el("h1", {}, "Topics"), note, table.element));
  watchFlow((snapshot, reader) => {
    rate = reader;
    sources = Map.groupBy(snapshot.sources, (s) => s.topic);
    table.update(snapshot.topics);
    note.textContent = "";
    document.getElementById("app").dataset.loaded = "true";
  }, (error) => { note.textContent = error.message; });
}

function one(page, name) {
  document.title = `${name} · Topics · clickstream`;
  const facts = el("dl", { class: "facts" });
  const fact = (title, text) => [el("dt", {}, title), el("dd", {}, text)];
  const tail = new TopicTail(name);
  page.append(el("main", { class: "page" }, el("p", {}, el("a", { href: "/topics" }, "Topics")), el("h1", {}, name), facts, tail.element));
  watchFlow((snapshot, rate) => {
    const topic = snapshot.topics.find((t) => t.name === name);
    if (!topic) return facts.replaceChildren(...fact("State", "there is no such topic"));
    const read = snapshot.sources.filter((s) => s.topic === name);
    return facts.replaceChildren(...fact("Records", count(topic.messages)), ...fact("Offsets", `${count(topic.begin)} to ${count(topic.end)}`),
      ...fact("Written", rateText(rate("topics", "name", name, "end"))), ...fact("Size", format(topic.bytes, "decbytes")),
      ...fact("Kept for", limit(setting(topic, "retention.ms"), "ms")), ...fact("Clean-up", setting(topic, "cleanup.policy")),
      ...fact("Read as", read.map((s) => `${s.kind} ${s.name} (${s.keyFormat} / ${s.valueFormat})`).join(", ") || "nothing yet"));
  });
  tail.start();
  document.getElementById("app").dataset.loaded = "true";
}

/** Show the page. */
export async function open(page) {
  const name = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  if (name) one(page, name);
  else list(page);
}
