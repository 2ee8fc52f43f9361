"""No SQL text reaches a file, a process or the network, whatever it says.

Statements with hostile names, texts and types run on a node in memory; Python's audit events say what was
touched meanwhile. Connectors are not part of this: reading the file that its configuration names is what a
log connector is for.
"""
# ruff: noqa: E501 — a statement a line

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from clickstream.core.errors import ClickstreamError
from clickstream.core.records import Record
from clickstream.node.node import Node
from clickstream.node.statements import StatementExecutor
from clickstream.sql.functions.registry import REGISTRY
from tests.helpers.audit import Audit, audited

MARK = "clickstream-hostile"
"""Stands in every text that would do harm; nothing that is touched may have it in its name."""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    target = tmp_path_factory.mktemp("out") / MARK
    return [
        f"../../../../../../..{target}",
        str(target),
        f"file://{target}",
        f"http://{MARK}.invalid/x",
        f"|touch {target}",
        f"$(touch {target})",
        f"'); __import__('os').system('touch {target}'); ('",
        f'"); __import__("os").system("touch {target}"); ("',
        f"\\\\'+str(open('{target}','w'))+\\\\'",
        f"x\n    __import__('os').system('touch {target}')\n",
        f"{{__import__('os').system('touch {target}')}}",
        f"%(x)s%n{{0.__class__}}{MARK}",
        f"{MARK}\x00.txt",
        f"!!python/object/apply:os.system ['touch {target}']",
    ]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    return "`" + text.replace("`", "``") + "`"


def scripts(text: str) -> Iterator[str]:
    """Yield statements with `text` in every place that takes any text."""
    literal, column = quoted(text), name(text)
    yield f"CREATE STREAM s (k INT KEY, {column} STRING, n INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);"
    yield f"CREATE STREAM t (k INT KEY) WITH (kafka_topic={literal}, value_format='JSON', partitions=1);"
    yield f"CREATE STREAM {column} (k INT KEY) WITH (kafka_topic='u', value_format='JSON', partitions=1);"
    yield f"CREATE STREAM v (k INT KEY, v INT) WITH (kafka_topic='v', value_format={literal}, partitions=1);"
    yield f"CREATE STREAM w (k INT KEY, v STRING) WITH (kafka_topic='w', value_format='DELIMITED', value_delimiter={literal});"
    yield f"CREATE STREAM d (k INT KEY, t STRING) WITH (kafka_topic='d', value_format='JSON', partitions=1, timestamp='t', timestamp_format={literal});"
    yield f"CREATE TYPE {column} AS STRUCT<{column} INT>;"
    yield f"CREATE STREAM c WITH (kafka_topic={literal}) AS SELECT k, {column}, {literal} AS {column} FROM s;"
    yield f"CREATE STREAM o AS SELECT k, {column} AS x, UCASE({literal}) AS {name(text + '2')} FROM s WHERE {column} <> {literal};"
    yield (
        f"CREATE TABLE a AS SELECT {column}, COUNT(*) AS {name(text + '3')}, COLLECT_LIST({literal}) AS l, MAX({column}) AS m"
        f" FROM s WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 3 SECONDS) GROUP BY {column} HAVING COUNT(*) > 0;"
    )
    yield f"CREATE STREAM j AS SELECT {column}.k, {column}.{column} AS y FROM s {column} JOIN s2 z WITHIN 1 DAY ON {column}.k = z.k;"
    yield f"CREATE STREAM g AS SELECT k, TRANSFORM(ARRAY[{literal}], {column} => {column} || {literal}) AS x FROM s;"
    yield f"CREATE STREAM q AS SELECT k, STRUCT({column} := {literal})->{column} AS x, MAP({literal} := n)[{literal}] AS y FROM s;"
    yield f"INSERT INTO s (k, {column}) VALUES (1, {literal});"
    yield f"INSERT INTO o SELECT k, {column} AS x, {literal} AS {name(text + '2')} FROM s;"
    yield f"SELECT {literal} AS {column}, {column} FROM s EMIT CHANGES LIMIT 1;"
    yield f"SELECT * FROM s WHERE {column} LIKE {literal} EMIT CHANGES LIMIT 1;"
    yield f"PRINT {literal} FROM BEGINNING LIMIT 1;"
    yield f"RUN SCRIPT {literal};"
    yield f"SET {literal}={literal};"
    yield f"SET 'auto.offset.reset'={literal};"
    yield f"DEFINE x={literal}; DESCRIBE {column};"
    yield f"DESCRIBE FUNCTION {column};"
    yield f"EXPLAIN {column};"
    yield f"TERMINATE {column};"
    yield f"ASSERT TOPIC {literal} TIMEOUT 1 MILLISECONDS;"
    yield f"ASSERT SCHEMA SUBJECT {literal} TIMEOUT 1 MILLISECONDS;"
    yield f"ALTER STREAM s ADD COLUMN {name(text + '4')} {column};"
    yield f"ALTER SYSTEM {literal}={literal};"
    yield f"CREATE SOURCE CONNECTOR x WITH ('connector.class'={literal}, 'file'={literal});"
    yield f"DROP STREAM t DELETE TOPIC; DROP STREAM {column} DELETE TOPIC;"


