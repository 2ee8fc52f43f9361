// A panel's target as an Elasticsearch search, and the answer as frames.
// A frame: {name, labels, fields: [{name, type: "time" | "number" | "string", values}]}.

import { autoInterval, intervalText, lengthMs } from "./timerange.js";

const METRIC_NAMES = {
  count: "Count", avg: "Average", sum: "Sum", max: "Max", min: "Min", cardinality: "Unique Count",
  value_count: "Count", percentiles: "Percentile", extended_stats: "Extended Stats",
};
const RAW = new Set(["raw_data", "raw_document", "logs"]);
const MAX_BUCKETS = 2000;

function metricAggregation(metric) {
  if (metric.type === "percentiles") return { percentiles: { field: metric.field, percents: metric.settings?.percents } };
  return { [metric.type]: { field: metric.field } };
}

function bucketAggregation(bucket, target, range, context) {
  const settings = bucket.settings ?? {};
  if (bucket.type === "date_histogram") {
    const auto = autoInterval(range.from, range.to, context.points);
    const asked = settings.interval === "auto" || !settings.interval ? auto : lengthMs(settings.interval) ?? auto;
    const step = Math.max(asked, autoInterval(range.from, range.to, MAX_BUCKETS));
    return {
      date_histogram: {
        field: bucket.field ?? target.timeField, fixed_interval: intervalText(step),
        min_doc_count: Number(settings.min_doc_count ?? 0),
        extended_bounds: { min: range.from, max: range.to }, format: "epoch_millis",
      },
    };
  }
  if (bucket.type === "terms") {
    const size = Number(settings.size ?? 10) || 500;
    return {
      terms: {
        field: bucket.field, size, order: { [settings.orderBy ?? "_key"]: settings.order ?? "desc" },
        min_doc_count: Number(settings.min_doc_count ?? 1),
      },
    };
  }
  if (bucket.type === "filters") {
    const filters = {};
    for (const f of settings.filters ?? []) {
      filters[f.label || f.query] = { query_string: { query: f.query, analyze_wildcard: true } };
    }
    return { filters: { filters } };
  }
  throw new Error(`bucket aggregation ${bucket.type} is not drawn here`);
}

/** The `_msearch` body of one target. `range` holds epoch milliseconds, `context.points` the panel's width. */
export function searchBody(target, range, context) {
  const timeField = target.timeField ?? "@timestamp";
  const filter = [{ range: { [timeField]: { gte: range.from, lte: range.to, format: "epoch_millis" } } }];
  const text = context.interpolate(target.query ?? "");
  if (text && text !== "*") filter.push({ query_string: { analyze_wildcard: true, query: text } });
  const body = { size: 0, query: { bool: { filter } } };
  const metrics = (target.metrics ?? []).filter((m) => !m.hide);
  if (RAW.has(metrics[0]?.type)) {
    body.size = Number(metrics[0].settings?.size ?? 500);
    body.sort = [{ [timeField]: { order: "desc", unmapped_type: "boolean" } }];
    return body;
  }
  let inner = {};
  for (const metric of metrics) if (metric.type !== "count") inner[metric.id] = metricAggregation(metric);
  for (const bucket of [...(target.bucketAggs ?? [])].reverse()) {
    const aggregation = bucketAggregation(bucket, { ...target, timeField }, range, context);
    const orderMetric = metrics.find((m) => m.id === bucket.settings?.orderBy);
    if (bucket.type === "terms" && orderMetric && orderMetric.type !== "count") {
      inner = { [orderMetric.id]: metricAggregation(orderMetric), ...inner };
    }
    if (orderMetric?.type === "count") aggregation.terms.order = { _count: bucket.settings.order ?? "desc" };
    if (Object.keys(inner).length) aggregation.aggs = inner;
    inner = { [bucket.id]: aggregation };
  }
  if (Object.keys(inner).length) body.aggs = inner;
  return body;
}

