"""Records whose bytes are nearly right, or not at all, through running queries: none of them may stop one."""
# ruff: noqa: E501 — lists of things to try, as many on a line as fit a screen

import json
import random
import struct
from collections.abc import Callable, Sequence
from typing import Any

from clickstream.core.errors import ClickstreamError
from clickstream.core.records import Record
from clickstream.engine.workbench import Workbench
from clickstream.sql.catalog import DataSource
from clickstream.sql.schema import Column, HeaderColumn
from clickstream.sql.types import ArrayType, DecimalType, MapType, SqlType, StructType
from tests.fuzz.faults import Faults, TooSlow, limited
from tests.fuzz.generate import PRELUDE, Generator

CHUNKS = (1, 20, 50, 400)
"""How many records of one topic are produced together: rows are taken one by one, larger chunks by column."""

QUERIES = 25
"""Queries of a round, as far as the generator hits on ones that are right."""

ATTEMPTS = 150

STANDING = """
CREATE STREAM q_all AS SELECT * FROM s EMIT CHANGES;
CREATE STREAM q_d AS SELECT * FROM sd EMIT CHANGES;
CREATE STREAM q_j AS SELECT a.k, a.t, b.i, b.st FROM s a LEFT JOIN tb b ON a.k = b.k EMIT CHANGES;
CREATE STREAM q_w AS SELECT ROWKEY, a.i, b.t FROM s a FULL OUTER JOIN s2 b WITHIN 5 SECONDS ON a.k = b.k EMIT CHANGES;
CREATE TABLE q_f AS SELECT a.k, a.i, b.t FROM tb a JOIN t2 b ON a.i = b.k EMIT CHANGES;
CREATE TABLE q_t AS SELECT ROWKEY, a.t, b.d FROM tb a FULL OUTER JOIN t2 b ON a.k = b.k EMIT CHANGES;
CREATE TABLE q_h AS SELECT t, COUNT(*) n, SUM(d) d, MIN(m) m, COLLECT_LIST(l) l, TOPK(i, 3) k FROM s
  WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 3 SECONDS) GROUP BY t HAVING COUNT(*) > 1 EMIT CHANGES;
CREATE TABLE q_s AS SELECT k, AVG(d) a, HISTOGRAM(t) h, LATEST_BY_OFFSET(ts) z FROM s2
  WINDOW SESSION (5 SECONDS) GROUP BY k EMIT CHANGES;
CREATE TABLE q_e AS SELECT k, COUNT(*) n FROM s WINDOW TUMBLING (SIZE 5 SECONDS, GRACE PERIOD 1 SECOND)
  GROUP BY k EMIT FINAL;
CREATE TABLE q_u AS SELECT i, SUM(l) s FROM tb GROUP BY i EMIT CHANGES;
CREATE STREAM q_x AS SELECT k, EXPLODE(sa) x, EXPLODE(ai) y FROM s EMIT CHANGES;
CREATE STREAM q_p WITH (key_format='JSON') AS SELECT * FROM s PARTITION BY st EMIT CHANGES;
"""


class RecordFuzz:
    """Runs rounds of records; `source` decides everything."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self.source = random.Random(seed)
        self.faults = faults
        self.done = 0

    def round(self, records: int) -> None:
        """Make queries, and run `records` records through them."""
        bench = self._bench()
        sources = [one for one in bench.catalog.sources.values() if one.created_by is None]
        end = self.done + records
        while self.done < end:
            source = self.source.choice(sources)
            batch = some_records(source, self.source, self.source.choice(CHUNKS))
            self.done += len(batch)
            try:
                with limited():
                    self._produce(bench, source.topic, batch)
            except (Exception, TooSlow) as error:
                self.faults.add(error, f"{source.topic}: {self._culprit(bench, source.topic, batch)}")
                bench = self._bench()

    def _bench(self) -> Workbench:
        bench = Workbench()
        bench.execute(PRELUDE)
        bench.execute(STANDING)
        generator = Generator(self.source)
        for _ in range(ATTEMPTS):
            if len(bench.queries) >= QUERIES:
                break
            text = f"{generator.create_as()};"
            try:
                with limited():
                    bench.execute(text)
            except ClickstreamError:
                continue
            except (Exception, TooSlow) as error:
                self.faults.add(error, text)
        return bench

    def _produce(self, bench: Workbench, topic: str, batch: Sequence[Record]) -> None:
        bench.produce([(topic, batch)])
        for query in bench.queries:
            query.take_changes()

    def _culprit(self, bench: Workbench, topic: str, batch: Sequence[Record]) -> str:
        """Return the record that alone shows the fault, and the query; all records where none does."""
        for record in batch:
            for query in bench.queries:
                if topic in query.topics:
                    try:
                        query.process([bench.append(topic, [record])])
                    except Exception as error:
                        return f"{record!r}\n{type(error).__name__} in {query.plan.text}"
        return f"{batch!r}"


# --------------------------------------------------------------------------------- records


def some_records(source: DataSource, chance: random.Random, count: int) -> list[Record]:
    """Return records for a source's topic: most nearly right, some anything."""
    return [_record(source, chance) for _ in range(count)]


