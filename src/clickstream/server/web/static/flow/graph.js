// The flow as nodes and edges, out of a snapshot: connectors, topics, queries, sinks, indices.

const edge = (from, to) => ({ from, to });

function topicNode(topic, sources) {
  const read = sources.filter((s) => s.topic === topic.name);
  return { id: `topic:${topic.name}`, kind: read[0]?.kind.toLowerCase() ?? "topic", name: read[0]?.name ?? topic.name, topic: topic.name, sources: read };
}

/** {nodes: [{id, kind, name, …}], edges: [{from, to}]}; what nothing is connected to is left out, unless it has records. */
export function graphOf(snapshot) {
  const nodes = new Map();
  const edges = [];
  const add = (node) => nodes.set(node.id, node);
  for (const topic of snapshot.topics) add(topicNode(topic, snapshot.sources));
  const bySource = new Map(snapshot.sources.map((s) => [s.name, `topic:${s.topic}`]));
  for (const query of snapshot.queries) {
    const { id } = add({ id: `query:${query.id}`, kind: "query", name: query.id }).get(`query:${query.id}`);
    for (const name of query.sources) if (bySource.has(name)) edges.push(edge(bySource.get(name), id));
    edges.push(edge(id, `topic:${query.sinkTopic}`));
  }
  for (const connector of snapshot.connectors) {
    const id = `connector:${connector.name}`;
    add({ id, kind: connector.type === "sink" ? "sink" : "connector", name: connector.name });
    for (const topic of connector.topics) edges.push(connector.type === "sink" ? edge(`topic:${topic}`, id) : edge(id, `topic:${topic}`));
    for (const index of connector.indices) edges.push(edge(id, `index:${index}`));
  }
  for (const index of snapshot.indices) add({ id: `index:${index.name}`, kind: "index", name: index.name });
  const known = edges.filter((e) => nodes.has(e.from) && nodes.has(e.to));
  const joined = new Set(known.flatMap((e) => [e.from, e.to]));
  return { nodes: [...nodes.values()].filter((n) => joined.has(n.id)), edges: known };
}

/** The ids of what feeds `id` and of what it feeds, itself included. */
export function relatives(id, edges) {
  const found = new Set([id]);
  for (const [here, there] of [["to", "from"], ["from", "to"]]) {
    const open = [id];
    while (open.length) {
      const at = open.pop();
      for (const e of edges) if (e[here] === at && !found.has(e[there])) { found.add(e[there]); open.push(e[there]); }
    }
  }
  return found;
}
