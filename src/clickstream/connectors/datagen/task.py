"""The datagen connector's task: draws records, paces them, and keeps an offset from which it goes on exactly.

Source: confluentinc/kafka-connect-datagen, DatagenTask: the random source is seeded anew with each
record's own draw, so the offset (next generation, next iteration, seed) is the whole state; headers tell
generation, task and iteration.
"""

import random
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

import orjson

from clickstream.connectors.base import Polled, SourceContext
from clickstream.connectors.converters import TOLERANCE_EXCEEDED, converter_of, data_exception
from clickstream.connectors.datagen import clickstream, codes, users
from clickstream.connectors.datagen.java_random import JavaRandom
from clickstream.connectors.datagen.rate import Rate
from clickstream.core.errors import TaskFailed
from clickstream.core.records import Record

__all__ = ["QUICKSTARTS", "DatagenTask"]

Maker = Callable[[JavaRandom, int], dict[str, Any]]

QUICKSTARTS: dict[str, tuple[str, Maker]] = {
    "clickstream": (clickstream.KEY, clickstream.make_click),
    "clickstream_codes": (codes.KEY, codes.make_code),
    "clickstream_users": (users.KEY, users.make_user),
}
"""Quickstart to the field that is the record's key and the function that draws a record."""


class DatagenTask:
    """One task; tasks of one connector draw different data, the same each time under one `random.seed`."""

    def __init__(
        self, config: Mapping[str, str], settings: Mapping[str, Any], context: SourceContext
    ) -> None:
        self._topic = settings["kafka.topic"]
        self._key_field, self._make = QUICKSTARTS[settings["quickstart"]]
        self._iterations = settings["iterations"]
        self._key = converter_of(config, "key.converter")
        self._value = converter_of(config, "value.converter")
        self._skip_bad = config.get("errors.tolerance", "none").lower() == "all"
        self._task_id = context.task_id
        self._offset_name = context.offset_name
        self._random = _seeded(settings["random.seed"], context.task_id)
        self._generation = self._iteration = 0
        self._restore(context.read_offset(context.offset_name))
        self._rate = Rate(settings["max.interval"], random.random, context.now_ms)

    def _restore(self, stored: bytes | None) -> None:
        if not stored:
            return
        offset = orjson.loads(stored)["offset"]
        self._generation = offset["task.generation"]
        self._iteration = offset["current.iteration"]
        self._random.set_seed(offset["random.seed"])

    def poll(self, now_ms: int) -> Polled:
        """Return the records that are due.

        Raises: TaskFailed when `iterations` records were made, as the real task ends, or a record cannot
        be converted.
        """
        left = self._iterations - self._iteration if self._iterations > 0 else inf
        times = self._rate.due(now_ms, max(left, 1))
        if not times:
            return Polled(due_ms=self._rate.next_due_ms(now_ms))
        if left <= 0:
            raise TaskFailed(
                f"Stopping connector: generated the configured {self._iteration} number of messages"
            )
        records: list[Record] = []
        for time_ms in times:
            self._draw(time_ms, records)
        batches = [(self._topic, records)] if records else []
        return Polled(batches, {self._offset_name: self._offset()}, self._rate.next_due_ms(now_ms))

    def _draw(self, time_ms: int, records: list[Record]) -> None:
        fields = self._make(self._random, self._iteration)
        headers = (
            ("task.generation", str(self._generation).encode()),
            ("task.id", str(self._task_id).encode()),
            ("current.iteration", str(self._iteration).encode()),
        )
        self._random.set_seed(self._next_seed())
        try:
            key = self._key.encode(fields[self._key_field])
            value = self._value.encode(fields)
        except ValueError as error:
            if not self._skip_bad:
                raise TaskFailed(TOLERANCE_EXCEEDED) from data_exception(error)
        else:
            records.append(Record(key, value, time_ms, headers))
        self._iteration += 1

    def _next_seed(self) -> int:
        self._seed = self._random.next_long()
        return self._seed

    def _offset(self) -> bytes:
        return orjson.dumps(
            {
                "partition": {"task.id": self._task_id},
                "offset": {
                    "task.generation": self._generation + 1,
                    "random.seed": self._seed,
                    "current.iteration": self._iteration,
                },
            }
        )

    def committed(self) -> None:
        """Nothing waits for it."""

    def close(self) -> None:
        """Nothing is open."""


def _seeded(seed: int | None, task_id: int) -> JavaRandom:
    source = JavaRandom(random.getrandbits(63) if seed is None else seed)
    if seed is not None:
        for _ in range(task_id):
            source.set_seed(source.next_long())
    return source