def _record(source: DataSource, chance: random.Random) -> Record:
    stored = [c for c in source.schema.value if not isinstance(c, HeaderColumn)]
    key = (
        None if chance.random() < 0.05 else _side(source.formats.key, source.schema.key, chance, whole=False)
    )
    value = None if chance.random() < 0.08 else _side(source.formats.value, stored, chance, whole=True)
    if source.window is not None and key is not None:
        key += b"".join(struct.pack(">q", _time(chance)) for _ in range(chance.choice((1, 2))))
    headers = (("a", b"x"), ("b", None)) if chance.random() < 0.05 else ()
    return Record(key, value, _time(chance), headers)


def _time(chance: random.Random) -> int:
    if chance.random() < 0.97:
        return 1_600_000_000_000 + chance.randrange(-20_000, 60_000)
    return chance.choice((0, 1, -1, -1000, 2**31, 2**53, 2**62, 2**63 - 1, 253402300800000))


def _side(format_: str, columns: Sequence[Column], chance: random.Random, *, whole: bool) -> bytes:
    raw = _WRITERS.get(format_, _none)(columns, chance, whole)
    return _damaged(raw, chance) if chance.random() < 0.2 else raw


def _none(columns: Sequence[Column], chance: random.Random, whole: bool) -> bytes:
    return b"x"


def _json(columns: Sequence[Column], chance: random.Random, whole: bool) -> bytes:
    if len(columns) == 1 and not whole:
        return json.dumps(_tree(columns[0].type, chance)).encode()
    names = [c.name if chance.random() < 0.7 else c.name.lower() for c in columns if chance.random() < 0.9]
    types = {c.name: c.type for c in columns}
    return json.dumps(
        {name: _tree(types[name.upper()], chance) for name in names if name.upper() in types}
    ).encode()


def _delimited(columns: Sequence[Column], chance: random.Random, whole: bool) -> bytes:
    cells = [str(_tree(c.type, chance)) for c in columns]
    if chance.random() < 0.1:
        cells = cells[: chance.randrange(len(cells) + 1)] + ["x"] * chance.randrange(3)
    return ",".join(f'"{cell}"' if chance.random() < 0.2 else cell for cell in cells).encode(
        "utf-8", "surrogatepass"
    )


def _kafka(columns: Sequence[Column], chance: random.Random, whole: bool) -> bytes:
    base = columns[0].type.base if columns else "STRING"
    layouts = {"INTEGER": ">i", "BIGINT": ">q", "DOUBLE": ">d"}
    if base not in layouts:
        return chance.choice((b"", b"a", b"key", "é\U0001f600".encode(), b"\xff\xfe"))
    return struct.pack(layouts[base], chance.choice((0, 1, 1, 2, 2, 3, -1, 2**31 - 1)))


_WRITERS: dict[str, Callable[[Sequence[Column], random.Random, bool], bytes]] = {
    "JSON": _json,
    "DELIMITED": _delimited,
    "KAFKA": _kafka,
}

_STRANGE: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e300, -1e-300, 2**31, 2**63, 2**64, 10**40, "", "a", "1", "1.0", "-", "NaN", "true",
    "null", [], [None], [[1]], {}, {"x": None}, {"": ""}, "\u0000", "\U0001f600" * 3, "a,b\"c", "2020-13-45", "x" * 2000,
]  # fmt: skip


def _tree(type_: SqlType, chance: random.Random) -> Any:
    if chance.random() < 0.06:
        return chance.choice(_STRANGE)
    match type_:
        case ArrayType(item=item):
            return [_tree(item, chance) for _ in range(chance.randrange(4))]
        case MapType(value=value):
            return {chance.choice("abc"): _tree(value, chance) for _ in range(chance.randrange(3))}
        case StructType(fields=fields):
            return {name: _tree(kind, chance) for name, kind in fields if chance.random() < 0.9}
        case DecimalType(scale=scale):
            text = str(chance.choice((0, 1, -1, 123456, 99999999999)) / 10**scale)
            return text if chance.random() < 0.3 else float(text)
    return chance.choice(_SCALARS.get(type_.base, _STRANGE))


_SCALARS: dict[str, list[Any]] = {
    "BOOLEAN": [True, False, None],
    "INTEGER": [0, 1, 2, 3, -1, 2**31 - 1, -(2**31), None],
    "BIGINT": [0, 1, 1_600_000_000_000, 2**63 - 1, -(2**63), None],
    "DOUBLE": [0.0, -0.0, 1.5, 1e308, -1e308, 5e-324, None],
    "STRING": ["", "a", "b", "abc", "2020-01-31", "12", "é\U0001f600", "a b,c", "{\"a\":1}", None],
    "BYTES": ["", "YWI=", "AA==", None],
    "DATE": [0, 18000, -1, 10**7, "2020-01-31", None],
    "TIME": [0, 86_399_999, None],
    "TIMESTAMP": [0, 1_600_000_000_000, -1, 2**62, None],
}  # fmt: skip


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    if not raw:
        return raw + b"\x00"
    at = chance.randrange(len(raw))
    match chance.randrange(7):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        case 2:
            return raw[:at] + bytes([chance.randrange(256)]) + raw[at:]
        case 3:
            return raw[:at] + raw[at : at + 20] * chance.choice((2, 3, 200)) + raw[at:]
        case 4:
            return chance.choice(
                (
                    b"[" * 5000,
                    b'{"a":' * 3000,
                    b"9" * 6000,
                    b"-",
                    b"\xef\xbb\xbf{}",
                    b"null",
                    b"1e999",
                    b"NaN",
                    b'"',
                )
            )
        case 5:
            return chance.randbytes(chance.randrange(40))
        case _:
            return raw.replace(b":", b':1e999, "x":', 1)
