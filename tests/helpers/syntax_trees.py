"""Random syntax trees, of every kind a text can hold."""

from decimal import Decimal

from hypothesis import strategies as st

from clickstream.sql import nodes as n
from clickstream.sql import types as t
from clickstream.sql.format import format_statement
from clickstream.sql.literals import decimal_type
from clickstream.sql.names import RESERVED

_KEYWORDS = sorted(RESERVED | {"ARRAY", "MAP", "STRUCT", "TIME", "EMIT", "PARTITION", "ID", "SHOW", "DAY"})

names = st.one_of(
    st.from_regex(r"[A-Z_][A-Z0-9_]{0,6}", fullmatch=True),
    st.sampled_from(_KEYWORDS),
    st.text(min_size=1, max_size=5),
)
source_names = st.one_of(
    st.from_regex(r"[A-Z_][A-Z0-9_]{0,6}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
)
_integers = st.integers(-(2**63), 2**63 - 1)


def _integer(value: int) -> n.Literal:
    return n.Literal(value, t.INTEGER if -(2**31) <= value < 2**31 else t.BIGINT)


def _decimal(value: Decimal) -> n.Literal:
    return n.Literal(value, decimal_type(value))


literals = st.one_of(
    st.just(n.Literal(None, None)),
    st.booleans().map(lambda value: n.Literal(value, t.BOOLEAN)),
    _integers.map(_integer),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: n.Literal(value, t.DOUBLE)),
    st.decimals(-(10**9), 10**9, places=4).map(_decimal),
    st.text(max_size=8).map(lambda value: n.Literal(value, t.STRING)),
    st.integers(-700_000, 2_900_000).map(lambda value: n.Literal(value, t.DATE)),
    st.integers(0, 86_399_999).map(lambda value: n.Literal(value, t.TIME)),
    st.integers(-(10**13), 10**14).map(lambda value: n.Literal(value, t.TIMESTAMP)),
)

_plain_types = st.one_of(
    st.sampled_from(
        [t.BOOLEAN, t.INTEGER, t.BIGINT, t.DOUBLE, t.STRING, t.BYTES, t.DATE, t.TIME, t.TIMESTAMP]
    ),
    st.integers(1, 38).flatmap(
        lambda precision: st.integers(0, precision).map(lambda scale: t.DecimalType(precision, scale))
    ),
    st.builds(n.TypeName, st.sampled_from(["ADDRESS", "INT", "lower", "ARRAY"])),
)
types = st.recursive(
    _plain_types,
    lambda inner: st.one_of(
        st.builds(t.ArrayType, inner),
        st.builds(t.MapType, inner, inner),
        st.lists(st.tuples(names, inner), max_size=3).map(lambda fields: t.StructType(tuple(fields))),
    ),
    max_leaves=4,
)

_operands = st.one_of(
    literals,
    st.builds(n.ColumnRef, names),
    st.builds(n.ColumnRef, names, names),
    st.just(n.FunctionCall("COUNT", star=True)),
)


def _tuples(inner: st.SearchStrategy[n.Expression], *, least: int = 0) -> st.SearchStrategy[object]:
    return st.lists(inner, min_size=least, max_size=3).map(tuple)


def _lambda(inner: st.SearchStrategy[n.Expression]) -> st.SearchStrategy[n.Expression]:
    variable = st.builds(n.LambdaVariable, st.sampled_from(["λ1", "λ2"]))
    body = st.one_of(variable, st.builds(n.Arithmetic, st.sampled_from("+-*/%"), variable, inner))
    return st.builds(n.LambdaFunction, st.just(("λ1", "λ2")), body)


