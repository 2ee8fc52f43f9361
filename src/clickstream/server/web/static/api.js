// What the pages ask of the server.

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.message ?? body.error?.reason ?? `the server answered ${response.status}`);
  return body;
}

const get = async (path) => answer(await fetch(path, { headers: { Accept: "application/json" } }));

export const dashboards = () => get("/api/search?type=dash-db");
export const dashboard = (uid) => get(`/api/dashboards/uid/${encodeURIComponent(uid)}`);
export const datasources = () => get("/api/datasources");

/** Send searches `[{uid, index, body}]` in one request; answers come in the same order. */
export async function multiSearch(uid, searches, signal) {
  const lines = searches.flatMap(({ index, body }) => [JSON.stringify({ index, ignore_unavailable: true }), JSON.stringify(body)]);
  const response = await fetch(`/api/datasources/proxy/uid/${encodeURIComponent(uid)}/_msearch`, {
    method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: `${lines.join("\n")}\n`, signal,
  });
  return (await answer(response)).responses;
}
