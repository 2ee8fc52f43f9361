// Numbers and times as a person reads them: Grafana's unit ids, its short scales, its date forms.

const SHORT = [[1e12, " Tri"], [1e9, " Bil"], [1e6, " Mil"], [1e3, " K"]];
const DECIMAL_BYTES = [[1e15, " PB"], [1e12, " TB"], [1e9, " GB"], [1e6, " MB"], [1e3, " kB"]];
const BINARY_BYTES = [[2 ** 50, " PiB"], [2 ** 40, " TiB"], [2 ** 30, " GiB"], [2 ** 20, " MiB"], [2 ** 10, " KiB"]];

function trim(number, decimals) {
  if (decimals !== undefined && decimals !== null) return number.toFixed(decimals);
  const size = Math.abs(number);
  const digits = size >= 100 || Number.isInteger(number) ? 0 : size >= 10 ? 1 : 2;
  return String(Number(number.toFixed(digits)));
}

function scaled(number, scales, suffix, decimals) {
  for (const [factor, name] of scales) {
    if (Math.abs(number) >= factor) return trim(number / factor, decimals) + name;
  }
  return trim(number, decimals) + suffix;
}

function duration(ms) {
  for (const [factor, name] of [[86400e3, "day"], [3600e3, "hour"], [60e3, "min"], [1e3, "s"]]) {
    if (Math.abs(ms) >= factor) return `${trim(ms / factor)} ${name}`;
  }
  return `${trim(ms)} ms`;
}

/** `value` (a number, text or null) in the given Grafana unit. */
export function format(value, unit = "short", decimals) {
  if (value === null || value === undefined) return "";
  if (unit === "string" || typeof value === "string") return String(value);
  switch (unit) {
    case "none": return trim(value, decimals);
    case "percent": return `${trim(value, decimals)}%`;
    case "percentunit": return `${trim(value * 100, decimals)}%`;
    case "bytes": return scaled(value, BINARY_BYTES, " B", decimals);
    case "decbytes": return scaled(value, DECIMAL_BYTES, " B", decimals);
    case "Bps": return `${scaled(value, DECIMAL_BYTES, " B", decimals)}/s`;
    case "ms": return duration(value);
    case "s": return duration(value * 1000);
    case "dateTimeAsIso": case "dateTimeFromNow": case "time": return localTime(value);
    default: return scaled(value, SHORT, "", decimals);
  }
}

const pad = (number, width = 2) => String(number).padStart(width, "0");

/** Epoch milliseconds as `YYYY-MM-DD HH:MM:SS` in the browser's zone. */
export function localTime(ms) {
  const d = new Date(Number(ms));
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ` +
    `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
}

/** The same in UTC, for hovering. */
export function utcTime(ms) {
  return new Date(Number(ms)).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** A label for a time axis whose whole length is `spanMs`. */
export function axisTime(ms, spanMs) {
  const d = new Date(ms);
  const clock = `${pad(d.getHours())}:${pad(d.getMinutes())}`;
  if (spanMs <= 10 * 60e3) return `${clock}:${pad(d.getSeconds())}`;
  if (spanMs <= 24 * 3600e3) return clock;
  return `${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${clock}`;
}

/** True for units whose values are times. */
export const isTimeUnit = (unit) => unit === "dateTimeAsIso" || unit === "dateTimeFromNow" || unit === "time";
