"""From JSON lines to committed tables, through the node: every batch is synced to the disk before the next.

Also the latency of clicks that come at a steady rate, and what ten times the state costs.
"""

import os
import resource
import statistics
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import one_shot
from benchmarks.inputs import START_MS, STATEMENTS, TOPICS, Clicks, clicks, tables, wide_clicks
from clickstream.node.node import Node
from clickstream.node.statements import StatementExecutor
from clickstream.storage.database import Durability

Figures = dict[str, float]

DISK = "/var/tmp"
"""Where files are made: `/tmp` is memory on many machines, where a sync costs nothing."""

TICK_S = 0.010
STATE_CLICKS = 40_000
"""Wide clicks that leave 520 000 rows of state."""


def open_pipeline(folder: Path, *, durability: Durability = "fsync") -> Node:
    """Return a node with the pipeline's statements, users and codes."""
    node = Node(folder, durability=durability)
    executor = StatementExecutor(node)
    node.recover(executor)
    for topic in TOPICS:
        if not node.topics.exists(topic):
            node.create_topic(topic)
    if not node.command_log.all():
        executor.execute(STATEMENTS.read_text())
        node.produce(tables())
    settle(node)
    return node


def settle(node: Node) -> None:
    """Let the queries read all there is."""
    while node.step():
        pass


def feed(node: Node, given: Clicks, size: int, seconds: float) -> tuple[int, float, float]:
    """Produce batch after batch while time lasts; return how many clicks, and seconds and CPU seconds."""
    began, cpu = time.perf_counter(), time.process_time()
    at = 0
    while at < len(given.lines) and time.perf_counter() - began < seconds:
        node.produce([("clickstream", given.records(at, at + size))])
        at += size
    settle(node)
    return min(at, len(given.lines)), time.perf_counter() - began, time.process_time() - cpu


def throughput(size: int, count: int, seconds: float, *, check: bool) -> Figures:
    """Return clicks a second, and the ratio to DuckDB's whole job over the same lines.

    Raises: AssertionError if `check` and a table differs from DuckDB's.
    """
    given = clicks(count)
    with TemporaryDirectory(dir=DISK) as folder:
        with closing(open_pipeline(Path(folder))) as node:
            done, took_s, cpu_s = feed(node, given, size, seconds)
            tables_made = tables_of(node) if check else {}
            database_bytes = sum(path.stat().st_size for path in Path(folder).glob("clickstream.db*"))
        lines = Path(folder) / "clicks.jsonl"
        lines.write_bytes(b"\n".join(given.lines[:done]))
        cpu = time.process_time()
        batch = one_shot.run(lines)
        batch_cpu_s = time.process_time() - cpu
    if check:
        assert_same(tables_made, batch.tables)
    batch_s = batch.read_s + batch.compute_s
    return {
        "clicks": done,
        "clicks/s": done / took_s,
        "clicks/cpu s": done / cpu_s,
        "DuckDB clicks/s": done / batch_s,
        "to DuckDB": batch_s / took_s,
        "to DuckDB, CPU": batch_cpu_s / cpu_s,
        "bytes a click": database_bytes / done,
        "RSS MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def tables_of(node: Node) -> dict[str, one_shot.Rows]:
    """Return the rows of all tables as DuckDB has them: key, window, value."""
    found = {}
    for status in node.queries():
        name = status.plan.root.name
        if status.query_id.startswith("CTAS"):
            rows = node.look_up(status.query_id, None)
            found[name] = {(*key, value[-1]) for key, value, _ in rows}
    return found


def assert_same(ours: dict[str, one_shot.Rows], theirs: dict[str, one_shot.Rows]) -> None:
    """Raise AssertionError if any table differs."""
    assert ours.keys() == theirs.keys(), (ours.keys(), theirs.keys())
    for table, rows in theirs.items():
        if ours[table] != rows:
            extra, missing = ours[table] - rows, rows - ours[table]
            raise AssertionError(
                f"{table}: {len(extra)} more, {len(missing)} fewer, e.g. {[*extra, *missing][:4]}"
            )


def paced(per_second: int, seconds: float) -> Figures:
    """Return latencies of the oldest click of each tick, from when it was due to its commit."""
    given = clicks(int(per_second * seconds), per_second=per_second)
    latencies: list[float] = []
    with TemporaryDirectory(dir=DISK) as folder, closing(open_pipeline(Path(folder))) as node:
        node.start()
        began, cpu = time.perf_counter(), time.process_time()
        at = 0
        while at < len(given.lines):
            due_s = at / per_second
            now_s = time.perf_counter() - began
            if now_s < due_s + TICK_S:
                time.sleep(due_s + TICK_S - now_s)
            end = min(len(given.lines), int((time.perf_counter() - began) * per_second) + 1)
            node.produce([("clickstream", given.records(at, end))])
            latencies.append(1000 * (time.perf_counter() - began - due_s))
            at = end
        wall_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    latencies.sort()
    return {
        "p50 ms": statistics.median(latencies),
        "p99 ms": latencies[int(0.99 * len(latencies))],
        "max ms": latencies[-1],
        "cores": cpu_s / wall_s,
        "ticks": len(latencies),
    }


def growth(batches: int) -> Figures:
    """Return the CPU time of a batch of 1 000 clicks over a tenth of the state and over all of it."""
    costs = []
    rows = 0
    with TemporaryDirectory(dir=DISK) as folder, closing(open_pipeline(Path(folder))) as node:
        at_ms = START_MS
        for wide in (STATE_CLICKS // 10, STATE_CLICKS * 9 // 10):
            feed(node, wide_clicks(wide + rows, start_ms=at_ms), 10_000, 600)
            rows += wide
            given = clicks(1000 * batches, start_ms=at_ms, seed=rows)
            took = []
            for number in range(batches):
                cpu = time.process_time()
                node.produce([("clickstream", given.records(1000 * number, 1000 * number + 1000))])
                settle(node)
                took.append(time.process_time() - cpu)
            costs.append(1000 * statistics.median(took))
        state_rows = sum(node.state.count(status.query_id) for status in node.queries())
    return {
        "ms a batch": costs[0],
        "ms with 10x": costs[1],
        "ratio": costs[1] / costs[0],
        "state rows": state_rows,
        "RSS MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def fill(folder: Path) -> None:
    """Leave half a million rows of state in a folder and die as by kill -9."""
    node = open_pipeline(folder)
    feed(node, wide_clicks(STATE_CLICKS), 10_000, 600)
    os._exit(0)


def fill_topic(folder: Path, count: int) -> None:
    """Leave clicks in a topic that no query has read."""
    with closing(Node(folder, durability="os")) as node:
        for topic in TOPICS:
            node.create_topic(topic)
        node.produce(tables())
        given = clicks(count)
        for at in range(0, count, 10_000):
            node.produce([("clickstream", given.records(at, at + 10_000))])
