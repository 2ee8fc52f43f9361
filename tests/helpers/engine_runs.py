"""Statements run on a workbench, fed with JSON and read back as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.core.records import Record
from clickstream.engine.workbench import Workbench
from clickstream.node.sqltest.decode import decode_record

Event = tuple[Any, ...]
"""`(topic, key, value[, time_ms])`: the value is a dict or None; the key's bytes follow from its type."""


@dataclass(frozen=True)
class Row:
    """A record read back. `window` is (start, end) where the key has one."""

    key: Any
    value: Any
    time_ms: int
    window: tuple[int, int] | None = None


def key_bytes(key: Any) -> bytes | None:
    if key is None:
        return None
    return key.to_bytes(4, "big", signed=True) if isinstance(key, int) else str(key).encode()


def record(key: Any, value: Any, time_ms: int = 0) -> Record:
    raw = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
    return Record(key_bytes(key), raw, time_ms)


def feed(bench: Workbench, events: Iterable[Event], *, size: int = 1) -> None:
    """Write `events` and run the queries, `size` records at a time."""
    waiting = [(topic, record(*rest)) for topic, *rest in events]
    for at in range(0, len(waiting), size):
        batches: list[tuple[str, list[Record]]] = []
        for topic, item in waiting[at : at + size]:
            if not batches or batches[-1][0] != topic:
                batches.append((topic, []))
            batches[-1][1].append(item)
        bench.produce(batches)


def rows(bench: Workbench, topic: str) -> list[Row]:
    """Return what is in `topic`, oldest first."""
    source = bench.source_of(topic)
    found = []
    for item in bench.records(topic):
        key, value, window = decode_record(item, source)
        bounds = (window["start"], window["end"]) if window else None
        found.append(Row(key, value, item.timestamp_ms, bounds))
    return found


def run(script: str, events: Sequence[Event], topic: str = "OUT", *, size: int = 1) -> list[Row]:
    """Run `script`, feed `events` and return what is in `topic`."""
    bench = Workbench()
    bench.execute(script)
    feed(bench, events, size=size)
    return rows(bench, topic)


def short(found: Iterable[Row]) -> list[tuple[Any, Any]]:
    """Return keys and values only; values as tuples of their fields."""
    return [(r.key, None if r.value is None else tuple(r.value.values())) for r in found]
