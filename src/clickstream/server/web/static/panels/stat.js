// One figure, coloured by its thresholds, over a small line of its history.

import { echarts } from "/lib/echarts/index.js";
import { el } from "../dom.js";
import { fieldConfig } from "../fields.js";
import { thresholdColour } from "../palette.js";
import { reduce } from "../reduce.js";
import { format } from "../units.js";

/** One stat panel. */
export class StatPanel {
  constructor(panel, body) {
    this.panel = panel;
    this.figure = el("output", { class: "figure" }, "–");
    this.spark = el("div", { class: "spark", "aria-hidden": "true" });
    body.classList.add("stat");
    body.append(this.spark, this.figure);
    if (panel.options?.graphMode !== "none") {
      this.chart = echarts.init(this.spark, null, { renderer: "canvas" });
      this.resizer = new ResizeObserver(() => this.chart.resize());
      this.resizer.observe(this.spark);
    }
  }

  update(frames, range) {
    const field = frames[0]?.fields.find((f) => f.type === "number");
    const config = fieldConfig(this.panel, field?.name ?? "");
    const value = reduce(field?.values ?? [], this.panel.options?.reduceOptions?.calcs?.[0] ?? "lastNotNull");
    const tint = thresholdColour(value ?? 0, config.thresholds);
    this.figure.textContent = value === null ? "No data" : format(value, config.unit, config.decimals);
    this.figure.style.color = tint;
    this.drawSpark(frames[0]?.fields.find((f) => f.type === "time")?.values ?? [], field?.values ?? [], tint, range);
  }

  drawSpark(times, values, tint, range) {
    this.chart?.setOption({
      animation: false, grid: { left: 0, right: 0, top: 4, bottom: 0 }, tooltip: { show: false },
      xAxis: { type: "time", show: false, min: range.from, max: range.to }, yAxis: { type: "value", show: false, min: 0 },
      series: [{
        type: "line", showSymbol: false, connectNulls: true, data: times.map((t, i) => [t, values[i]]),
        lineStyle: { color: tint, width: 1 }, areaStyle: { color: tint, opacity: 0.2 },
      }],
    }, { notMerge: true });
  }

  dispose() {
    this.resizer?.disconnect();
    this.chart?.dispose();
  }
}
