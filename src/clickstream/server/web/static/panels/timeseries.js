// Lines, points and bars over time, with thresholds, a legend of calculations, zoom and a shared crosshair.

import { echarts } from "/lib/echarts/index.js";
import { el } from "../dom.js";
import { fieldConfig } from "../fields.js";
import { CLASSIC, colour } from "../palette.js";
import { CALCULATION_NAMES, reduce } from "../reduce.js";
import { axisTime, format, localTime, utcTime } from "../units.js";

const MIN_DRAG_PX = 6;

function thresholdMarks(config, ymax) {
  const style = config.custom.thresholdsStyle?.mode ?? "off";
  const steps = (config.thresholds?.steps ?? []).filter((s) => s.value !== null && s.value !== undefined);
  if (style === "off" || !steps.length) return {};
  const marks = {};
  if (style.includes("line") || style.includes("dashed")) {
    marks.markLine = {
      silent: true, symbol: "none", animation: false, label: { show: false },
      data: steps.map((s) => ({ yAxis: s.value, lineStyle: { color: colour(s.color), width: 2, type: "solid" } })),
    };
  }
  if (style.includes("area")) {
    marks.markArea = {
      silent: true, animation: false,
      data: steps.map((s, i) => [
        { yAxis: s.value, itemStyle: { color: colour(s.color), opacity: 0.15 } }, { yAxis: steps[i + 1]?.value ?? ymax },
      ]),
    };
  }
  return marks;
}

/** One panel's chart. `context`: {group, onZoom(from, to)}; `group` is the dashboard's set of charts. */
export class TimeseriesPanel {
  constructor(panel, body, context) {
    this.panel = panel;
    this.context = context;
    this.hidden = new Set();
    const legend = panel.options?.legend ?? {};
    this.canvas = el("div", { class: "chart", role: "img", "aria-label": panel.title });
    this.crosshair = el("div", { class: "crosshair", "aria-hidden": "true" });
    this.selection = el("div", { class: "selection", "aria-hidden": "true" });
    this.plot = el("div", { class: "plot" }, this.canvas, this.crosshair, this.selection);
    this.legend = el("div", { class: `legend ${legend.displayMode ?? "list"}` });
    body.classList.add("timeseries", legend.placement === "right" ? "legend-right" : "legend-bottom");
    body.append(this.plot, this.legend);
    this.legend.hidden = legend.showLegend === false;
    this.chart = echarts.init(this.canvas, null, { renderer: "canvas" });
    this.resizer = new ResizeObserver(() => this.chart.resize());
    this.resizer.observe(this.canvas);
    this.listen();
    context.group.add(this);
  }

  listen() {
    const zr = this.chart.getZr();
    let start = null;
    zr.on("mousemove", (event) => {
      if (start !== null) this.drawSelection(start, event.offsetX);
      const time = this.timeAt(event.offsetX);
      if (time !== null) for (const other of this.context.group) if (other !== this) other.showCrosshair(time);
    });
    zr.on("globalout", () => { for (const other of this.context.group) other.showCrosshair(null); });
    zr.on("mousedown", (event) => { start = event.offsetX; });
    zr.on("mouseup", (event) => {
      const from = start;
      start = null;
      this.selection.style.display = "none";
      if (from === null || Math.abs(event.offsetX - from) < MIN_DRAG_PX) return;
      const ends = [this.timeAt(from), this.timeAt(event.offsetX)].sort((a, b) => a - b);
      if (ends[0] !== null) this.context.onZoom(Math.round(ends[0]), Math.round(ends[1]));
    });
  }

  timeAt(x) {
    if (!this.range) return null;
    return this.chart.convertFromPixel({ xAxisIndex: 0 }, x) ?? null;
  }

  showCrosshair(time) {
    const inside = time !== null && this.range && time >= this.range.from && time <= this.range.to;
    this.crosshair.style.display = inside ? "block" : "none";
    if (inside) this.crosshair.style.left = `${this.chart.convertToPixel({ xAxisIndex: 0 }, time)}px`;
  }

  drawSelection(from, to) {
    Object.assign(this.selection.style, { display: "block", left: `${Math.min(from, to)}px`, width: `${Math.abs(to - from)}px` });
  }

  update(frames, range) {
    this.range = range;
    this.series = frames.flatMap((frame) => frame.fields.slice(1).map((field) => ({
      name: frame.fields.length > 2 ? field.name : frame.name, times: frame.fields[0].values, values: field.values,
    })));
    this.draw();
    this.drawLegend();
  }