def calls(text: str) -> Iterator[str]:
    """Yield a call of every scalar function with `text` as each of its texts."""
    for function in REGISTRY.names():
        if REGISTRY.kind(function) != "scalar":
            continue
        for variant in REGISTRY.describe(function).variants:
            parameters = [str(one.pattern) for one in variant.signature.parameters]
            if any("VARCHAR" in one or one in "TUV" for one in parameters):
                values = [_VALUES.get(one, quoted(text)) for one in parameters]
                yield f"SELECT k, {function}({', '.join(values)}) AS x FROM s EMIT CHANGES LIMIT 1;"


_VALUES = {
    "INT": "2", "BIGINT": "2", "DOUBLE": "1E0", "BOOLEAN": "TRUE", "DECIMAL": "1.5", "DATE": "DATE '2020-01-01'",
    "TIME": "TIME '10:00:00'", "TIMESTAMP": "TIMESTAMP '2020-01-01T00:00:00.000'",
    "MAP<VARCHAR, VARCHAR>": "MAP('a' := 'b')", "ARRAY<VARCHAR>": "ARRAY['a']",
}  # fmt: skip


class Victim:
    """A node in memory that is told everything, and goes on."""

    def __init__(self) -> None:
        self.node = Node(None)
        self.executor = StatementExecutor(self.node)
        self.executor.execute(
            "CREATE STREAM s2 (k INT KEY, n INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);"
        )

    def tell(self, statement: str) -> bool:
        """Run a statement; return whether it was accepted."""
        try:
            if statement.startswith(("SELECT", "PRINT")):
                source = self.executor.open_query(statement, {}, {}, old_endpoint=False)
                self.node.step()
                source.take()
                source.close()
            else:
                self.executor.execute(statement)
        except ClickstreamError:
            return False
        finally:
            self.node.step()
        return True

    def feed(self, text: str) -> None:
        """Give the stream a record that is as hostile as the statements."""
        value = f'{{"n": 1, {json.dumps(text)}: {json.dumps(text)}}}'.encode()
        self.node.produce([("s", [Record(b"\x00\x00\x00\x01", value, at) for at in (1, 20_000)])])


def nothing_was_touched(audit: Audit) -> None:
    marked = [(kind, arguments) for kind, arguments in audit.events if MARK in repr(arguments)]
    assert marked == []
    assert (
        audit.of("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.") == []
    )
    assert (
        audit.of("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostby", "urllib.") == []
    )
    opened = [arguments[0] for kind, arguments in audit.of("open") if isinstance(arguments[0], str)]
    assert [path for path in opened if not path.startswith(_LIBRARIES)] == []


_LIBRARIES = (
    str(Path(os.__file__).parent),
    str(Path(pytest.__file__).parents[1]),
    str(Path(__file__).parents[2] / "src"),
    "/usr/share/zoneinfo",
)
"""Folders from which modules and time zones are loaded when they are first needed."""


def test_statements_touch_nothing(texts: Sequence[str]) -> None:
    accepted = 0
    for text in texts:
        victim = Victim()
        try:
            with audited() as audit:
                for statement in scripts(text):
                    accepted += victim.tell(statement)
                    if statement.startswith("CREATE STREAM q"):
                        victim.feed(text)
            nothing_was_touched(audit)
            assert [query.query_id for query in victim.node.queries() if query.failures] == []
        finally:
            victim.node.close()
    assert accepted > 10 * len(texts)


def test_function_calls_touch_nothing(texts: Sequence[str]) -> None:
    victim = Victim()
    accepted = 0
    try:
        victim.executor.execute("CREATE STREAM c AS SELECT * FROM s2;")
        victim.executor.execute("CREATE STREAM s (k INT KEY) WITH (kafka_topic='s', value_format='JSON');")
        victim.node.produce([("s", [Record(b"\x00\x00\x00\x01", b'{"n": 1}', 0)])])
        with audited() as audit:
            for text in texts:
                accepted += sum(victim.tell(statement) for statement in calls(text))
        nothing_was_touched(audit)
    finally:
        victim.node.close()
    assert accepted > 30 * len(texts)


def test_the_audit_sees_what_is_touched(tmp_path: Path) -> None:
    with audited() as audit:
        (tmp_path / MARK).write_text("x")
    with pytest.raises(AssertionError):
        nothing_was_touched(audit)
