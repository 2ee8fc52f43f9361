// Places for the flow's nodes: columns by the longest way from a beginning, rows near what they are joined to.

const SWEEPS = 6;

/** Column of every node id: one after the last of what feeds it. A cycle ends where it began. */
function columns(nodes, edges) {
  const into = Map.groupBy(edges, (e) => e.to);
  const found = new Map();
  const place = (id, path) => {
    if (found.has(id)) return found.get(id);
    if (path.has(id)) return 0;
    path.add(id);
    const before = (into.get(id) ?? []).map((e) => place(e.from, path) + 1);
    path.delete(id);
    found.set(id, Math.max(0, ...before));
    return found.get(id);
  };
  for (const node of nodes) place(node.id, new Set());
  return found;
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Set rows of one column in the given order, no two closer than 1, as near to where each wants to be as that allows. */
function settle(ids, wanted, rows) {
  const sorted = [...ids].sort((a, b) => wanted.get(a) - wanted.get(b));
  let next = -Infinity;
  for (const id of sorted) {
    next = Math.max(wanted.get(id), next + 1);
    rows.set(id, next);
  }
  const shift = mean(sorted.map((id) => rows.get(id) - wanted.get(id)));
  for (const id of sorted) rows.set(id, rows.get(id) - shift);
}

/** Map of node id → {column, row}; rows are fractions and begin at 0. */
export function layout({ nodes, edges }) {
  const column = columns(nodes, edges);
  const byColumn = Map.groupBy([...column.keys()], (id) => column.get(id));
  const order = [...byColumn.keys()].sort((a, b) => a - b);
  const into = Map.groupBy(edges, (e) => e.to);
  const out = Map.groupBy(edges, (e) => e.from);
  const rows = new Map();
  for (const ids of byColumn.values()) ids.sort().forEach((id, i) => rows.set(id, i - ids.length / 2));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (const c of forward ? order : [...order].reverse()) {
      const neighbours = (id) => (forward ? (into.get(id) ?? []).map((e) => e.from) : (out.get(id) ?? []).map((e) => e.to));
      const wanted = new Map(byColumn.get(c).map((id) => [id, neighbours(id).length ? mean(neighbours(id).map((n) => rows.get(n))) : rows.get(id)]));
      settle(byColumn.get(c), wanted, rows);
    }
  }
  const top = Math.min(...rows.values());
  return new Map([...column].map(([id, c]) => [id, { column: c, row: rows.get(id) - top }]));
}