  draw() {
    const style = getComputedStyle(this.canvas);
    const ink = style.getPropertyValue("--muted");
    const rule = style.getPropertyValue("--grid");
    const defaults = fieldConfig(this.panel, "");
    const span = this.range.to - this.range.from;
    const highest = Math.max(0, ...this.series.filter((s) => !this.hidden.has(s.name)).map((s) => reduce(s.values, "max") ?? 0));
    const limits = (defaults.thresholds?.steps ?? []).map((s) => s.value ?? 0);
    const shown = (defaults.custom.thresholdsStyle?.mode ?? "off") !== "off";
    const ymax = shown ? Math.max(highest, ...limits) * 1.2 : undefined;
    this.chart.setOption({
      animation: false, color: CLASSIC, grid: { left: 8, right: 14, top: 12, bottom: 4, containLabel: true },
      xAxis: {
        type: "time", min: this.range.from, max: this.range.to, axisLine: { lineStyle: { color: rule } },
        axisLabel: { color: ink, hideOverlap: true, showMaxLabel: false, formatter: (ms) => axisTime(ms, span) },
        splitLine: { show: true, lineStyle: { color: rule } },
      },
      yAxis: {
        type: "value", min: defaults.min ?? null, max: defaults.max ?? ymax ?? null,
        axisLabel: { color: ink, formatter: (v) => format(v, defaults.unit, defaults.decimals) }, splitLine: { lineStyle: { color: rule } },
      },
      tooltip: {
        trigger: "axis", confine: true, axisPointer: { type: "line" }, order: "valueDesc",
        className: "chart-tooltip", formatter: (points) => this.tooltip(points),
      },
      series: this.series.map((s, i) => this.seriesOption(s, i, ymax)),
    }, { notMerge: true });
  }

  seriesOption(series, index, ymax) {
    const config = fieldConfig(this.panel, series.name);
    const custom = config.custom;
    const tint = config.color?.mode === "fixed" ? colour(config.color.fixedColor) : CLASSIC[index % CLASSIC.length];
    const bars = custom.drawStyle === "bars";
    const points = custom.drawStyle === "points";
    const data = this.hidden.has(series.name) ? [] : series.times.map((t, i) => [t, series.values[i]]);
    return {
      name: series.name, type: bars ? "bar" : points ? "scatter" : "line", data, itemStyle: { color: tint },
      lineStyle: { width: custom.lineWidth ?? 1, color: tint }, symbol: "circle", symbolSize: custom.pointSize ?? 5,
      showSymbol: custom.showPoints === "always" || this.isSparse(series), connectNulls: Boolean(custom.spanNulls),
      areaStyle: !bars && !points && custom.fillOpacity ? { opacity: custom.fillOpacity / 100, color: tint } : undefined,
      barMinWidth: 2, barMaxWidth: 12, emphasis: { disabled: true }, ...(index === 0 ? thresholdMarks(config, ymax) : {}),
    };
  }

  isSparse(series) {
    return series.times.length <= 60;
  }

  tooltip(points) {
    const time = points[0]?.value?.[0];
    const rows = points.filter((p) => p.value[1] !== null).map((p) => {
      const config = fieldConfig(this.panel, p.seriesName);
      return el("div", { class: "tooltip-row" }, el("span", { class: "swatch", style: { background: p.color } }),
        el("span", {}, p.seriesName), el("b", {}, format(p.value[1], config.unit, config.decimals)));
    });
    return el("div", {}, el("div", { class: "tooltip-time" }, localTime(time), el("br"), utcTime(time)), ...rows);
  }

  drawLegend() {
    const calcs = this.panel.options?.legend?.calcs ?? [];
    const asTable = this.panel.options?.legend?.displayMode === "table";
    const figures = (s) => calcs.map((calc) => {
      const config = fieldConfig(this.panel, s.name);
      return [CALCULATION_NAMES[calc] ?? calc, format(reduce(s.values, calc), config.unit, config.decimals)];
    });
    const name = (s, i) => el("button", {
      type: "button", class: this.hidden.has(s.name) ? "series off" : "series", "aria-pressed": String(!this.hidden.has(s.name)),
      title: "Show only this series; with Ctrl or Shift: hide or show it", onclick: (event) => this.toggle(s.name, event),
    }, el("span", { class: "swatch", style: { background: CLASSIC[i % CLASSIC.length] } }), s.name);
    if (asTable && calcs.length) {
      const head = el("tr", {}, el("th", { scope: "col" }, ""), ...calcs.map((c) => el("th", { scope: "col" }, CALCULATION_NAMES[c] ?? c)));
      const rows = this.series.map((s, i) => el("tr", {}, el("th", { scope: "row" }, name(s, i)), ...figures(s).map(([, v]) => el("td", {}, v))));
      this.legend.replaceChildren(el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
    } else {
      this.legend.replaceChildren(...this.series.map((s, i) => el("span", { class: "legend-item" }, name(s, i),
        ...figures(s).map(([label, v]) => el("span", { class: "figure" }, `${label}: ${v}`)))));
    }
  }

  toggle(name, event) {
    const others = this.series.map((s) => s.name).filter((n) => n !== name);
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      if (!this.hidden.delete(name)) this.hidden.add(name);
    } else if (others.length && others.every((n) => this.hidden.has(n)) && !this.hidden.has(name)) this.hidden.clear();
    else this.hidden = new Set(others);
    this.draw();
    this.drawLegend();
  }

  dispose() {
    this.context.group.delete(this);
    this.resizer.disconnect();
    this.chart.dispose();
  }
}
