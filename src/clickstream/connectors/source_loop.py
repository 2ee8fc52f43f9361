"""Polls source tasks when they are due, and commits what one round gave with a single produce.

Not thread-safe and without a thread of its own: the supervisor's thread steps it, and adds and removes
tasks between steps.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from clickstream.connectors.base import Batch, Polled, RecordSink, SourceTask
from clickstream.connectors.status import TaskId
from clickstream.core.clock import Clock

__all__ = ["Round", "SourceLoop"]

LOG = logging.getLogger(__name__)

ROUND_S = 0.2
"""Tasks that wait are polled at multiples of this, all at once. Every round is a commit, and through eleven
queries a commit writes 120 KiB or more, however few records it has: the demo wrote 360 MB a minute at 13
rounds a second."""


@dataclass(slots=True)
class _Scheduled:
    task: SourceTask
    due_s: float | None
    paused: bool = False


@dataclass(slots=True)
class Round:
    """What one step did: the topics each task wrote to, and the errors that ended tasks."""

    topics: dict[TaskId, set[str]] = field(default_factory=dict)
    failures: dict[TaskId, Exception] = field(default_factory=dict)


class SourceLoop:
    """All running source tasks.

    Due times are kept on the monotonic clock, so setting the wall clock does no harm.
    """

    def __init__(self, producer: RecordSink, clock: Clock) -> None:
        self._producer = producer
        self._clock = clock
        self._tasks: dict[TaskId, _Scheduled] = {}

    def add(self, task_id: TaskId, task: SourceTask) -> None:
        """Poll the task from now on."""
        self._tasks[task_id] = _Scheduled(task, self._clock.monotonic_s())

    def pause(self, task_id: TaskId) -> None:
        """Leave the task alone until it is resumed."""
        if task_id in self._tasks:
            self._tasks[task_id].paused = True

    def resume(self, task_id: TaskId) -> None:
        """Poll a paused task again."""
        if task_id in self._tasks:
            self._tasks[task_id].paused = False

    def remove(self, task_id: TaskId) -> SourceTask | None:
        """Poll the task no more; it is not closed."""
        scheduled = self._tasks.pop(task_id, None)
        return scheduled.task if scheduled else None

    def wait_s(self) -> float | None:
        """Return the seconds until a task is due, at least 0; None if none ever is."""
        due = [entry.due_s for entry in self._tasks.values() if entry.due_s is not None and not entry.paused]
        return max(min(due) - self._clock.monotonic_s(), 0.0) if due else None

    def step(self) -> Round:
        """Poll every task that is due and commit the records."""
        done = Round()
        batches: list[Batch] = []
        offsets: dict[str, bytes] = {}
        polled: list[TaskId] = []
        for task_id, entry in list(self._tasks.items()):
            if entry.paused or entry.due_s is None or entry.due_s > self._clock.monotonic_s():
                continue
            answer = self._poll(task_id, entry, done)
            if answer is not None and (answer.batches or answer.offsets):
                polled.append(task_id)
                batches.extend(answer.batches)
                offsets.update(answer.offsets)
                done.topics[task_id] = {topic for topic, _ in answer.batches}
        if polled:
            self._commit(polled, batches, offsets, done)
        return done

    def _poll(self, task_id: TaskId, entry: _Scheduled, done: Round) -> Polled | None:
        now_ms = self._clock.now_ms()
        try:
            answer = entry.task.poll(now_ms)
        except Exception as error:
            # a task may fail in any way, and must not take the others with it
            done.failures[task_id] = error
            return None
        entry.due_s = None if answer.due_ms is None else self._due_s(answer.due_ms - now_ms)
        return answer

    def _due_s(self, wait_ms: float) -> float:
        """Return when to poll a task that wants to wait; one that has more to give is not held up."""
        now_s = self._clock.monotonic_s()
        return now_s if wait_ms <= 0 else math.ceil((now_s + wait_ms / 1000) / ROUND_S - 1e-6) * ROUND_S

    def _commit(
        self, polled: list[TaskId], batches: list[Batch], offsets: Mapping[str, bytes], done: Round
    ) -> None:
        try:
            self._producer.produce(batches, source_offsets=offsets)
        except Exception as error:
            LOG.exception("records of %d source tasks could not be committed", len(polled))
            done.failures.update(dict.fromkeys(polled, error))
            return
        for task_id in polled:
            self._tasks[task_id].task.committed()