def _compound(inner: st.SearchStrategy[n.Expression]) -> st.SearchStrategy[n.Expression]:
    argument = st.one_of(inner, st.builds(n.IntervalUnit, st.just("DAYS")), _lambda(inner))
    call_names = names.filter(lambda name: name != "COUNT")
    whens = st.lists(st.builds(n.When, inner, inner), min_size=1, max_size=2).map(tuple)
    comparisons = ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]
    return st.one_of(
        st.builds(n.Dereference, inner, names),
        st.builds(n.Subscript, inner, inner),
        st.builds(n.FunctionCall, call_names, _tuples(argument)),
        st.builds(n.Arithmetic, st.sampled_from("+-*/%"), inner, inner),
        st.builds(n.Signed, st.sampled_from("+-"), inner),
        st.builds(n.Concat, inner, inner),
        st.builds(n.Comparison, st.sampled_from(comparisons), inner, inner),
        st.builds(n.Logical, st.sampled_from(["AND", "OR"]), inner, inner),
        st.builds(n.Not, inner),
        st.builds(n.IsNull, inner, st.booleans()),
        st.builds(n.Between, inner, inner, inner),
        st.builds(n.InList, inner, _tuples(inner, least=1)),
        st.builds(n.Like, inner, inner, st.one_of(st.none(), st.characters())),
        st.builds(n.SearchedCase, whens, st.one_of(st.none(), inner)),
        st.builds(n.SimpleCase, inner, whens, st.one_of(st.none(), inner)),
        st.builds(n.Cast, inner, types),
        st.builds(n.ArrayConstructor, _tuples(inner)),
        st.builds(n.MapConstructor, st.lists(st.tuples(inner, inner), max_size=2).map(tuple)),
        st.builds(n.StructConstructor, st.lists(st.tuples(names, inner), max_size=2).map(tuple)),
    )


expressions: st.SearchStrategy[n.Expression] = st.recursive(_operands, _compound, max_leaves=8)

durations = st.builds(
    n.Duration,
    st.integers(0, 10**6),
    st.sampled_from(["MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS"]),
)
_maybe_duration = st.one_of(st.none(), durations)
_windows = st.one_of(
    st.builds(
        n.Window,
        st.sampled_from(["TUMBLING", "SESSION"]),
        durations,
        grace=_maybe_duration,
        retention=_maybe_duration,
    ),
    st.builds(
        n.Window,
        st.just("HOPPING"),
        durations,
        advance=durations,
        grace=_maybe_duration,
        retention=_maybe_duration,
    ),
)
_tables = st.builds(n.TableRef, source_names, source_names)
_withins = st.builds(n.Within, durations, durations, _maybe_duration)
_relations = st.recursive(
    _tables,
    lambda left: st.builds(
        n.Join,
        left,
        _tables,
        st.sampled_from(["INNER", "LEFT", "RIGHT", "OUTER"]),
        expressions,
        st.one_of(st.none(), _withins),
    ),
    max_leaves=3,
)
_items = st.one_of(
    st.builds(n.AllColumns, st.one_of(st.none(), names)),
    st.builds(n.StructAll, st.builds(n.ColumnRef, names)),
    st.builds(n.SingleColumn, expressions, st.one_of(st.none(), names)),
)
_maybe_expression = st.one_of(st.none(), expressions)
queries = st.builds(
    n.Query,
    select=st.lists(_items, min_size=1, max_size=3).map(tuple),
    from_=_relations,
    window=st.one_of(st.none(), _windows),
    where=_maybe_expression,
    group_by=_tuples(expressions),
    partition_by=_tuples(expressions),
    having=_maybe_expression,
    emit=st.sampled_from([None, "CHANGES", "FINAL"]),
    limit=st.one_of(st.none(), st.integers(0, 10**6)),
)

_kinds = st.sampled_from(["STREAM", "TABLE"])
_values = st.one_of(
    st.text(max_size=8),
    st.booleans(),
    _integers,
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
)
_property_names = st.sampled_from(["KAFKA_TOPIC", "VALUE_FORMAT", "PARTITIONS", "AUTO.OFFSET.RESET"])
properties = st.dictionaries(_property_names, _values, max_size=3)
_columns = st.one_of(
    st.builds(n.TableElement, names, types, st.sampled_from(["", "HEADERS"])),
    st.builds(n.TableElement, names, types, st.just("HEADER"), st.text(max_size=4)),
)


def _elements(kind: str) -> st.SearchStrategy[object]:
    key = st.just("KEY" if kind == "STREAM" else "PRIMARY KEY")
    return st.lists(st.one_of(_columns, st.builds(n.TableElement, names, types, key)), max_size=3).map(tuple)


