"""Latency of every panel's query over 500 000 documents in nine indices.

    python benchmarks/search.py [--documents 500000] [--repeat 15] [--data-dir FOLDER]

Documents are what the nine tables hold after 24 hours; queries are built from the dashboard as Grafana builds
them, over the whole day and over the last 15 minutes. Printed: milliseconds from the request's body to the
answer's bytes, median and worst; then how fast documents are written and how long a restart takes.
"""

import argparse
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from clickstream.storage.documents.store import BulkOperation, DocumentStore

ROOT = Path(__file__).resolve().parents[1]
DASHBOARD = ROOT / "grafana" / "dashboards" / "clickstream-analysis.json"
TEMPLATE = ROOT / "elasticsearch" / "index-template.json"
END_MS = 1_795_504_800_000
DAY_MS = 86_400_000
LIMIT_MS = 200.0
BULK = 2_000

USERS = [f"user_{number:02}" for number in range(40)]
CITIES = ["Frankfurt", "London", "New York", "San Francisco", "Palo Alto", "Raleigh"]
CODES = {
    200: "Successful",
    302: "Redirect",
    404: "Page not found",
    405: "Method not allowed",
    406: "Not acceptable",
    407: "Proxy authentication required",
}

SHARES: dict[str, tuple[float, tuple[str, ...]]] = {
    # index: (share of all documents, fields of its key)
    "events_per_min": (0.115, ("USERID", "EVENT_TS")),
    "pages_per_min": (0.30, ("USERID", "EVENT_TS")),
    "click_user_sessions": (0.08, ("USERNAME", "EVENT_TS")),
    "errors_per_min_alert": (0.04, ("STATUS", "EVENT_TS")),
    "errors_per_min": (0.16, ("STATUS", "EVENT_TS")),
    "enriched_error_codes_count": (0.035, ("CODE", "EVENT_TS")),
    "user_ip_activity": (0.095, ("USERNAME", "IP", "CITY", "EVENT_TS")),
    "bandwidth_per_min": (0.115, ("USERNAME", "EVENT_TS")),
    "user_session_bandwidth": (0.06, ("USERNAME", "EVENT_TS")),
}


