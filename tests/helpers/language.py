"""What of ksqlDB's language is supported, differs or is refused: an example each, which a test runs.

`ksql_page.py` makes a page of it.
"""
# ruff: noqa: E501 — an example a line

from dataclasses import dataclass

__all__ = ["PRELUDE", "SECTIONS", "Feature", "Section"]

PRELUDE = """
CREATE STREAM clicks (
    id INT KEY, page STRING, bytes BIGINT, tags ARRAY<STRING>, attrs MAP<STRING, INT>,
    place STRUCT<city STRING, zip INT>, seen TIMESTAMP, day DATE, price DECIMAL(6, 2), raw BYTES
) WITH (kafka_topic='clicks', value_format='JSON', partitions=1);
CREATE STREAM orders (id INT KEY, page STRING, amount DOUBLE)
    WITH (kafka_topic='orders', value_format='JSON', partitions=1);
CREATE TABLE users (id INT PRIMARY KEY, name STRING, city INT)
    WITH (kafka_topic='users', value_format='JSON', partitions=1);
CREATE TABLE cities (id INT PRIMARY KEY, name STRING)
    WITH (kafka_topic='cities', value_format='JSON', partitions=1);
CREATE TABLE totals AS SELECT id, COUNT(*) AS hits, SUM(bytes) AS bytes FROM clicks GROUP BY id;
CREATE TABLE per_minute AS
    SELECT id, COUNT(*) AS hits FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY id;
"""
"""Sources that the examples are about."""

_CLICKS = "WITH (kafka_topic='clicks', value_format='JSON')"


@dataclass(frozen=True)
class Feature:
    """One row of a table.

    `refused` is a part of the message with which the example is refused; `differs` is what is not as on a
    cluster. An example that begins with SELECT or PRINT is a query.
    """

    what: str
    example: str = ""
    refused: str = ""
    differs: str = ""


@dataclass(frozen=True)
class Section:
    """One table of the page."""

    title: str
    features: tuple[Feature, ...]
    intro: str = ""


