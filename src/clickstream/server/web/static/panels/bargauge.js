// One bar a series, as long as its figure.

import { el } from "../dom.js";
import { fieldConfig } from "../fields.js";
import { thresholdColour } from "../palette.js";
import { reduce } from "../reduce.js";
import { format } from "../units.js";

function entries(frames, calculation) {
  if (frames.length === 1 && frames[0].fields[0]?.type !== "time") {
    const names = frames[0].fields[0]?.values ?? [];
    const numbers = frames[0].fields.at(-1)?.values ?? [];
    return names.map((name, i) => [String(name), numbers[i]]);
  }
  return frames.map((f) => [f.name, reduce(f.fields[1]?.values ?? [], calculation)]);
}

/** One bar gauge panel. */
export class BarGaugePanel {
  constructor(panel, body) {
    this.panel = panel;
    this.list = el("div", { class: "bars", role: "list" });
    body.append(this.list);
  }

  update(frames) {
    const rows = entries(frames, this.panel.options?.reduceOptions?.calcs?.[0] ?? "lastNotNull");
    const highest = Math.max(1, ...rows.map(([, v]) => v ?? 0));
    this.list.replaceChildren(...rows.map(([name, value]) => {
      const config = fieldConfig(this.panel, name);
      const width = `${(100 * (value ?? 0)) / (config.max ?? highest)}%`;
      return el("div", { class: "bar-row", role: "listitem" }, el("span", { class: "bar-name" }, name),
        el("span", { class: "bar-track" }, el("span", { class: "bar", style: { width, background: thresholdColour(value ?? 0, config.thresholds) } })),
        el("b", {}, format(value, config.unit, config.decimals)));
    }));
  }

  dispose() {}
}
