"""Statements that mostly make sense: expressions of every type, by every function, over known sources."""
# ruff: noqa: E501 — lists of things to try, as many on a line as fit a screen

import random
from collections.abc import Callable, Sequence

from clickstream.sql.functions.registry import REGISTRY

COLUMNS: dict[str, list[str]] = {
    "BOOLEAN": ["b"], "INT": ["i", "k"], "BIGINT": ["l"], "DOUBLE": ["d"], "DECIMAL(9, 2)": ["m"], "STRING": ["t"],
    "BYTES": ["y"], "DATE": ["da"], "TIME": ["ti"], "TIMESTAMP": ["ts"], "ARRAY<INT>": ["ai"],
    "ARRAY<STRING>": ["sa"], "MAP<STRING, INT>": ["mi"], "STRUCT<x INT, y STRING, z ARRAY<DOUBLE>>": ["st"],
}  # fmt: skip
"""Columns of the sources by type."""

_LISTED = ", ".join(f"{name} {kind}" for kind, names in COLUMNS.items() for name in names if name != "k")
_FLAT = ", ".join(
    f"{name} {kind}" for kind, names in COLUMNS.items() for name in names if name != "k" and "<" not in kind
)

PRELUDE = f"""
CREATE STREAM s (k INT KEY, {_LISTED}) WITH (kafka_topic='s', value_format='JSON', partitions=1);
CREATE STREAM s2 (k INT KEY, {_LISTED}) WITH (kafka_topic='s2', key_format='JSON', value_format='JSON', partitions=1);
CREATE STREAM sd (k INT KEY, {_FLAT}) WITH (kafka_topic='sd', value_format='DELIMITED', partitions=1);
CREATE STREAM sh (k STRING KEY, i INT, h ARRAY<STRUCT<key STRING, value BYTES>> HEADERS)
  WITH (kafka_topic='sh', value_format='JSON', partitions=1);
CREATE TABLE tb (k INT PRIMARY KEY, {_LISTED}) WITH (kafka_topic='tb', value_format='JSON', partitions=1);
CREATE TABLE t2 (k INT PRIMARY KEY, {_FLAT}) WITH (kafka_topic='t2', value_format='JSON', partitions=1);
CREATE SOURCE TABLE so (k INT PRIMARY KEY, i INT, t STRING) WITH (kafka_topic='so', value_format='JSON', partitions=1);
CREATE TABLE tw AS SELECT k, COUNT(*) AS l, SUM(i) AS i FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k;
CREATE TABLE ts AS SELECT k, COUNT(*) AS l, MAX(t) AS t FROM s WINDOW SESSION (5 SECONDS) GROUP BY k;
CREATE TABLE tc AS SELECT k, COUNT(*) AS l, LATEST_BY_OFFSET(t) AS t FROM s GROUP BY k;
CREATE TYPE address AS STRUCT<street STRING, n INT>;
"""
"""The sources that statements are about."""

_FLAT_COLUMNS = {kind: names for kind, names in COLUMNS.items() if "<" not in kind}
_COUNTED = {"INT": ["k"], "BIGINT": ["l"], "STRING": ["t"]}
SOURCES: dict[str, dict[str, list[str]]] = {
    "s": COLUMNS, "s2": COLUMNS, "tb": COLUMNS, "sd": _FLAT_COLUMNS, "t2": _FLAT_COLUMNS,
    "sh": {"STRING": ["k"], "INT": ["i"]}, "so": {"INT": ["k", "i"], "STRING": ["t"]},
    "tw": {"INT": ["k", "i"], "BIGINT": ["l", "windowstart", "windowend"]},
    "ts": {**_COUNTED, "BIGINT": ["l", "windowstart"]}, "tc": _COUNTED,
}  # fmt: skip
"""Columns of each source, by type."""

STREAMS = ["s", "s2", "sd", "sh"]
TABLES = ["tb", "t2", "so", "tw", "ts", "tc"]
SCALARS = [name for name in REGISTRY.names() if REGISTRY.kind(name) == "scalar"]
AGGREGATES = [name for name in REGISTRY.names() if REGISTRY.kind(name) == "aggregate"]
TABLE_FUNCTIONS = [name for name in REGISTRY.names() if REGISTRY.kind(name) == "table"]
NAMES = [
    *STREAMS, *TABLES, *(name for names in COLUMNS.values() for name in names), *REGISTRY.names(),
    "rowtime", "windowstart", "windowend", "rowoffset", "ksql_col_0", "`Quoted x`", "nothing", "address",
]  # fmt: skip