STATEMENTS = Section(
    "Statements",
    (
        Feature(
            "`CREATE [OR REPLACE] STREAM\\|TABLE [IF NOT EXISTS] name (columns) WITH (…)`",
            f"CREATE OR REPLACE STREAM clicks (id INT KEY, page STRING, bytes BIGINT, tags ARRAY<STRING>,"
            " attrs MAP<STRING, INT>, place STRUCT<city STRING, zip INT>, seen TIMESTAMP, day DATE,"
            f" price DECIMAL(6, 2), raw BYTES, more INT) {_CLICKS};",
        ),
        Feature(
            "`CREATE SOURCE STREAM\\|TABLE`",
            "CREATE SOURCE TABLE x (id INT PRIMARY KEY, name STRING) WITH (kafka_topic='users', value_format='JSON');",
            differs="a source table keeps its rows by a query of its own, over a hidden topic",
        ),
        Feature(
            "`CREATE [OR REPLACE] STREAM\\|TABLE [IF NOT EXISTS] name [WITH (…)] AS SELECT`",
            "CREATE STREAM IF NOT EXISTS x WITH (kafka_topic='y') AS SELECT * FROM clicks;",
        ),
        Feature(
            "`INSERT INTO name [WITH (query_id=…)] SELECT`",
            "INSERT INTO orders SELECT id, page, CAST(bytes AS DOUBLE) AS amount FROM clicks;",
        ),
        Feature(
            "`INSERT INTO name [(columns)] VALUES (…)`", "INSERT INTO orders (rowtime, id) VALUES (5, 1);"
        ),
        Feature("`SELECT … EMIT CHANGES` (push query)", "SELECT * FROM clicks EMIT CHANGES LIMIT 3;"),
        Feature("`SELECT …` (pull query), see below", "SELECT * FROM totals WHERE id = 1;"),
        Feature(
            "`PRINT topic [FROM BEGINNING] [INTERVAL n] [LIMIT n]`",
            "PRINT clicks FROM BEGINNING INTERVAL 2 LIMIT 1;",
        ),
        Feature(
            "`ALTER STREAM\\|TABLE name ADD COLUMN`",
            "ALTER TABLE users ADD COLUMN a INT, ADD COLUMN b STRING;",
        ),
        Feature(
            "`DROP STREAM\\|TABLE [IF EXISTS] name [DELETE TOPIC]`",
            "DROP STREAM IF EXISTS orders DELETE TOPIC;",
        ),
        Feature(
            "`CREATE TYPE [IF NOT EXISTS]`, `DROP TYPE [IF EXISTS]`",
            "CREATE TYPE address AS STRUCT<street STRING>; DROP TYPE address;",
        ),
        Feature(
            "`SHOW\\|LIST STREAMS, TABLES, TOPICS, QUERIES [EXTENDED]`, `ALL TOPICS`",
            "SHOW STREAMS EXTENDED; LIST TABLES; SHOW ALL TOPICS EXTENDED; SHOW QUERIES;",
        ),
        Feature(
            "`SHOW\\|LIST FUNCTIONS, PROPERTIES, TYPES, VARIABLES`",
            "SHOW FUNCTIONS; SHOW PROPERTIES; SHOW TYPES; SHOW VARIABLES;",
            differs="`SHOW PROPERTIES` lists all of a server's properties; few are in force here",
        ),
        Feature(
            "`DESCRIBE name [EXTENDED]`, `STREAMS`, `TABLES`, `FUNCTION name`",
            "DESCRIBE clicks EXTENDED; DESCRIBE STREAMS; DESCRIBE TABLES EXTENDED; DESCRIBE FUNCTION count;",
            differs="functions are described in other words",
        ),
        Feature(
            "`EXPLAIN query id or statement`",
            "EXPLAIN SELECT * FROM clicks EMIT CHANGES;",
            differs="the plan is in ksqlDB's words, the topology names this engine's operators",
        ),
        Feature("`TERMINATE, PAUSE, RESUME id or ALL`", "PAUSE ALL; RESUME ALL; TERMINATE ALL;"),
        Feature(
            "`SET 'name'='value'`, `UNSET 'name'`",
            "SET 'auto.offset.reset'='latest'; UNSET 'auto.offset.reset';",
        ),
        Feature("`DEFINE name='value'`, `UNDEFINE name`, `${name}`", "DEFINE t='orders'; UNDEFINE t;"),
        Feature(
            "`ASSERT [NOT EXISTS] TOPIC name [WITH (…)] [TIMEOUT …]`",
            "ASSERT TOPIC clicks WITH (partitions=1) TIMEOUT 1 SECONDS;",
        ),
        Feature(
            "`ASSERT [NOT EXISTS] SCHEMA`",
            "ASSERT NOT EXISTS SCHEMA SUBJECT x;",
            differs="there is no schema registry, so no schema exists",
        ),
        Feature(
            "`CREATE SOURCE\\|SINK CONNECTOR`, `SHOW CONNECTORS`, `SHOW CONNECTOR PLUGINS`, `DESCRIBE CONNECTOR`,"
            " `DROP CONNECTOR`",
            differs="the connectors of [Connect](wire/connect.md)'s page, not any class",
        ),
        Feature("`RUN SCRIPT 'file'`", "RUN SCRIPT 'x.sql';", refused="Unknown statement 'RUN'"),
        Feature(
            "`ASSERT VALUES, NULL VALUES, STREAM, TABLE`",
            "ASSERT VALUES orders (id) VALUES (1);",
            refused="Syntax error at or near 'VALUES'",
        ),
        Feature(
            "`ALTER SYSTEM`",
            "ALTER SYSTEM 'ksql.query.pull.max.qps'='1';",
            refused="Cannot alter system configs when KSQL_SHARED_RUNTIME_ENABLED",
        ),
        Feature("`TERMINATE CLUSTER`", "TERMINATE CLUSTER;", refused="Unknown queryId: CLUSTER"),
    ),
    "`RUN SCRIPT` is a command of clients: the prompt `clickstream ksql` and [tests](testing.md) have it, as tests have the\n"
    "assertions of rows. The cluster ends by `POST /ksql/terminate`.\n",
)

