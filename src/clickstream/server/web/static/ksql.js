// What the console's pages ask: ksqlDB, Connect, the state of everything, and lines that stream.

const KSQL_JSON = "application/vnd.ksql.v1+json";
const DELIMITED = "application/vnd.ksqlapi.delimited.v1";

async function failure(response) {
  const body = await response.json().catch(() => ({}));
  return Object.assign(new Error(body.message ?? `the server answered ${response.status}`), { body, status: response.status });
}

async function request(method, path, body, headers = {}) {
  const options = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...options.headers } });
  const response = await fetch(path, options);
  if (!response.ok) throw await failure(response);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** Everything that moves, with counters (`/api/flow`). */
export const flow = () => request("GET", "/api/flow");

/** The language's words. */
export const keywords = () => request("GET", "/api/keywords");

/** Run statements; the entities they answer. Throws with `body` where one is refused. */
export const statements = (ksql, properties = {}) =>
  request("POST", "/api/ksql/ksql", { ksql, streamsProperties: properties }, { Accept: KSQL_JSON, "Content-Type": KSQL_JSON });

/** Ask Kafka Connect. */
export const connect = (method, path, body) => request(method, `/api/connect${path}`, body);

/** Store a dashboard. */
export const saveDashboard = (dashboard, overwrite) => request("POST", "/api/dashboards/db", { dashboard, overwrite });

/** Remove a dashboard. */
export const deleteDashboard = (uid) => request("DELETE", `/api/dashboards/uid/${encodeURIComponent(uid)}`);

async function* lines(response) {
  if (!response.ok) throw await failure(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      const full = parts.filter((part) => part.trim());
      if (full.length) yield full;
    }
    if (rest.trim()) yield [rest];
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The lines that a query answers, as they come, many at a time; aborting `signal` ends the query. */
export async function* queryLines(sql, properties, signal) {
  yield* lines(await fetch("/api/ksql/query-stream", {
    method: "POST", signal, headers: { Accept: DELIMITED, "Content-Type": "application/json" }, body: JSON.stringify({ sql, properties }),
  }));
}

/** Records of a topic, as they come, many at a time: {offset, timeMs, key, value, headers} or {skipped}. */
export async function* records(topic, { last, contains = "", follow = false }, signal) {
  const asked = new URLSearchParams({ contains, follow: String(follow) });
  if (last !== undefined) asked.set("last", String(last));
  for await (const batch of lines(await fetch(`/api/topics/${encodeURIComponent(topic)}/records?${asked}`, { signal }))) {
    yield batch.map((line) => JSON.parse(line));
  }
}

/** A name as it stands in a statement. */
export const quoted = (name) => `\`${String(name).replaceAll("`", "``")}\``;