function metricValue(bucket, metric) {
  if (metric.type === "count") return bucket.doc_count;
  const found = bucket[metric.id];
  if (!found) return null;
  if (found.values) return Object.values(found.values)[0] ?? null;
  return found.value ?? null;
}

function metricName(metric, metrics) {
  const name = METRIC_NAMES[metric.type] ?? metric.type;
  const twins = metrics.filter((m) => m.type === metric.type).length > 1;
  return twins && metric.field ? `${name} ${metric.field}` : name;
}

function seriesName(target, labels, metric, metrics) {
  const values = Object.values(labels);
  if (target.alias) {
    return target.alias.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (all, name) => {
      if (name === "metric") return METRIC_NAMES[metric.type] ?? metric.type;
      if (name === "field") return metric.field ?? "";
      return labels[name.replace(/^term /, "")] ?? all;
    });
  }
  if (!values.length) return metric.field ? `${METRIC_NAMES[metric.type]} ${metric.field}` : METRIC_NAMES[metric.type];
  return metrics.length > 1 ? `${values.join(" ")} ${metricName(metric, metrics)}` : values.join(" ");
}

function bucketsOf(aggregation) {
  const buckets = aggregation?.buckets ?? [];
  if (Array.isArray(buckets)) return buckets;
  return Object.entries(buckets).map(([key, bucket]) => ({ key, ...bucket }));
}

function timeFrames(target, node, depth, labels, metrics, frames) {
  const bucket = target.bucketAggs[depth];
  const buckets = bucketsOf(node[bucket.id]);
  if (depth < target.bucketAggs.length - 1) {
    for (const b of buckets) {
      timeFrames(target, b, depth + 1, { ...labels, [bucket.field ?? "filter"]: String(b.key_as_string ?? b.key) }, metrics, frames);
    }
    return;
  }
  for (const metric of metrics) {
    frames.push({
      name: seriesName(target, labels, metric, metrics), labels, refId: target.refId,
      fields: [
        { name: "Time", type: "time", values: buckets.map((b) => b.key) },
        { name: "Value", type: "number", values: buckets.map((b) => metricValue(b, metric)) },
      ],
    });
  }
}

function tableFrame(target, root, metrics) {
  const names = target.bucketAggs.map((b) => b.field ?? "filter");
  const columns = [...names, ...metrics.map((m) => metricName(m, metrics))].map((name) => ({ name, type: "string", values: [] }));
  const walk = (node, depth, prefix) => {
    for (const bucket of bucketsOf(node[target.bucketAggs[depth].id])) {
      const row = [...prefix, bucket.key];
      if (depth < target.bucketAggs.length - 1) walk(bucket, depth + 1, row);
      else [...row, ...metrics.map((m) => metricValue(bucket, m))].forEach((v, i) => columns[i].values.push(v));
    }
  };
  walk(root, 0, []);
  for (const c of columns) if (c.values.some((v) => typeof v === "number")) c.type = "number";
  return { name: target.refId, labels: {}, refId: target.refId, fields: columns };
}

function documentFrame(target, hits) {
  const names = [...new Set(hits.flatMap((hit) => Object.keys(hit._source ?? {})))];
  const fields = names.map((name) => ({
    name, type: name === target.timeField ? "time" : "string", values: hits.map((hit) => hit._source?.[name] ?? null),
  }));
  return { name: target.refId, labels: {}, refId: target.refId, fields };
}

/** The frames of one target's answer. Throws with the server's reason where the search failed. */
export function frames(target, response) {
  if (response.error) throw new Error(response.error.root_cause?.[0]?.reason ?? response.error.reason ?? "search failed");
  const metrics = (target.metrics ?? []).filter((m) => !m.hide);
  if (RAW.has(metrics[0]?.type)) return [documentFrame(target, response.hits?.hits ?? [])];
  const buckets = target.bucketAggs ?? [];
  const root = response.aggregations ?? {};
  if (buckets.at(-1)?.type === "date_histogram") {
    const found = [];
    timeFrames(target, root, 0, {}, metrics, found);
    return found;
  }
  return [tableFrame(target, root, metrics)];
}