LITERALS: dict[str, list[str]] = {
    "BOOLEAN": ["TRUE", "FALSE"],
    "INT": ["0", "1", "-1", "7", "2147483647", "-2147483648"],
    "BIGINT": ["2147483648", "9223372036854775807", "-9223372036854775808", "1600000000000"],
    "DOUBLE": ["0E0", "1.5E0", "-1E300", "1E-300", "1E308"],
    "DECIMAL(9, 2)": ["0.00", "1.50", "-9999999.99", "0.01"],
    "STRING": [
        "''", "'a'", "'abc,def'", "'%'", "'12'", "'x''y'", "'\U0001f600é'", "'{\"a\": [1]}'", "'[a-z]+(b)'", "'yyyy-MM-dd'",
        "'2020-01-31'", "'UTC'", "'https://u:p@h:80/p?q=1#f'", "'utf8'", "'hex'", "'$.a'", "'('", "'1,2'", "'DAYS'",
    ],
    "BYTES": ["TO_BYTES('00ff', 'hex')"],
    "DATE": ["'2020-01-31'", "DATE '2020-02-29'"],
    "TIME": ["'23:59:59'", "TIME '00:00:00'"],
    "TIMESTAMP": ["'2020-01-31T00:00:00.000'"],
    "ARRAY<INT>": ["ARRAY[1, 2, NULL]", "ARRAY[0]"],
    "ARRAY<STRING>": ["ARRAY['a', 'b']", "ARRAY['']"],
    "MAP<STRING, INT>": ["MAP('a' := 1, 'b' := NULL)"],
    "STRUCT<x INT, y STRING, z ARRAY<DOUBLE>>": ["STRUCT(x := 1, y := 'a', z := ARRAY[1E0])"],
}  # fmt: skip

LAMBDAS = [
    "x => x",
    "x => x + 1",
    "x => x > 1",
    "(x, y) => x",
    "(k, v) => v",
    "(s, x) => s + x",
    "(x, y, z) => x",
    "x => NULL",
]


