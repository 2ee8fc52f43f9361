"""The tasks that run now: starts, pauses, resumes and stops them, and writes their states on the board.

One thread uses it, the supervisor's. Source tasks are stepped by it; sink tasks have threads of their own.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from clickstream.connectors.base import (
    Config,
    ConnectorStore,
    RecordSink,
    SinkContext,
    SinkTask,
    SourceContext,
    TopicReader,
)
from clickstream.connectors.connector_configs import ConnectorRecord
from clickstream.connectors.plugins import Plugin, PluginRegistry, SinkPlugin, SourcePlugin, typed_settings
from clickstream.connectors.sink_runner import SinkLimits, SinkRunner
from clickstream.connectors.source_loop import Round, SourceLoop
from clickstream.connectors.status import StatusBoard, TaskId, trace_text
from clickstream.core.clock import Clock

__all__ = ["TaskFleet", "Worker", "offset_name"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """What tasks are given to work with.

    `topic_names`, `end_offset` and `windowed` say what topics there are, how long, and how windowed.
    """

    producer: RecordSink
    topics: TopicReader
    store: ConnectorStore
    clock: Clock
    topic_names: Callable[[], Iterable[str]] = tuple
    end_offset: Callable[[str], int] = lambda topic: sys.maxsize
    windowed: Callable[[str], str | None] = lambda topic: None


@dataclass(slots=True)
class _Running:
    config: Config
    plugin: Plugin
    paused: bool = False
    alive: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    sinks: dict[int, list[SinkRunner]] = field(default_factory=dict)


def offset_name(connector: str, task: int) -> str:
    """Return the name under which a source task's offset is committed."""
    return f"connector/{connector}/{task}"