_create_sources = _kinds.flatmap(
    lambda kind: st.builds(
        n.CreateSource,
        st.just(kind),
        source_names,
        _elements(kind),
        properties,
        st.booleans(),
        st.booleans(),
        is_source=st.booleans(),
    )
)
_inserts = st.lists(st.tuples(names, expressions), max_size=3).flatmap(
    lambda pairs: st.builds(
        n.InsertValues,
        source_names,
        st.sampled_from([(), tuple(name for name, _ in pairs)]),
        st.just(tuple(value for _, value in pairs)),
    )
)
_words = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
_texts = st.text(max_size=8)
_maybe_number = st.one_of(st.none(), st.integers(0, 10**6))
_shows = st.one_of(
    st.builds(n.Show, st.sampled_from(["TOPICS", "STREAMS", "TABLES", "QUERIES"]), st.booleans()),
    st.builds(n.Show, st.just("TOPICS"), st.booleans(), all=st.just(True)),
    st.builds(n.Show, st.sampled_from(["PROPERTIES", "FUNCTIONS", "TYPES", "VARIABLES", "PLUGINS"])),
    st.builds(n.Show, st.just("CONNECTORS"), scope=st.sampled_from([None, "SOURCE", "SINK"])),
)
_query_ids = st.from_regex(r"(CTAS|CSAS|INSERTQUERY)_[A-Za-z0-9_]{1,6}", fullmatch=True)
_simple_statements = st.one_of(
    _create_sources,
    st.builds(n.CreateAsSelect, _kinds, source_names, queries, properties, st.booleans(), st.booleans()),
    st.builds(n.InsertInto, source_names, queries, properties),
    _inserts,
    st.builds(n.QueryStatement, queries),
    st.builds(n.DropSource, _kinds, source_names, st.booleans(), st.booleans()),
    st.builds(
        n.AlterSource,
        _kinds,
        source_names,
        st.lists(st.builds(n.TableElement, names, types), min_size=1, max_size=2).map(tuple),
    ),
    st.builds(n.CreateType, names, types, st.booleans()),
    st.builds(n.DropType, names, st.booleans()),
    st.builds(
        n.QueryControl, st.sampled_from(["TERMINATE", "PAUSE", "RESUME"]), st.one_of(st.none(), _query_ids)
    ),
    st.just(n.QueryControl("TERMINATE CLUSTER")),
    _shows,
    st.builds(n.Describe, st.just("SOURCE"), _query_ids, st.booleans()),
    st.builds(n.Describe, st.sampled_from(["STREAMS", "TABLES"]), extended=st.booleans()),
    st.builds(n.Describe, st.sampled_from(["FUNCTION", "CONNECTOR"]), names),
    st.builds(n.Explain, _query_ids),
    st.builds(n.SetProperty, _texts, _texts),
    st.builds(n.UnsetProperty, _texts),
    st.builds(n.AlterSystem, _texts, _texts),
    st.builds(n.Define, _words, _texts),
    st.builds(n.Undefine, _words),
    st.builds(n.PrintTopic, _texts, st.booleans(), _maybe_number, _maybe_number),
    st.builds(
        n.CreateConnector,
        st.sampled_from(["SOURCE", "SINK"]),
        names,
        st.dictionaries(_texts, _values, min_size=1, max_size=3),
        st.booleans(),
    ),
    st.builds(n.DropConnector, names, st.booleans()),
    st.builds(n.AssertTopic, _texts, properties, st.booleans(), _maybe_duration),
    st.builds(n.AssertSchema, st.one_of(st.none(), _texts), _maybe_number, st.booleans(), _maybe_duration),
)


def _explain(statement: n.Statement) -> n.Statement:
    return n.Explain(statement=statement, text=format_statement(statement)[:-1].rstrip())


statements: st.SearchStrategy[n.Statement] = st.one_of(_simple_statements, _simple_statements.map(_explain))

_asserted_columns = st.lists(st.tuples(names, expressions), min_size=1, max_size=3)
assertions: st.SearchStrategy[n.Statement] = st.one_of(
    _asserted_columns.flatmap(
        lambda pairs: st.builds(
            n.AssertValues,
            source_names,
            st.sampled_from([(), tuple(name for name, _ in pairs)]),
            st.just(tuple(value for _, value in pairs)),
            st.booleans(),
        )
    ),
    _kinds.flatmap(
        lambda kind: st.builds(n.AssertSource, st.just(kind), source_names, _elements(kind), properties)
    ),
)
"""Statements of test files only."""
