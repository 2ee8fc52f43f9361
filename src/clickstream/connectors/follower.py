"""Makes connectors what their records want: one thread that acts on orders and polls the source tasks.

The supervisor changes records and gives orders, from any thread; only this thread touches the fleet.
Acting on an order looks at the record as it is then, so of several orders the last wish holds.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from clickstream.connectors.connector_configs import ConnectorConfigs, ConnectorRecord
from clickstream.connectors.fleet import TaskFleet
from clickstream.connectors.plugins import PluginRegistry
from clickstream.connectors.status import StatusBoard, trace_text
from clickstream.core.clock import Clock
from clickstream.core.errors import ConnectorError

__all__ = ["Follower", "OrderKind"]

LOG = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 5.0
AFTER_MISTAKE_S = 1.0

OrderKind = Literal["sync", "restart", "end", "forget"]
"""Follow the record; make tasks anew; end all tasks of a deleted connector; forget its status."""


@dataclass(frozen=True, slots=True)
class _Order:
    at_s: float
    kind: OrderKind
    name: str
    tasks: tuple[int, ...] = ()
    acted: threading.Event = field(default_factory=threading.Event, compare=False)


class Follower:
    """`lock` guards the records and the orders; hold it to change either."""

    def __init__(
        self,
        configs: ConnectorConfigs,
        fleet: TaskFleet,
        board: StatusBoard,
        plugins: PluginRegistry,
        clock: Clock,
    ) -> None:
        self.lock = threading.Condition(threading.RLock())
        self._configs = configs
        self._fleet = fleet
        self._board = board
        self._plugins = plugins
        self._clock = clock
        self._orders: list[_Order] = []
        self._closing = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, with everything as the records want it."""
        with self.lock:
            for name in self._configs.names():
                self.order("sync", name)
            self._thread = threading.Thread(target=self._run, name="connectors", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End all tasks after what they are doing; records stay for the next start."""
        with self.lock:
            self._closing = True
            self.lock.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S)
        self._fleet.close(CLOSE_TIMEOUT_S)

    def order(
        self, kind: OrderKind, name: str, after_s: float = 0.0, tasks: Iterable[int] = ()
    ) -> threading.Event:
        """Have something done, with the lock held; return what tells that it was."""
        order = _Order(self._clock.monotonic_s() + after_s, kind, name, tuple(tasks))
        self._orders.append(order)
        self.lock.notify_all()
        return order.acted

    def settle(self, acted: threading.Event) -> None:
        """Wait until an order was acted on, without the lock; not if there is no thread that does."""
        if self._thread is not None and not self._closing:
            acted.wait(CLOSE_TIMEOUT_S)

    def _run(self) -> None:
        while True:
            with self.lock:
                wait_s = self._wait_s()
                if not self._closing and (wait_s is None or wait_s > 0):
                    self.lock.wait(wait_s)
                if self._closing:
                    return
            try:
                self.step()
            except Exception:
                # the thread must outlive any one mistake; a second is far from a busy loop
                LOG.exception("connectors: a step failed")
                threading.Event().wait(AFTER_MISTAKE_S)

    def _wait_s(self) -> float | None:
        waits = [order.at_s - self._clock.monotonic_s() for order in self._orders]
        source_s = self._fleet.wait_s()
        if source_s is not None:
            waits.append(source_s)
        return max(min(waits), 0.0) if waits else None

    def step(self) -> None:
        """Act on the orders that are due, then poll the source tasks that are due."""
        with self.lock:
            now_s = self._clock.monotonic_s()
            due = [order for order in self._orders if order.at_s <= now_s]
            self._orders = [order for order in self._orders if order.at_s > now_s]
        for order in due:
            self._act(order)
            order.acted.set()
        done = self._fleet.step()
        for (name, _), topics in done.topics.items():
            self._note_topics(name, topics)

    def _act(self, order: _Order) -> None:
        record = self._configs.get(order.name)
        if order.kind == "forget":
            if record is None:
                self._board.remove(order.name)
        elif order.kind == "end":
            # also if another of the same name was created meanwhile
            self._fleet.stop(order.name)
        elif record is None:
            return
        elif order.kind == "restart":
            self._board.set_connector(record.name, self._type(record), record.target)
            self._fleet.restart(record.name, order.tasks)
        else:
            self._follow(record)

    def _follow(self, record: ConnectorRecord) -> None:
        """Make the tasks of a connector what its record wants."""
        if not self._fleet.runs(record):
            self._fleet.stop(record.name)
        target = record.target
        acts = {"RUNNING": self._run_tasks, "PAUSED": self._park_tasks, "STOPPED": self._drop_tasks}
        try:
            self._board.set_connector(record.name, self._type(record), target)
            acts[target](record)
        except ConnectorError as error:
            self._board.set_connector(record.name, "unknown", "FAILED", trace_text(error))

    def _run_tasks(self, record: ConnectorRecord) -> None:
        if self._fleet.runs(record):
            self._fleet.resume(record.name)
        else:
            self._note_task_count(record.name, self._fleet.start(record))

    def _park_tasks(self, record: ConnectorRecord) -> None:
        if self._fleet.runs(record):
            self._fleet.pause(record.name)
        else:
            self._board.set_tasks(record.name, "PAUSED", range(record.task_count))

    def _drop_tasks(self, record: ConnectorRecord) -> None:
        self._fleet.stop(record.name)
        self._board.set_tasks(record.name, "STOPPED", ())
        self._note_task_count(record.name, 0)

    def _note_task_count(self, name: str, count: int) -> None:
        with self.lock:
            # the record may have been replaced or deleted since
            record = self._configs.get(name)
            if record is not None and record.task_count != count:
                record.task_count = count
                self._configs.save(record)

    def _note_topics(self, name: str, topics: set[str]) -> None:
        with self.lock:
            record = self._configs.get(name)
            if record is not None and not topics <= set(record.topics):
                record.topics = sorted({*record.topics, *topics})
                self._configs.save(record)

    def _type(self, record: ConnectorRecord) -> str:
        return self._plugins.find(record.config["connector.class"]).type