class TaskFleet:
    """All tasks of all connectors."""

    def __init__(self, worker: Worker, plugins: PluginRegistry, board: StatusBoard) -> None:
        self._worker = worker
        self._plugins = plugins
        self._board = board
        self._loop = SourceLoop(worker.producer, worker.clock)
        self._running: dict[str, _Running] = {}
        self._ending: dict[str, SinkRunner] = {}

    def runs(self, record: ConnectorRecord) -> bool:
        """Whether the connector's tasks exist, with this very configuration."""
        running = self._running.get(record.name)
        return running is not None and running.config == record.config

    def start(self, record: ConnectorRecord) -> int:
        """Make and start the connector's tasks; return how many there are."""
        plugin = self._plugins.find(record.config["connector.class"])
        running = self._running[record.name] = _Running(dict(record.config), plugin)
        count = int(typed_settings(plugin, record.config)["tasks.max"])
        if isinstance(plugin, SourcePlugin) and plugin.most_tasks is not None:
            count = min(count, plugin.most_tasks)
        self._board.set_tasks(record.name, "RUNNING", range(count))
        for number in range(count):
            self._start_task(record.name, running, number, count)
        return count

    def _start_task(self, name: str, running: _Running, number: int, count: int) -> None:
        try:
            if isinstance(running.plugin, SourcePlugin):
                self._start_source(name, running, running.plugin, number)
            else:
                self._start_sink(name, running, running.plugin, number, count)
        except Exception as error:
            # whatever is wrong with one task is that task's state, as in Connect
            self._fail(running, (name, number), error)
        else:
            running.alive.add(number)

    def _start_source(self, name: str, running: _Running, plugin: SourcePlugin, number: int) -> None:
        context = SourceContext(
            name,
            number,
            offset_name(name, number),
            self._worker.producer.source_offset,
            self._worker.clock.now_ms(),
        )
        task = plugin.make_task(running.config, typed_settings(plugin, running.config), context)
        self._loop.add((name, number), task)
        if running.paused:
            self._loop.pause((name, number))

    def _start_sink(self, name: str, running: _Running, plugin: SinkPlugin, number: int, count: int) -> None:
        if running.paused:
            return
        topics = self._sink_topics(running.config)[number::count]
        running.sinks[number] = []
        for topic in topics:
            runner = self._make_runner(name, running, plugin, number, topic)
            running.sinks[number].append(runner)
            runner.start()

    def _make_runner(
        self, name: str, running: _Running, plugin: SinkPlugin, number: int, topic: str
    ) -> SinkRunner:
        settings = typed_settings(plugin, running.config)
        worker = self._worker

        def make(wait: Callable[[float], bool]) -> SinkTask:
            context = SinkContext(name, topic, worker.store, worker.clock, wait, worker.windowed)
            return plugin.make_task(running.config, settings, context)

        def failed(runner: SinkRunner, error: Exception) -> None:
            running.failed.add(number)
            self._board.set_task((name, number), "FAILED", trace_text(error))
            for sibling in running.sinks.get(number, ()):
                if sibling is not runner:
                    sibling.stop()

        limits = SinkLimits(
            settings.get("batch.size", SinkLimits.batch_size),
            max(settings.get("linger.ms", 0) / 1000, SinkLimits.linger_s),
        )
        after = self._ending.pop(f"{name}/{topic}", None)
        return SinkRunner(topic, make, worker.topics, worker.end_offset, failed, limits=limits, after=after)

    def _sink_topics(self, config: Config) -> list[str]:
        regex = config.get("topics.regex")
        if regex:
            pattern = re.compile(regex)
            return sorted(topic for topic in self._worker.topic_names() if pattern.fullmatch(topic))
        return list(
            dict.fromkeys(topic.strip() for topic in config.get("topics", "").split(",") if topic.strip())
        )

    def pause(self, name: str) -> None:
        """Stop polling; source tasks stay in memory, as in Connect."""
        running = self._running[name]
        running.paused = True
        for number in sorted(running.alive - running.failed):
            self._loop.pause((name, number))
            self._stop_sink(name, running, number)
            self._board.set_task((name, number), "PAUSED")

    def resume(self, name: str) -> None:
        """Go on; a task that has failed stays failed."""
        running = self._running[name]
        running.paused = False
        for number in sorted(running.alive - running.failed):
            self._loop.resume((name, number))
            if isinstance(running.plugin, SinkPlugin) and number not in running.sinks:
                self._start_sink(name, running, running.plugin, number, self._count(name))
            self._board.set_task((name, number), "RUNNING")

    def _count(self, name: str) -> int:
        status = self._board.get(name)
        return max(len(status.tasks), 1) if status else 1

    def restart(self, name: str, numbers: Sequence[int]) -> None:
        """Make these tasks anew, from their offsets."""
        running = self._running.get(name)
        if running is None:
            return
        for number in numbers:
            self._end_task(name, running, number)
            running.failed.discard(number)
            self._board.set_task((name, number), "PAUSED" if running.paused else "RUNNING")
            self._start_task(name, running, number, self._count(name))

    def stop(self, name: str) -> None:
        """End all tasks of a connector."""
        running = self._running.pop(name, None)
        if running is None:
            return
        for number in sorted(running.alive | set(running.sinks)):
            self._end_task(name, running, number)

    def _end_task(self, name: str, running: _Running, number: int) -> None:
        running.alive.discard(number)
        task = self._loop.remove((name, number))
        if task is not None:
            task.close()
        self._stop_sink(name, running, number)

    def _stop_sink(self, name: str, running: _Running, number: int) -> None:
        for runner in running.sinks.pop(number, ()):
            runner.stop()
            self._ending[f"{name}/{runner.topic}"] = runner

    def _fail(self, running: _Running, task_id: TaskId, error: Exception) -> None:
        LOG.warning("task %s-%d failed: %s", *task_id, error)
        running.failed.add(task_id[1])
        self._board.set_task(task_id, "FAILED", trace_text(error))

    def wait_s(self) -> float | None:
        """Return the seconds until a source task is due; None if none is."""
        return self._loop.wait_s()

    def step(self) -> Round:
        """Poll the source tasks that are due; those that fail are ended."""
        done = self._loop.step()
        for (name, number), error in done.failures.items():
            running = self._running[name]
            self._end_task(name, running, number)
            self._fail(running, (name, number), error)
        return done

    def close(self, timeout_s: float) -> None:
        """End everything and wait for the sinks' last puts."""
        for name in list(self._running):
            self.stop(name)
        for runner in self._ending.values():
            runner.join(timeout_s)
        self._ending.clear()
