"""Statements against an embedded server's core: whatever comes, it is refused or done, and nothing breaks.

A round is a node in memory with the same sources, some hundred statements, then records for the queries
that the statements started. A round in ten runs on a folder and is opened once more in the end: what was
accepted must come back.
"""

import logging
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from clickstream.core.errors import ClickstreamError
from clickstream.node.node import Node
from clickstream.node.rejections import CommandFailed
from clickstream.node.select import PrintSource
from clickstream.node.statements import StatementExecutor
from clickstream.server.errors import lookup
from clickstream.server.ksqldb.encode import dump, encode_entity, row_encoder
from clickstream.server.ksqldb.errors import CODES, ErrorCode, error_body
from clickstream.server.ksqldb.printing import TopicPrinter
from tests.fuzz.faults import Faults, TooSlow, limited
from tests.fuzz.generate import NAMES, PRELUDE, Generator
from tests.fuzz.mutate import mutated
from tests.fuzz.records import some_records

ROUND = 250
"""Statements that one node gets."""

RECORDS = 6
"""Records for each source, before the statements and after them."""

STEPS = 12
"""Ticks after records came; queries that feed each other never come to an end."""

REOPENED = 10
"""One round in so many runs on a folder and is opened again."""

MOST_QUERIES = 40
"""Queries a node keeps; the real server has such a limit too (ksql.query.persistent.active.limit)."""


class ServerError(Exception):
    """A request that must not be answered with 500 is."""


class HastyClock:
    """A clock of which every look is an age later, so that nothing waits for a timeout."""

    AGE_S = 1e12

    def __init__(self) -> None:
        self._now_s = 0.0

    def now_ms(self) -> int:
        return 1_600_000_000_000

    def monotonic_s(self) -> float:
        self._now_s += self.AGE_S
        return self._now_s


class Stopped(logging.Handler):
    """Takes what the tick says of queries that stopped, though all they were given were records."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._faults.add(error, record.getMessage())


class StatementFuzz:
    """Runs rounds; `source` decides everything."""

    def __init__(self, seed: int, corpus: Sequence[str], faults: Faults) -> None:
        self.source = random.Random(seed)
        self.corpus = corpus
        self.faults = faults
        self.done = 0
        self.accepted = 0
        self._rounds = 0
        tick = logging.getLogger("clickstream.node.tick")
        tick.addHandler(Stopped(faults))
        tick.propagate = False

    def round(self, statements: int = ROUND) -> None:
        """Run one round."""
        self._rounds += 1
        if self._rounds % REOPENED:
            self._on(None, statements)
            return
        with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
            self._on(Path(folder), statements)

    def _on(self, folder: Path | None, statements: int) -> None:
        node = Node(folder, clock=HastyClock(), durability="os")
        executor = StatementExecutor(node)
        generator = Generator(self.source)
        try:
            executor.execute(PRELUDE)
            self._feed(node)
            for _ in range(statements):
                self._one(node, executor, self._text(generator))
                self.done += 1
            self._feed(node)
        finally:
            node.close()
        if folder is not None:
            self._reopen(folder)

    def _text(self, generator: Generator) -> str:
        pick = self.source.random()
        if pick < 0.45:
            return generator.statement()
        if pick < 0.7:
            return mutated(generator.statement(), self.source, self.corpus, NAMES)
        text = mutated(self.source.choice(self.corpus), self.source, self.corpus, NAMES)
        return text if text.rstrip().endswith(";") else f"{text};"

    def _one(self, node: Node, executor: StatementExecutor, text: str) -> None:
        try:
            with limited():
                self._send(node, executor, text)
            self.accepted += 1
        except ClickstreamError as error:
            self._check_refusal(error, text)
        except (Exception, TooSlow) as error:
            self.faults.add(error, text)
        if executor.terminated:
            executor.terminated = False

    def _send(self, node: Node, executor: StatementExecutor, text: str) -> None:
        if text.lstrip()[:6].upper() not in ("SELECT", "PRINT "):
            for entity in executor.execute(text):
                dump(encode_entity(entity))
            if len(node.queries()) > MOST_QUERIES or ("INSERT" in text.upper() and _goes_in_circles(node)):
                executor.execute("TERMINATE ALL;")
            return
        source = executor.open_query(text, {}, {}, old_endpoint=bool(self.source.getrandbits(1)))
        try:
            node.step()
            taken = source.take()
            if isinstance(source, PrintSource):
                if taken is not None:
                    TopicPrinter(with_formats=True).write(taken.shown, taken.read)  # type: ignore[union-attr]
                return
            encode = row_encoder([column.type for column in source.columns])
            for row in taken or ():
                dump(encode(row.values))
        finally:
            source.close()

    def _check_refusal(self, error: ClickstreamError, text: str) -> None:
        """Check that a refusal is answered with no 500; recordings have one for CommandFailed alone."""
        dump(error_body(error))
        code = lookup(CODES, error, ErrorCode.SERVER_ERROR)
        if code.status >= 500 and not isinstance(error, CommandFailed):
            self.faults.add(
                ServerError(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__), text
            )

    def _feed(self, node: Node) -> None:
        """Give every source some records, and let all queries run."""
        try:
            with limited():
                for catalogued in list(node.catalog.sources.values()):
                    records = some_records(catalogued, self.source, RECORDS)
                    if catalogued.created_by is None and records:
                        node.produce([(catalogued.topic, records)])
                for _ in range(STEPS):
                    node.step()
        except (Exception, TooSlow) as error:
            self.faults.add(error, "while records are fed")

    def _reopen(self, folder: Path) -> None:
        node = Node(folder, clock=HastyClock(), durability="os")
        try:
            for command, error in node.recover(StatementExecutor(node)):
                self.faults.add(error, f"while it is replayed: {command.text}")
        finally:
            node.close()


def _goes_in_circles(node: Node) -> bool:
    """Return whether queries feed each other: accepted, as on a cluster, and endless."""
    plans = [query.plan for query in node.queries()]
    reached: dict[str, set[str]] = {}
    for plan in plans:
        reached.setdefault(plan.root.topic, set()).update(_topic(node, name) for name in plan.sources)
    for _ in plans:
        for sink, below in reached.items():
            below |= {deeper for topic in list(below) for deeper in reached.get(topic, ())}
            if sink in below:
                return True
    return False


def _topic(node: Node, name: str) -> str:
    source = node.catalog.get(name)
    return source.topic if source else ""