CLAUSES = Section(
    "Queries",
    (
        Feature("`WHERE`", "CREATE STREAM x AS SELECT * FROM clicks WHERE bytes > 1;"),
        Feature(
            "`PARTITION BY` one or several expressions",
            "CREATE STREAM x AS SELECT * FROM clicks PARTITION BY page;",
        ),
        Feature(
            "`GROUP BY` a stream", "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks GROUP BY page;"
        ),
        Feature(
            "`GROUP BY` a table", "CREATE TABLE x AS SELECT city, COUNT(*) AS n FROM users GROUP BY city;"
        ),
        Feature(
            "`HAVING`",
            "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks GROUP BY page HAVING COUNT(*) > 1;",
        ),
        Feature(
            "`WINDOW TUMBLING (SIZE …)`",
            "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks"
            " WINDOW TUMBLING (SIZE 1 MINUTE, RETENTION 2 HOURS, GRACE PERIOD 10 SECONDS) GROUP BY page;",
        ),
        Feature(
            "`WINDOW HOPPING (SIZE …, ADVANCE BY …)`",
            "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks"
            " WINDOW HOPPING (SIZE 1 MINUTE, ADVANCE BY 10 SECONDS) GROUP BY page;",
        ),
        Feature(
            "`WINDOW SESSION (…)`",
            "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks WINDOW SESSION (30 SECONDS) GROUP BY page;",
        ),
        Feature(
            "`EMIT FINAL` for windows",
            "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks"
            " WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY page EMIT FINAL;",
        ),
        Feature("`LIMIT` in push and pull queries", "SELECT * FROM clicks EMIT CHANGES LIMIT 3;"),
        Feature(
            "`EXPLODE` and other table functions",
            "CREATE STREAM x AS SELECT id, EXPLODE(tags) AS t FROM clicks;",
        ),
        Feature(
            "stream-stream join: `[INNER], LEFT, RIGHT, FULL`, `WITHIN … [GRACE PERIOD …]`",
            "CREATE STREAM x AS SELECT ROWKEY, c.page, o.amount FROM clicks c"
            " FULL OUTER JOIN orders o WITHIN (1 HOUR, 2 HOURS) GRACE PERIOD 5 MINUTES ON c.id = o.id;",
        ),
        Feature(
            "stream-table join: `[INNER], LEFT`",
            "CREATE STREAM x AS SELECT c.id, u.name FROM clicks c LEFT JOIN users u ON c.id = u.id;",
        ),
        Feature(
            "table-table join: `[INNER], LEFT, RIGHT, FULL`",
            "CREATE TABLE x AS SELECT ROWKEY, t.hits FROM users u FULL JOIN totals t ON u.id = t.id;",
        ),
        Feature(
            "foreign-key join: `[INNER], LEFT`",
            "CREATE TABLE x AS SELECT u.id, c.name FROM users u LEFT JOIN cities c ON u.city = c.id;",
        ),
        Feature(
            "joins of more than two sources",
            "CREATE STREAM x AS SELECT c.id, u.name, o.amount FROM clicks c"
            " JOIN orders o WITHIN 1 HOUR ON c.id = o.id JOIN users u ON c.id = u.id;",
        ),
        Feature(
            "`ROWTIME`, `ROWPARTITION`, `ROWOFFSET`, `WINDOWSTART`, `WINDOWEND`",
            "SELECT ROWTIME, ROWPARTITION, ROWOFFSET FROM clicks EMIT CHANGES;",
            differs="every topic has one partition, so `ROWPARTITION` is 0",
        ),
        Feature(
            "pull query on a table: key, range, `IN`, window bounds, other columns, `LIMIT`",
            "SELECT * FROM per_minute WHERE id = 1 AND WINDOWSTART >= 0 AND WINDOWEND <= 600000 LIMIT 2;",
        ),
        Feature("pull query on a stream", "SELECT page FROM clicks WHERE bytes > 1 LIMIT 3;"),
        Feature(
            "pull query on a table without a query of its own",
            "SELECT * FROM users;",
            refused="isn't queryable",
        ),
        Feature(
            "`GROUP BY`, `JOIN`, `PARTITION BY`, `WINDOW` in a pull query",
            "SELECT id, COUNT(*) FROM totals GROUP BY id;",
            refused="Pull queries don't support GROUP BY clauses",
        ),
        Feature(
            "scalable push query (`ksql.query.push.v2.enabled`)",
            "SET 'ksql.query.push.v2.enabled'='true';",
            differs="accepted; every push query is as light here",
        ),
        Feature(
            "aggregates over a table that cannot be undone",
            "CREATE TABLE x AS SELECT city, MAX(id) AS n FROM users GROUP BY city;",
            refused="cannot be applied to a table source",
        ),
        Feature(
            "a window over a table",
            "CREATE TABLE x AS SELECT city, COUNT(*) AS n FROM users WINDOW SESSION (1 SECOND) GROUP BY city;",
            refused="Windowing not supported for table aggregations.",
        ),
        Feature(
            "hopping windows of which a record is in more than a million",
            "CREATE TABLE x AS SELECT page, COUNT(*) AS n FROM clicks"
            " WINDOW HOPPING (SIZE 365 DAYS, ADVANCE BY 1 SECOND) GROUP BY page;",
            refused="every record would be in 31536000 windows",
        ),
        Feature(
            "a persistent query on a windowed table",
            "CREATE TABLE x AS SELECT id, hits FROM per_minute;",
            refused="KSQL does not support persistent queries on windowed tables.",
        ),
        Feature(
            "self joins",
            "CREATE STREAM x AS SELECT a.id FROM clicks a JOIN clicks b WITHIN 1 HOUR ON a.id = b.id;",
            refused="self joins are not yet supported",
        ),
        Feature(
            "right and full foreign-key joins",
            "CREATE TABLE x AS SELECT u.id, c.name FROM users u RIGHT JOIN cities c ON u.city = c.id;",
            refused="RIGHT OUTER JOIN on a foreign key is not supported",
        ),
        Feature(
            "full stream-table joins",
            "CREATE STREAM x AS SELECT ROWKEY, u.name FROM clicks c FULL JOIN users u ON c.id = u.id;",
            refused="full-outer join not supported for stream-table join",
        ),
        Feature(
            "subqueries, `UNION`, `DISTINCT`, `ORDER BY`, `OVER`, `CROSS JOIN`",
            "CREATE STREAM x AS SELECT * FROM clicks ORDER BY page;",
            refused="Syntax Error",
        ),
    ),
    "What is refused here is refused by ksqlDB 7.5 too, except too many windows.\n",
)

