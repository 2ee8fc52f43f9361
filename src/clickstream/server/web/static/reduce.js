// One number from many: the calculations of legends and stat panels.

const present = (values) => values.filter((v) => v !== null && v !== undefined);

const CALCULATIONS = {
  mean: (v) => (v.length ? v.reduce((a, b) => a + b, 0) / v.length : null),
  min: (v) => (v.length ? v.reduce((a, b) => Math.min(a, b)) : null),
  max: (v) => (v.length ? v.reduce((a, b) => Math.max(a, b)) : null),
  sum: (v) => (v.length ? v.reduce((a, b) => a + b, 0) : null),
  count: (v) => v.length,
  first: (v) => v[0] ?? null,
  firstNotNull: (v) => v[0] ?? null,
  last: (v) => v[v.length - 1] ?? null,
  lastNotNull: (v) => v[v.length - 1] ?? null,
  range: (v) => (v.length ? v.reduce((a, b) => Math.max(a, b)) - v.reduce((a, b) => Math.min(a, b)) : null),
};

/** The names that legends show for calculations. */
export const CALCULATION_NAMES = {
  mean: "Mean", min: "Min", max: "Max", sum: "Total", count: "Count", first: "First", firstNotNull: "First",
  last: "Last", lastNotNull: "Last", range: "Range",
};

/** The calculation `name` over `values`, nulls left out; null where there is nothing. */
export function reduce(values, name) {
  return (CALCULATIONS[name] ?? CALCULATIONS.lastNotNull)(present(values));
}