class Generator:
    """Makes statements; everything it chooses comes from `source`."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self._made = 0
        self._columns: dict[str, list[str]] = COLUMNS

    def statement(self) -> str:
        """Return one statement, with its `;`."""
        kind = self.source.choices(list(_STATEMENTS), list(_STATEMENTS.values()))[0]
        return f"{kind(self)};"

    # ----------------------------------------------------------------------------- expressions

    def expression(self, depth: int = 3) -> str:
        """Return an expression of any type."""
        return self.of(self.source.choice(list(COLUMNS)), depth)

    def of(self, kind: str, depth: int) -> str:
        """Return an expression that is mostly of type `kind`."""
        pick = self.source.random()
        if depth <= 0 or pick < 0.35:
            columns = self._columns.get(kind)
            return self.source.choice(columns or LITERALS[kind])
        if pick < 0.5:
            return self.source.choice(LITERALS[kind])
        if pick < 0.52:
            return self.source.choice(("NULL", self.source.choice(NAMES), "rowtime"))
        if pick < 0.76:
            return self.call(self._function(kind), depth)
        return self.source.choice(_OPERATIONS.get(kind, _ANY_OPERATION))(self, kind, depth - 1)

    def _function(self, kind: str) -> str:
        """Return a scalar function, mostly one that gives what is wanted."""
        fitting = _BY_RESULT.get(kind.partition("(")[0].partition("<")[0])
        return self.source.choice(fitting if fitting and self.source.random() < 0.9 else SCALARS)

    def call(self, name: str, depth: int) -> str:
        """Return a call with arguments as one of the function's variants takes, or nearly."""
        parameters = self.source.choice(REGISTRY.describe(name).variants).signature.parameters
        times = [self.source.randrange(4) if parameter.variadic else 1 for parameter in parameters]
        wanted = [str(one.pattern) for one, n in zip(parameters, times, strict=True) for _ in range(n)]
        arguments = [self.argument(text, depth - 1) for text in wanted]
        if self.source.random() < 0.03:
            arguments = [self.expression(depth - 1) for _ in range(self.source.randrange(4))]
        return f"{name}({', '.join(arguments)})"

    def argument(self, wanted: str, depth: int) -> str:
        """Return an argument for a parameter that is written `wanted`."""
        if "LAMBDA" in wanted:
            return self.source.choice(_LAMBDAS_BY_INPUTS[wanted.count(",", 0, wanted.index("=>")) + 1])
        return next((self.of(kind, depth) for word, kind in _KINDS.items() if word in wanted), None) or (
            self.expression(depth)
        )

    # ----------------------------------------------------------------------------- queries

    def query(self, *, kind: str = "") -> str:
        """Return a SELECT over one or two sources, of a kind that can become a STREAM or TABLE."""
        source = self.source
        name = source.choice(TABLES if kind == "TABLE" and source.random() < 0.4 else STREAMS)
        if not kind:
            name = source.choice(STREAMS + TABLES)
        self._columns = SOURCES[name]
        aggregated = (kind == "TABLE" and name in STREAMS) or source.random() < (0.3 if not kind else 0.03)
        relation = self.join(name, aggregated) if source.random() < 0.25 else name
        where = f" WHERE {self.of('BOOLEAN', 3)}" if source.random() < 0.35 else ""
        text = self._aggregation(relation, where) if aggregated else self._selection(name, relation, where)
        self._columns = COLUMNS
        ends = ("", " EMIT CHANGES", " EMIT CHANGES", " EMIT CHANGES")
        text += " EMIT FINAL" if "WINDOW " in text and source.random() < 0.3 else source.choice(ends)
        return text + (f" LIMIT {source.randrange(4)}" if not kind and source.random() < 0.2 else "")

    def _selection(self, name: str, relation: str, where: str) -> str:
        source = self.source
        key = "a.k" if relation != name else "k"
        items = [key, *(self.item(name in STREAMS) for _ in range(source.randrange(1, 4)))]
        partition = f" PARTITION BY {self.expression(2)}" if name in STREAMS and source.random() < 0.1 else ""
        if partition:
            items[0] = partition.removeprefix(" PARTITION BY ")
        listed = "*" if source.random() < 0.15 else ", ".join(items)
        return f"SELECT {listed} FROM {relation}{where}{partition}"

    def _aggregation(self, relation: str, where: str) -> str:
        source = self.source
        key = "k" if relation.isalnum() else "a.k"
        group = key if source.random() < 0.6 else self.expression(2)
        items = [f"{group} AS g", *(f"{self.aggregate(2)} AS x{n}" for n in range(source.randrange(1, 4)))]
        window = f" {self.window()}" if source.random() < 0.6 else ""
        having = f" HAVING {self.aggregate(2)} > 1" if source.random() < 0.2 else ""
        return f"SELECT {', '.join(items)} FROM {relation}{window}{where} GROUP BY {group}{having}"

    def item(self, exploding: bool) -> str:
        """Return one thing to select."""
        source = self.source
        exploded = exploding and source.random() < 0.1
        text = self.call(source.choice(TABLE_FUNCTIONS), 2) if exploded else self.expression()
        self._made += 1
        return f"{text} AS {source.choice((f'x{self._made}', 'y', '`Z z`'))}"

    def aggregate(self, depth: int) -> str:
        """Return a call of an aggregate."""
        return "COUNT(*)" if self.source.random() < 0.2 else self.call(self.source.choice(AGGREGATES), depth)

    def join(self, name: str, streams_only: bool) -> str:
        """Return `name` joined with another source; its columns are qualified from now on."""
        source = self.source
        other = source.choice([one for one in (STREAMS if streams_only else STREAMS + TABLES) if one != name])
        kind = source.choice(("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL OUTER JOIN", "INNER JOIN"))
        both_streams = name in STREAMS and other in STREAMS
        within = source.choice((" WITHIN 5 SECONDS", " WITHIN (1 SECOND, 2 SECONDS) GRACE PERIOD 1 MINUTE"))
        within = within if both_streams == (source.random() < 0.95) else ""
        left = f"a.{source.choice(('k', 'k', 'k', 'i'))}" if source.random() < 0.9 else self.expression(2)
        self._columns = {
            column: [f"{alias}.{one}" for alias, owner in (("a", name), ("b", other)) for one in SOURCES[owner].get(column, ())]
            for column in COLUMNS
        }  # fmt: skip
        return f"{name} a {kind} {other} b{within} ON {left} = b.{source.choice(('k', 'k', 'k', 'i'))}"

    def window(self) -> str:
        """Return a WINDOW clause."""
        source = self.source
        size = f"{source.choice((1, 5, 10, 10, 1000000, 0))} {source.choice(('SECONDS', 'SECONDS', 'DAYS'))}"
        rest = source.choice(
            (
                "",
                "",
                ", GRACE PERIOD 1 SECOND",
                ", RETENTION 1 DAY",
                ", RETENTION 9 DAYS, GRACE PERIOD 0 SECONDS",
            )
        )
        kind = source.randrange(3)
        if kind == 0:
            return f"WINDOW TUMBLING (SIZE {size}{rest})"
        if kind == 1:
            return f"WINDOW HOPPING (SIZE {source.choice((7, 10))} SECONDS, ADVANCE BY {source.choice((1, 2, 7))} SECONDS{rest})"
        return f"WINDOW SESSION ({size}{rest})"

    # ----------------------------------------------------------------------------- statements

    def create_as(self) -> str:
        """Return a CREATE … AS SELECT."""
        source = self.source
        replace = "OR REPLACE " if source.random() < 0.1 else ""
        kind = source.choice(("STREAM", "TABLE"))
        self._made += 1
        name = f"c{source.choice((self._made, self._made, self._made % 3))}"
        return f"CREATE {replace}{kind} {name} {self.with_()}AS {self.query(kind=kind)}"

    def create(self) -> str:
        """Return a CREATE STREAM or TABLE."""
        source = self.source
        kind = source.choice(("STREAM", "TABLE"))
        key = "KEY" if kind == "STREAM" else "PRIMARY KEY"
        types = [*COLUMNS, "ADDRESS", "DECIMAL(40, 1)", "MAP<INT, INT>", "ARRAY<ADDRESS>", "VARCHAR"]
        columns = [
            f"k {source.choice(types)} {key}",
            *(f"c{n} {source.choice(types)}" for n in range(source.randrange(4))),
        ]
        self._made += 1
        listed = f"({', '.join(columns)})" if source.random() < 0.95 else ""
        topic = source.choice(("s", "s2", f"n{self._made}"))
        form = source.choice(
            ("value_format='JSON'", "value_format='JSON', key_format='JSON'", "format='DELIMITED'")
        )
        return (
            f"CREATE {source.choice(('', '', 'OR REPLACE ', 'SOURCE '))}{kind} {source.choice(('', 'IF NOT EXISTS '))}"
            f"n{self._made % 7} {listed} {self.with_(f'kafka_topic={topic!r}', 'partitions=1', form)}"
        )

    def with_(self, *given: str) -> str:
        """Return a WITH clause, or nothing."""
        source = self.source
        properties = list(given)
        while source.random() < 0.2:
            properties.append(source.choice((
                "value_format='JSON'", "value_format='DELIMITED'", "value_format='KAFKA'", "value_format='AVRO'",
                "key_format='JSON'", "key_format='KAFKA'", "key_format='NONE'", "format='JSON'", "value_delimiter='|'",
                "timestamp='l'", "timestamp='t', timestamp_format='yyyy-MM-dd'", "wrap_single_value=false", "partitions=0",
                "replicas=3", "window_type='SESSION'", "window_type='TUMBLING', window_size='1 SECOND'", "retention_ms=1",
            )))  # fmt: skip
        return f"WITH ({', '.join(properties)}) " if properties else ""

    def insert_values(self) -> str:
        """Return an INSERT … VALUES."""
        source = self.source
        target = source.choice((*STREAMS, "tb", "t2", "tc"))
        self._columns = {}
        kinds = [kind for kind in SOURCES[target] if source.random() < 0.4]
        names = [source.choice(SOURCES[target][kind]) for kind in kinds]
        values = [
            source.choice(LITERALS[kind]) if source.random() < 0.5 else self.of(kind, 3) for kind in kinds
        ]
        if "k" not in names and source.random() < 0.9:
            names, values = (
                ["k", *names],
                [source.choice(("1", "2", "'1'" if target == "sh" else "3")), *values],
            )
        if source.random() < 0.2:
            names, values = ["rowtime", *names], [source.choice(LITERALS["BIGINT"]), *values]
        self._columns = COLUMNS
        listed = f"({', '.join(names)}) " if source.random() < 0.95 else ""
        return f"INSERT INTO {target} {listed}VALUES ({', '.join(values)})"

    def insert_into(self) -> str:
        """Return an INSERT … SELECT."""
        target = self.source.choice((*STREAMS, "c1", "c2"))
        if target in SOURCES and self.source.random() < 0.6:
            where = f"WHERE {self.of('BOOLEAN', 3)}" if self.source.random() < 0.5 else ""
            return f"INSERT INTO {target} SELECT * FROM {self.source.choice(('s', 's2'))} {where}"
        return f"INSERT INTO {target} {self.query(kind='STREAM')}"

    def other(self) -> str:
        """Return one of the small statements."""
        source = self.source
        name = source.choice((*STREAMS, *TABLES, "c1", "c2", "n1"))
        made = source.choice(("c1", "c2", "n1", "n2", "n3", "ts"))
        query_id = f"CTAS_T{source.choice('WSC')}_{source.choice((13, 15, 17, 19))}"
        return source.choice((
            f"DROP STREAM {made}", f"DROP TABLE IF EXISTS {made} DELETE TOPIC", f"DESCRIBE {name} EXTENDED", f"DESCRIBE {name}",
            f"DESCRIBE FUNCTION {source.choice(NAMES)}", "SHOW STREAMS EXTENDED", "SHOW TABLES EXTENDED", "SHOW QUERIES EXTENDED",
            "SHOW TOPICS EXTENDED", "SHOW PROPERTIES", "SHOW TYPES", "SHOW FUNCTIONS", "SHOW VARIABLES", "SHOW ALL TOPICS",
            f"ALTER STREAM {name} ADD COLUMN c{source.randrange(9)} INT", f"EXPLAIN {self.query()}", f"EXPLAIN {query_id}",
            "PAUSE ALL", "RESUME ALL", f"TERMINATE {query_id}", f"PAUSE {query_id}",
            f"CREATE TYPE t{source.randrange(5)} AS {source.choice(list(COLUMNS))}",
            "DROP TYPE t1", f"DEFINE x='{source.choice(NAMES)}'", "SET 'auto.offset.reset'='latest'", "UNSET 'auto.offset.reset'",
            f"ASSERT TOPIC {name} WITH (partitions=1)", f"ASSERT NOT EXISTS TOPIC {name} TIMEOUT 9 DAYS", "ASSERT SCHEMA SUBJECT x",
            f"PRINT {name} FROM BEGINNING LIMIT 2", "SHOW CONNECTORS", "DESCRIBE STREAMS", "ALTER SYSTEM 'a'='b'",
            "SHOW STREAMS; SHOW TABLES; SHOW QUERIES", f"{self.insert_values()}; {self.create_as()}",
        ))  # fmt: skip


