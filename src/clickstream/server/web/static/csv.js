// Frames as CSV. A cell that a spreadsheet would take for a formula gets a leading quote.

function cell(value) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** All frames as one CSV text; series come as rows of (series, time, value), tables as they are. */
export function toCsv(frames) {
  const lines = [];
  const isSeries = frames.length && frames.every((f) => f.fields[0]?.type === "time" && f.fields.length === 2);
  if (isSeries) {
    lines.push(["series", "time", "value"]);
    for (const frame of frames) {
      frame.fields[0].values.forEach((t, i) => lines.push([frame.name, new Date(t).toISOString(), frame.fields[1].values[i]]));
    }
  } else {
    for (const frame of frames) {
      lines.push(frame.fields.map((f) => f.name));
      const length = frame.fields[0]?.values.length ?? 0;
      for (let i = 0; i < length; i += 1) lines.push(frame.fields.map((f) => f.values[i]));
    }
  }
  return lines.map((line) => line.map(cell).join(",")).join("\r\n");
}
