"""Compaction: of the records of a key only the newest stays, so that a table's topic does not grow for ever.

A window's row changes with every event that falls into it; without compaction 30 clicks a second fill
20 GiB a day. Records keep their offsets, so the rows of chunks get gaps. The newest chunks, those in
memory, are left alone: live readers see every change.

Source: Kafka's `cleanup.policy=compact`, min.cleanable.dirty.ratio 0.5, delete.retention.ms one day.
"""

from collections.abc import Callable, Iterator, Sequence

from clickstream.core.records import Record
from clickstream.storage.topics.chunk_rows import ChunkRow
from clickstream.storage.topics.frame import Packed, Run, pack, pack_runs
from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.topic import Topic

__all__ = ["compact", "is_due"]

LEAST_DIRTY_BYTES = 4 * 1024 * 1024
"""A topic is compacted when so much was added, and at least as much as was left last time."""

PASS_BYTES = 32 * 1024 * 1024
"""Most bytes whose keys are collected in one pass: they are held in memory."""

LOOK_BACK_BYTES = 256 * 1024 * 1024
"""How far back older records of those keys are looked for; what lies further back waits for retention."""

STEP_BYTES = 1024 * 1024
"""Rows rewritten in one transaction: about 10 ms during which nothing else can be committed."""

TOMBSTONE_MS = 86_400_000


def is_due(topic: Topic) -> bool:
    """Return whether enough was added to a topic since it was compacted."""
    at = topic.committed
    dirty = at.bytes - at.clean_bytes
    return topic.compacts and dirty >= max(LEAST_DIRTY_BYTES, at.clean_bytes)


def compact(log: TopicLog, name: str, *, between_steps: Callable[[], object] = lambda: None) -> int:
    """Remove records that have a newer one of the same key; return how many bytes that freed.

    Runs beside the commit loop, in steps; stopped half-way it has simply done less. Records in memory and
    those beyond one pass stay. `between_steps` may sleep, or raise to stop.

    Raises: NotFound, CorruptState.
    """
    limits = log.compaction_limits(name)
    if limits is None:
        return 0
    clean_end, end = limits
    dirty = _up_to(log.rows(name, clean_end, end), PASS_BYTES)
    if not dirty:
        return 0
    end = dirty[-1].end_offset
    newest = _newest_offsets(log, name, dirty)
    expired_ms = log.describe(name).newest_ms - TOMBSTONE_MS
    freed = 0
    for rows in _steps(_look_back(log.rows(name, 0, end))):
        between_steps()
        packed = _pack(rows, _survivors(log, name, rows, newest, expired_ms))
        if len(rows) > 1 or len(packed.records) < rows[0].messages:
            freed += log.replace_rows(name, rows, packed if packed.records else None)
    log.mark_clean(name, end)
    return freed


def _pack(rows: Sequence[ChunkRow], runs: Sequence[Run]) -> Packed:
    """Return the frame of a row in the place of `rows`: without a gap it is like an appended one."""
    if len(runs) == 1 and len(runs[0][1]) == rows[-1].end_offset - rows[0].first_offset:
        return pack(runs[0][1])
    return pack_runs(runs)


def _up_to(rows: Sequence[ChunkRow], limit_bytes: int) -> list[ChunkRow]:
    taken: list[ChunkRow] = []
    size = 0
    for row in rows:
        if taken and size + row.bytes > limit_bytes:
            break
        taken.append(row)
        size += row.bytes
    return taken


def _look_back(rows: Sequence[ChunkRow]) -> list[ChunkRow]:
    return list(reversed(_up_to(list(reversed(rows)), LOOK_BACK_BYTES)))


def _newest_offsets(log: TopicLog, name: str, rows: Sequence[ChunkRow]) -> dict[bytes, int]:
    newest: dict[bytes, int] = {}
    for offset, record in _records(log, name, rows):
        if record.key is not None:
            newest[record.key] = offset
    return newest


def _records(log: TopicLog, name: str, rows: Sequence[ChunkRow]) -> Iterator[tuple[int, Record]]:
    for group in _steps(rows):
        for chunk in log.stored(name, group[0].first_offset, group[-1].end_offset):
            yield from enumerate(chunk.records, chunk.first_offset)


def _steps(rows: Sequence[ChunkRow]) -> Iterator[list[ChunkRow]]:
    rest = list(rows)
    while rest:
        step = _up_to(rest, STEP_BYTES)
        yield step
        rest = rest[len(step) :]


def _survivors(
    log: TopicLog, name: str, rows: Sequence[ChunkRow], newest: dict[bytes, int], expired_ms: int
) -> list[Run]:
    """Return what is to stay of some rows, as runs with their places after the first row's first offset."""
    base = rows[0].first_offset
    runs: list[Run] = []
    follows = -1
    for offset, record in _records(log, name, rows):
        if record.key is not None:
            if newest.get(record.key, offset) > offset:
                continue
            if record.value is None and record.timestamp_ms < expired_ms:
                continue
        if offset != follows:
            runs.append((offset - base, []))
        runs[-1][1].append(record)
        follows = offset + 1
    return runs