_BY_RESULT: dict[str, list[str]] = {}
for _name in SCALARS:
    for _variant in REGISTRY.describe(_name).variants:
        _result = str(_variant.signature.result).partition("<")[0]
        _BY_RESULT.setdefault({"VARCHAR": "STRING"}.get(_result, _result), []).append(_name)
"""Scalar functions by the type of what they give, as far as one is written."""

_LAMBDAS_BY_INPUTS = {
    n: [text for text in LAMBDAS if text.partition("=>")[0].count(",") == n - 1] for n in (1, 2, 3)
}

_KINDS = {
    "ARRAY<STRING": "ARRAY<STRING>", "ARRAY<VARCHAR": "ARRAY<STRING>", "ARRAY": "ARRAY<INT>", "MAP": "MAP<STRING, INT>",
    "STRUCT": "STRUCT<x INT, y STRING, z ARRAY<DOUBLE>>", "TIMESTAMP": "TIMESTAMP", "BYTES": "BYTES", "BOOLEAN": "BOOLEAN",
    "BIGINT": "BIGINT", "INT": "INT", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL(9, 2)", "STRING": "STRING", "VARCHAR": "STRING",
    "DATE": "DATE", "TIME": "TIME",
}  # fmt: skip

_Operation = Callable[[Generator, str, int], str]
_ANY_OPERATION: Sequence[_Operation] = (
    lambda g, kind, depth: (
        f"CASE WHEN {g.of('BOOLEAN', depth)} THEN {g.of(kind, depth)} ELSE {g.of(kind, depth)} END"
    ),
    lambda g, kind, depth: (
        f"CASE {g.of('INT', depth)} WHEN {g.of('INT', depth)} THEN {g.of(kind, depth)} END"
    ),
    lambda g, kind, depth: f"CAST({g.of(kind, depth)} AS {kind})",
    lambda g, kind, depth: f"CAST({g.expression(depth)} AS {kind})",
    lambda g, kind, depth: f"ARRAY[{g.of(kind, depth)}, {g.of(kind, depth)}][{g.of('INT', depth)}]",
    lambda g, kind, depth: f"MAP({g.of('STRING', depth)} := {g.of(kind, depth)})[{g.of('STRING', depth)}]",
    lambda g, kind, depth: f"STRUCT(a := {g.of(kind, depth)}, b := {g.expression(depth)})->a",
    lambda g, kind, depth: f"COALESCE({g.of(kind, depth)}, {g.of(kind, depth)})",
)
_ARITHMETIC: Sequence[_Operation] = (
    *_ANY_OPERATION,
    lambda g, kind, depth: f"({g.of(kind, depth)} {g.source.choice('+-*/%')} {g.of(kind, depth)})",
    lambda g, kind, depth: f"({g.of(kind, depth)} {g.source.choice('+-*/%')} {g.of('INT', depth)})",
    lambda g, kind, depth: f"-{g.of(kind, depth)}",
)
_COMPARED = ("=", "<>", "<", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")
_OPERATIONS: dict[str, Sequence[_Operation]] = {
    **dict.fromkeys(("INT", "BIGINT", "DOUBLE", "DECIMAL(9, 2)"), _ARITHMETIC),
    "STRING": (
        *_ANY_OPERATION,
        lambda g, kind, depth: f"({g.of('STRING', depth)} || {g.of('STRING', depth)})",
        lambda g, kind, depth: f"CAST({g.expression(depth)} AS STRING)",
        lambda g, kind, depth: "st->y",
    ),
    "BOOLEAN": (
        *_ANY_OPERATION,
        lambda g, kind, depth: _compared(g, depth),
        lambda g, kind, depth: _compared(g, depth),
        lambda g, kind, depth: (
            f"({g.of(kind, depth)} {g.source.choice(('AND', 'OR'))} NOT {g.of(kind, depth)})"
        ),
        lambda g, kind, depth: f"{g.expression(depth)} IS {g.source.choice(('', 'NOT '))}NULL",
        lambda g, kind, depth: (
            f"{g.of('DOUBLE', depth)} BETWEEN {g.of('INT', depth)} AND {g.of('BIGINT', depth)}"
        ),
        lambda g, kind, depth: (
            f"{g.of('STRING', depth)} NOT IN ({g.of('STRING', depth)}, {g.of('STRING', depth)})"
        ),
        lambda g, kind, depth: f"{g.of('STRING', depth)} LIKE {g.of('STRING', depth)} ESCAPE '!'",
    ),
}


def _compared(generator: Generator, depth: int) -> str:
    kind = generator.source.choice(list(COLUMNS))
    return f"({generator.of(kind, depth)} {generator.source.choice(_COMPARED)} {generator.of(kind, depth)})"


_STATEMENTS: dict[Callable[[Generator], str], int] = {
    Generator.query: 30,
    Generator.create_as: 25,
    Generator.insert_values: 15,
    Generator.insert_into: 8,
    Generator.create: 10,
    Generator.other: 12,
}