def rows(index: str, count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` rows of a table, spread over the day before END_MS."""
    rng = random.Random(index)
    for at in range(count):
        event_ms = END_MS - DAY_MS + at * DAY_MS // count // 1000 * 1000
        user = rng.randrange(40)
        code = rng.choice(list(CODES))
        yield {
            "events_per_min": {"USERID": user, "EVENTS": rng.randrange(1, 60)},
            "pages_per_min": {"USERID": user, "PAGES": rng.randrange(1, 40)},
            "click_user_sessions": {"USERNAME": USERS[user], "EVENTS": rng.randrange(1, 90)},
            "errors_per_min_alert": {"STATUS": code, "ERRORS": rng.randrange(6, 90)},
            "errors_per_min": {"STATUS": code, "ERRORS": rng.randrange(1, 90)},
            "enriched_error_codes_count": {
                "CODE": code,
                "DEFINITION": CODES[code],
                "COUNT": rng.randrange(2, 99),
            },
            "user_ip_activity": {
                "USERNAME": USERS[user],
                "IP": f"{rng.randrange(100, 240)}.{rng.randrange(4)}.0.1",
                "CITY": rng.choice(CITIES),
                "COUNT": rng.randrange(2, 20),
            },
            "bandwidth_per_min": {"USERNAME": USERS[user], "TOTAL_BYTES": rng.randrange(278, 10**6)},
            "user_session_bandwidth": {"USERNAME": USERS[user], "TOTAL_BYTES": rng.randrange(278, 10**9)},
        }[index] | {"EVENT_TS": event_ms}


def load(store: DocumentStore, total: int) -> tuple[int, float]:
    """Write all documents as sinks do; return how many there are and the seconds that writing took."""
    content = json.loads(TEMPLATE.read_text())
    written, took_s = 0, 0.0
    for index, (share, key) in SHARES.items():
        id_ = "|".join("{{{" + field + "}}}" for field in key) + "|{{{N}}}"
        store.put_pipeline(index, {"processors": [{"set": {"field": "_id", "value": id_}}]})
        template = {**content, "settings": {**content["settings"], "index.default_pipeline": index}}
        store.put_index_template(index, {"index_patterns": [index], "template": template})
        made = rows(index, round(total * share))
        numbered = (orjson.dumps(row | {"N": number}) for number, row in enumerate(made))
        while batch := [BulkOperation("index", index, None, source) for source in islice(numbered, BULK)]:
            began = time.perf_counter()
            store.bulk(batch, offsets={index: written}, consumer="bench")
            took_s += time.perf_counter() - began
            written += len(batch)
    return written, took_s


def panel_searches(
    start_ms: int, end_ms: int, points: int = 800
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield title, index and body of every panel's searches, as Grafana's datasource builds them."""
    dashboard = json.loads(DASHBOARD.read_text())
    panels = [inner for panel in dashboard["panels"] for inner in (panel, *panel.get("panels", ()))]
    for panel in panels:
        for target in panel.get("targets", ()):
            uid = (target.get("datasource") or panel["datasource"])["uid"]
            yield panel["title"], uid.lower(), _body(target, start_ms, end_ms, points)


def _body(target: dict[str, Any], start_ms: int, end_ms: int, points: int) -> dict[str, Any]:
    window = {"gte": start_ms, "lte": end_ms, "format": "epoch_millis"}
    query = {"query_string": {"analyze_wildcard": True, "query": target.get("query") or "*"}}
    body: dict[str, Any] = {"size": 0}
    body["query"] = {"bool": {"filter": [{"range": {"EVENT_TS": window}}, query]}}
    level = body
    for bucket in target["bucketAggs"]:
        level["aggs"] = {bucket["id"]: {bucket["type"]: _settings(bucket, start_ms, end_ms, points)}}
        level = level["aggs"][bucket["id"]]
    metrics = [metric for metric in target["metrics"] if metric["type"] != "count"]
    if metrics:
        made = {metric["id"]: {metric["type"]: {"field": metric["field"]}} for metric in metrics}
        level["aggs"] = made
    for outer in _levels(body):
        order = outer.get("terms", {}).get("order", {})
        asked = [name for name in order if not name.startswith("_")]
        for name in asked:
            outer.setdefault("aggs", {}).update(
                {m["id"]: {m["type"]: {"field": m["field"]}} for m in metrics if m["id"] == name}
            )
    return body


def _levels(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for definition in body.get("aggs", {}).values():
        yield definition
        yield from _levels(definition)


def _settings(bucket: dict[str, Any], start_ms: int, end_ms: int, points: int) -> dict[str, Any]:
    given = bucket["settings"]
    settings: dict[str, Any] = {"field": bucket["field"], "min_doc_count": int(given.get("min_doc_count", 0))}
    if bucket["type"] == "terms":
        return settings | {"size": int(given["size"]), "order": {given["orderBy"]: given["order"]}}
    interval = given["interval"]
    if interval == "auto":
        interval = f"{max(1000, (end_ms - start_ms) // points // 1000 * 1000)}ms"
    # Grafana never asks for more points than a panel is wide.
    shortest = f"{max(1, (end_ms - start_ms) // 1000 // points)}s"
    if interval.endswith("s") and not interval.endswith("ms") and int(interval[:-1]) < int(shortest[:-1]):
        interval = shortest
    bounds = {"min": start_ms, "max": end_ms}
    return settings | {"fixed_interval": interval, "extended_bounds": bounds, "format": "epoch_millis"}


def measure(store: DocumentStore, repeat: int) -> float:
    """Print the latency of each search; return the worst median in milliseconds."""
    worst = 0.0
    print(f"{'panel':58} {'24 h':>8} {'worst':>8} {'15 min':>8} {'worst':>8} {'bytes':>9}")
    day = list(panel_searches(END_MS - DAY_MS, END_MS))
    quarter = list(panel_searches(END_MS - 900_000, END_MS))
    for (title, index, long), (_, _, short) in zip(day, quarter, strict=True):
        took, size = _times(store, index, long, repeat)
        brief, _ = _times(store, index, short, repeat)
        worst = max(worst, statistics.median(took), statistics.median(brief))
        cells = (statistics.median(took), max(took), statistics.median(brief), max(brief))
        print(f"{title[:57]:58} " + " ".join(f"{cell:8.1f}" for cell in cells) + f" {size:9}")
    return worst


def _times(store: DocumentStore, index: str, body: dict[str, Any], repeat: int) -> tuple[list[float], int]:
    sent = orjson.dumps(body)
    took, size = [], 0
    for _ in range(repeat):
        began = time.perf_counter()
        size = len(orjson.dumps(store.search(index, orjson.loads(sent))))
        took.append((time.perf_counter() - began) * 1000)
    return took, size


def main() -> int:
    """Load, measure, restart; return 1 if a median is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=500_000)
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "documents.db"
        store = DocumentStore(path)
        written, took = load(store, options.documents)
        print(f"written: {written} documents in {took:.1f} s, {written / took:,.0f}/s (bulks of {BULK})")
        worst = measure(store, options.repeat)
        store.close()
        began = time.perf_counter()
        store = DocumentStore(path)
        count = store.count("*")
        print(f"restart: {count} documents searchable after {time.perf_counter() - began:.2f} s")
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MiB; slowest median {worst:.1f} ms, limit {LIMIT_MS:.0f} ms")
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    raise SystemExit(main())
