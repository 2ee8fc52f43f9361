// Time ranges: `now-15m`, epoch milliseconds, ISO text; presets; steps to earlier and later.

const UNITS = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3, M: 30 * 86400e3, y: 365 * 86400e3 };

/** Milliseconds of a Grafana length such as `15m`; null if it is none. */
export function lengthMs(text) {
  const match = /^(\d+)(ms|[smhdwMy])$/.exec(text ?? "");
  if (!match) return null;
  return Number(match[1]) * (match[2] === "ms" ? 1 : UNITS[match[2]]);
}

/** Epoch milliseconds of one end of a range; NaN if it cannot be read. */
export function resolve(text, nowMs = Date.now()) {
  const value = String(text).trim();
  if (/^\d{10,}$/.test(value)) return Number(value);
  const match = /^now(?:([+-])(\d+(?:ms|[smhdwMy])))?(?:\/([smhdwMy]))?$/.exec(value);
  if (!match) return Date.parse(value.replace(" ", "T"));
  let at = nowMs;
  if (match[1]) at += (match[1] === "-" ? -1 : 1) * lengthMs(match[2]);
  if (match[3]) at = startOf(at, match[3]);
  return at;
}

function startOf(ms, unit) {
  const d = new Date(ms);
  if (unit === "s" || unit === "m" || unit === "h") return Math.floor(ms / UNITS[unit]) * UNITS[unit];
  d.setHours(0, 0, 0, 0);
  if (unit === "w") d.setDate(d.getDate() - ((d.getDay() + 6) % 7));
  if (unit === "M") d.setDate(1);
  if (unit === "y") d.setMonth(0, 1);
  return d.getTime();
}

export const PRESETS = [
  ["now-5m", "Last 5 minutes"], ["now-15m", "Last 15 minutes"], ["now-30m", "Last 30 minutes"],
  ["now-1h", "Last 1 hour"], ["now-3h", "Last 3 hours"], ["now-6h", "Last 6 hours"], ["now-12h", "Last 12 hours"],
  ["now-24h", "Last 24 hours"], ["now-2d", "Last 2 days"], ["now-7d", "Last 7 days"], ["now-30d", "Last 30 days"],
  ["now-1y", "Last 1 year"],
];

/** A panel's own length such as `6h`, in words. */
export const lengthName = (text) => PRESETS.find(([from]) => from === `now-${text}`)?.[1] ?? `Last ${text}`;

const STEPS_MS = [1e3, 2e3, 5e3, 10e3, 15e3, 20e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1200e3, 1800e3, 3600e3,
  7200e3, 10800e3, 21600e3, 43200e3, 86400e3, 7 * 86400e3];

/** The bucket width that gives at most `points` buckets over the range. */
export function autoInterval(fromMs, toMs, points) {
  const wanted = (toMs - fromMs) / Math.max(points, 10);
  return STEPS_MS.find((step) => step >= wanted) ?? STEPS_MS[STEPS_MS.length - 1];
}

/** Milliseconds as Elasticsearch writes a fixed interval. */
export function intervalText(ms) {
  if (ms % 1000) return `${ms}ms`;
  if (ms % 60e3) return `${ms / 1e3}s`;
  if (ms % 3600e3) return `${ms / 60e3}m`;
  if (ms % 86400e3) return `${ms / 3600e3}h`;
  return `${ms / 86400e3}d`;
}