EXPRESSIONS = Section(
    "Expressions",
    (
        Feature(
            "`+ - * / %`, sign, `\\|\\|`",
            "SELECT -bytes + 1 - 2 * 3 / 4 % 5, page || 'x' FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "`= <> != < <= > >=`, `AND OR NOT`, `BETWEEN`, `IN`, `IS [NOT] NULL`, `IS [NOT] DISTINCT FROM`",
            "SELECT * FROM clicks WHERE NOT bytes BETWEEN 1 AND 2 OR id IN (1, 2) AND page IS NOT NULL"
            " AND page IS DISTINCT FROM 'x' EMIT CHANGES;",
        ),
        Feature(
            "`LIKE … [ESCAPE 'c']`", "SELECT * FROM clicks WHERE page LIKE '50!%%' ESCAPE '!' EMIT CHANGES;"
        ),
        Feature(
            "`CASE WHEN … THEN … ELSE … END`, `CASE x WHEN …`",
            "SELECT CASE WHEN bytes > 1 THEN 'a' ELSE 'b' END, CASE page WHEN 'x' THEN 1 END FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "`CAST(x AS type)`",
            "SELECT CAST(id AS STRING), CAST('2020-01-01' AS DATE), CAST(bytes AS DECIMAL(10, 2)) FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "`array[1]`, `array[-1]`, `map['key']`",
            "SELECT tags[1], tags[-1], attrs['a'] FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "`struct->field`, `struct->*`", "SELECT place->*, place->city AS c FROM clicks EMIT CHANGES;"
        ),
        Feature(
            "`ARRAY[…]`, `MAP(k := v)`, `STRUCT(name := v)`",
            "SELECT ARRAY[1, 2], MAP('a' := 1), STRUCT(a := 1, b := 'x') FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "lambdas: `x => …`, `(x, y) => …`",
            "SELECT TRANSFORM(tags, t => UCASE(t)), REDUCE(tags, 0, (s, t) => s + 1) FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "interval units as arguments",
            "SELECT DATEADD(DAYS, 1, day) FROM clicks EMIT CHANGES;",
        ),
        Feature(
            "`AT TIME ZONE`",
            "SELECT seen AT TIME ZONE 'UTC' FROM clicks EMIT CHANGES;",
            refused="Syntax Error",
        ),
    ),
    "Integers overflow, doubles print and regular expressions match as Java's do. What fails on a row is NULL there, and\n"
    "is told in the processing log.\n",
)

TYPES = Section(
    "Types",
    (
        Feature(
            "`BOOLEAN`, `INT`/`INTEGER`, `BIGINT`, `DOUBLE`",
            f"CREATE STREAM x (a BOOLEAN, b INT, c BIGINT, d DOUBLE) {_CLICKS};",
        ),
        Feature("`DECIMAL(p, s)`", f"CREATE STREAM x (a DECIMAL(38, 10)) {_CLICKS};"),
        Feature("`STRING`/`VARCHAR`, `BYTES`", f"CREATE STREAM x (a STRING, b VARCHAR, c BYTES) {_CLICKS};"),
        Feature("`DATE`, `TIME`, `TIMESTAMP`", f"CREATE STREAM x (a DATE, b TIME, c TIMESTAMP) {_CLICKS};"),
        Feature(
            "`ARRAY<…>`, `MAP<STRING, …>`, `STRUCT<…>`",
            f"CREATE STREAM x (a ARRAY<STRUCT<x MAP<STRING, INT>>>) {_CLICKS};",
        ),
        Feature(
            "custom types",
            f"CREATE TYPE address AS STRUCT<a INT>; CREATE STREAM x (a ARRAY<address>) {_CLICKS};",
        ),
        Feature(
            "several key columns (`JSON`, `DELIMITED` keys)",
            "CREATE STREAM x (a INT KEY, b STRING KEY, v INT)"
            " WITH (kafka_topic='clicks', key_format='JSON', value_format='JSON');",
        ),
        Feature(
            "`HEADERS`, `HEADER('name')` columns",
            f"CREATE STREAM x (h BYTES HEADER('a')) {_CLICKS};",
        ),
        Feature(
            "maps in keys",
            "CREATE STREAM x (k MAP<STRING, INT> KEY, v INT) WITH (kafka_topic='clicks', format='JSON');",
            refused="Map keys, including types that contain maps, are not supported",
        ),
        Feature(
            "`FLOAT`, `SMALLINT` and other names",
            f"CREATE STREAM x (v FLOAT) {_CLICKS};",
            refused="Cannot resolve unknown type: FLOAT",
        ),
    ),
)

PROPERTIES = Section(
    "Formats and other properties of `WITH`",
    (
        Feature("`JSON`", f"CREATE STREAM x (k INT KEY, v INT) {_CLICKS};"),
        Feature(
            "`KAFKA`", "CREATE STREAM x (k INT KEY, v INT) WITH (kafka_topic='clicks', value_format='KAFKA');"
        ),
        Feature(
            "`DELIMITED`, `VALUE_DELIMITER`, `KEY_DELIMITER`",
            "CREATE STREAM x (k INT KEY, v INT) WITH (kafka_topic='clicks', format='DELIMITED', value_delimiter='|');",
        ),
        Feature(
            "`NONE`",
            "CREATE STREAM x (v INT) WITH (kafka_topic='clicks', key_format='NONE', value_format='JSON');",
        ),
        Feature(
            "`KEY_FORMAT`, `VALUE_FORMAT`, `FORMAT`, `WRAP_SINGLE_VALUE`",
            "CREATE STREAM x (k INT KEY, v INT) WITH (kafka_topic='clicks', format='JSON', wrap_single_value=false);",
        ),
        Feature(
            "`TIMESTAMP`, `TIMESTAMP_FORMAT`",
            "CREATE STREAM x (k INT KEY, v STRING)"
            " WITH (kafka_topic='clicks', value_format='JSON', timestamp='v', timestamp_format='yyyy-MM-dd');",
        ),
        Feature(
            "`WINDOW_TYPE`, `WINDOW_SIZE`",
            "CREATE STREAM x (k INT KEY, v INT)"
            " WITH (kafka_topic='clicks', value_format='JSON', window_type='TUMBLING', window_size='1 MINUTE');",
        ),
        Feature(
            "`PARTITIONS`, `REPLICAS`",
            "CREATE STREAM x (k INT KEY) WITH (kafka_topic='new', value_format='JSON', partitions=3, replicas=1);",
            differs="remembered and shown; every topic has one partition, and no replica",
        ),
        Feature(
            "`RETENTION_MS`, `CLEANUP_POLICY`",
            "CREATE STREAM x (k INT KEY)"
            " WITH (kafka_topic='new', value_format='JSON', partitions=1, retention_ms=86400000);",
        ),
        Feature(
            "`SOURCED_BY_CONNECTOR`",
            "CREATE STREAM x (k INT KEY) WITH (kafka_topic='clicks', value_format='JSON', sourced_by_connector='c');",
        ),
        *(
            Feature(
                f"`{name}`",
                f"CREATE STREAM x (k INT KEY, v INT) WITH (kafka_topic='clicks', value_format='{name}');",
                refused=f"ormat {name}",
            )
            for name in ("AVRO", "PROTOBUF", "PROTOBUF_NOSR", "JSON_SR")
        ),
        Feature(
            "`KEY_SCHEMA_ID`, `VALUE_SCHEMA_ID`, `…_SCHEMA_FULL_NAME`",
            "CREATE STREAM x WITH (kafka_topic='clicks', value_format='JSON', value_schema_id=1);",
            refused="The statement does not define any columns.",
        ),
    ),
    "Formats that need a schema registry are refused by name: there is none.\n",
)

SECTIONS = (STATEMENTS, CLAUSES, EXPRESSIONS, TYPES, PROPERTIES)
