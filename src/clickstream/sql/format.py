"""Syntax trees to ksqlDB's normalised text, as its `statementText` shows it.

The text is that of the tree given: the defaults, qualified columns and aliases that a server adds to a
statement are put into the tree by the analyser first.

Source: recorded statement texts of ksqlDB 7.5 (line breaks, blanks and order of properties included).
"""

from collections.abc import Callable
from typing import Any

from clickstream.sql import nodes as n
from clickstream.sql.format_expressions import (
    format_expression,
    format_expressions,
    format_type,
    string_literal,
)
from clickstream.sql.mask import mask_node, mask_text
from clickstream.sql.names import quote

__all__ = [
    "format_expression",
    "format_properties",
    "format_query",
    "format_statement",
    "format_type",
    "mask_statement",
]

_JOINS = {"INNER": "INNER", "LEFT": "LEFT OUTER", "RIGHT": "RIGHT OUTER", "OUTER": "FULL OUTER"}


def format_statement(statement: n.Statement) -> str:
    """Return `statement` as text, with its `;`."""
    return f"{_STATEMENTS[type(statement)](statement)};"


def format_query(query: n.Query) -> str:
    """Return `query` as text, a clause a line."""
    lines = [_select(query.select), f"FROM {_relation(query.from_)}"]
    if query.window:
        lines.append(f"WINDOW {_window(query.window)} ")
    if query.where:
        lines.append(f"WHERE {format_expression(query.where)}")
    if query.group_by:
        lines.append(f"GROUP BY {format_expressions(query.group_by)}")
    if query.partition_by:
        lines.append(f"PARTITION BY {format_expressions(query.partition_by)}")
    if query.having:
        lines.append(f"HAVING {format_expression(query.having)}")
    if query.emit:
        lines.append(f"EMIT {query.emit}")
    if query.limit is not None:
        lines.append(f"LIMIT {query.limit}")
    return "\n".join(lines)


def format_properties(properties: n.Properties) -> str:
    """Return the inside of `WITH (…)`, sorted by name."""
    return ", ".join(f"{_key(name)}={_property(value)}" for name, value in sorted(properties.items()))


def mask_statement(statement: str | n.Statement) -> str:
    """Return the text to show to others: connector settings and inserted values are hidden.

    A text of another kind comes back as it is, a tree as `format_statement` makes it.
    """
    if isinstance(statement, str):
        return mask_text(statement)
    return mask_node(statement) or format_statement(statement)


# --------------------------------------------------------------------------------- queries


def _select(items: tuple[n.SelectItem, ...]) -> str:
    texts = [_SELECT_ITEMS[type(item)](item) for item in items]
    if len(texts) == 1:
        return f"SELECT {texts[0]}"
    return "SELECT\n  " + ",\n  ".join(texts)


def _all_columns(item: n.AllColumns) -> str:
    return "*" if item.source is None else f"{quote(item.source)}.*"


def _struct_all(item: n.StructAll) -> str:
    return f"{format_expression(item.base)}->*"


def _single_column(item: n.SingleColumn) -> str:
    text = format_expression(item.expression)
    return text if item.alias is None else f"{text} {quote(item.alias)}"


_SELECT_ITEMS: dict[type[n.SelectItem], Callable[[Any], str]] = {
    n.AllColumns: _all_columns,
    n.StructAll: _struct_all,
    n.SingleColumn: _single_column,
}


def _relation(relation: n.Relation) -> str:
    joins: list[str] = []
    while isinstance(relation, n.Join):
        within = _within(relation.within) if relation.within else ""
        joins.append(
            f"\n{_JOINS[relation.kind]} JOIN {_relation(relation.right)}{within}"
            f" ON ({format_expression(relation.criteria)})"
        )
        relation = relation.left
    assert isinstance(relation, n.TableRef)
    return f"{quote(relation.name)} {quote(relation.alias)}" + "".join(reversed(joins))


def _within(within: n.Within) -> str:
    span = _duration(within.before)
    if within.before != within.after:
        span = f"({span}, {_duration(within.after)})"
    grace = f" GRACE PERIOD {_duration(within.grace)}" if within.grace else ""
    return f" WITHIN {span}{grace}"


def _window(window: n.Window) -> str:
    parts = [_duration(window.size) if window.kind == "SESSION" else f"SIZE {_duration(window.size)}"]
    if window.advance:
        parts.append(f"ADVANCE BY {_duration(window.advance)}")
    if window.retention:
        parts.append(f"RETENTION {_duration(window.retention)}")
    if window.grace:
        parts.append(f"GRACE PERIOD {_duration(window.grace)}")
    return f"{window.kind} ( {' , '.join(parts)} )"


def _duration(duration: n.Duration) -> str:
    return f"{duration.value} {duration.unit}"


# --------------------------------------------------------------------------------- sources


def _create_source(node: n.CreateSource) -> str:
    source = "SOURCE " if node.is_source else ""
    return f"{_create(node, source)}{_elements(node.elements)}{_with(node.properties)}"


def _create_as(node: n.CreateAsSelect) -> str:
    return f"{_create(node)}{_with(node.properties)} AS {format_query(node.query)}"


def _create(node: n.CreateSource | n.CreateAsSelect, source: str = "") -> str:
    replace = "OR REPLACE " if node.or_replace else ""
    return f"CREATE {replace}{source}{node.kind} {_unless(node.if_not_exists)}{quote(node.name)}"


def _elements(elements: tuple[n.TableElement, ...]) -> str:
    return f" ({', '.join(map(_element, elements))})" if elements else ""


def _element(element: n.TableElement) -> str:
    text = f"{quote(element.name)} {format_type(element.type)}"
    if element.constraint == "HEADER":
        return f"{text} HEADER({string_literal(element.header or '')})"
    return f"{text} {element.constraint}" if element.constraint else text


def _with(properties: n.Properties) -> str:
    return f" WITH ({format_properties(properties)})" if properties else ""


def _key(name: str) -> str:
    return string_literal(name) if quote(name) != name else name


def _property(value: object) -> str:
    return format_expression(n.Literal(value, None))


def _unless(if_not_exists: bool) -> str:
    return "IF NOT EXISTS " if if_not_exists else ""


def _if_exists(if_exists: bool) -> str:
    return "IF EXISTS " if if_exists else ""


def _drop_source(node: n.DropSource) -> str:
    topic = " DELETE TOPIC" if node.delete_topic else ""
    return f"DROP {node.kind} {_if_exists(node.if_exists)}{quote(node.name)}{topic}"


def _alter_source(node: n.AlterSource) -> str:
    added = ",\n".join(f"ADD COLUMN {_element(column)}" for column in node.columns)
    return f"ALTER {node.kind} {quote(node.name)}\n{added}"


def _create_type(node: n.CreateType) -> str:
    return f"CREATE TYPE {_unless(node.if_not_exists)}{quote(node.name)} AS {format_type(node.type)}"


def _drop_type(node: n.DropType) -> str:
    return f"DROP TYPE {_if_exists(node.if_exists)}{quote(node.name)}"


def _create_connector(node: n.CreateConnector) -> str:
    config = ", ".join(f"{string_literal(key)}={_property(value)}" for key, value in node.config.items())
    name = f"{_unless(node.if_not_exists)}{quote(node.name)}"
    return f"CREATE {node.kind} CONNECTOR {name} WITH ({config})"


def _drop_connector(node: n.DropConnector) -> str:
    return f"DROP CONNECTOR {_if_exists(node.if_exists)}{quote(node.name)}"


# --------------------------------------------------------------------------------- the others


def _insert_into(node: n.InsertInto) -> str:
    return f"INSERT INTO {quote(node.target)}{_with(node.properties)} {format_query(node.query)}"


def _insert_values(node: n.InsertValues) -> str:
    columns = f"({', '.join(map(quote, node.columns))}) " if node.columns else ""
    return f"INSERT INTO {quote(node.target)} {columns}VALUES ({format_expressions(node.values)})"


def _control(node: n.QueryControl) -> str:
    if node.action == "TERMINATE CLUSTER":
        return node.action
    return f"{node.action} {quote(node.query_id) if node.query_id else 'ALL'}"


def _show(node: n.Show) -> str:
    what = "CONNECTOR PLUGINS" if node.what == "PLUGINS" else node.what
    words = ["SHOW", "ALL" if node.all else "", node.scope or "", what, _extended(node.extended)]
    return " ".join(word for word in words if word)


def _describe(node: n.Describe) -> str:
    words = ["DESCRIBE"]
    if node.what != "SOURCE":
        words.append(node.what)
    if node.name is not None:
        words.append(quote(node.name))
    if node.extended:
        words.append("EXTENDED")
    return " ".join(words)


def _extended(extended: bool) -> str:
    return "EXTENDED" if extended else ""


def _explain(node: n.Explain) -> str:
    if node.statement is not None:
        return f"EXPLAIN {_STATEMENTS[type(node.statement)](node.statement)}"
    return f"EXPLAIN {quote(node.query_id or '')}"


def _assignment(verb: str, node: n.SetProperty | n.AlterSystem) -> str:
    return f"{verb} {string_literal(node.name)}={string_literal(node.value)}"


def _define(node: n.Define) -> str:
    return f"DEFINE {node.name}={string_literal(node.value)}"


def _print(node: n.PrintTopic) -> str:
    words = ["PRINT", string_literal(node.topic)]
    if node.from_beginning:
        words.append("FROM BEGINNING")
    if node.interval is not None:
        words.append(f"INTERVAL {node.interval}")
    if node.limit is not None:
        words.append(f"LIMIT {node.limit}")
    return " ".join(words)


def _assert_topic(node: n.AssertTopic) -> str:
    head = f"{_assert(node.exists)} TOPIC {string_literal(node.topic)}"
    return f"{head}{_with(node.properties)}{_timeout(node.timeout)}"


def _assert_schema(node: n.AssertSchema) -> str:
    subject = "" if node.subject is None else f" SUBJECT {string_literal(node.subject)}"
    id_ = "" if node.id is None else f" ID {node.id}"
    return f"{_assert(node.exists)} SCHEMA{subject}{id_}{_timeout(node.timeout)}"


def _assert_values(node: n.AssertValues) -> str:
    columns = f"({', '.join(map(quote, node.columns))}) " if node.columns else ""
    values, verb = ("NULL VALUES", "KEY") if node.tombstone else ("VALUES", "VALUES")
    return f"ASSERT {values} {quote(node.target)} {columns}{verb} ({format_expressions(node.values)})"


def _assert_source(node: n.AssertSource) -> str:
    return f"ASSERT {node.kind} {quote(node.name)}{_elements(node.elements)}{_with(node.properties)}"


def _assert(exists: bool) -> str:
    return "ASSERT" if exists else "ASSERT NOT EXISTS"


def _timeout(timeout: n.Duration | None) -> str:
    return f" TIMEOUT {_duration(timeout)}" if timeout else ""


_STATEMENTS: dict[type[n.Statement], Callable[[Any], str]] = {
    n.CreateSource: _create_source,
    n.CreateAsSelect: _create_as,
    n.InsertInto: _insert_into,
    n.InsertValues: _insert_values,
    n.QueryStatement: lambda node: format_query(node.query),
    n.DropSource: _drop_source,
    n.AlterSource: _alter_source,
    n.CreateType: _create_type,
    n.DropType: _drop_type,
    n.QueryControl: _control,
    n.Show: _show,
    n.Describe: _describe,
    n.Explain: _explain,
    n.SetProperty: lambda node: _assignment("SET", node),
    n.UnsetProperty: lambda node: f"UNSET {string_literal(node.name)}",
    n.AlterSystem: lambda node: _assignment("ALTER SYSTEM", node),
    n.Define: _define,
    n.Undefine: lambda node: f"UNDEFINE {node.name}",
    n.PrintTopic: _print,
    n.CreateConnector: _create_connector,
    n.DropConnector: _drop_connector,
    n.RunScript: lambda node: f"RUN SCRIPT {string_literal(node.path)}",
    n.AssertTopic: _assert_topic,
    n.AssertSchema: _assert_schema,
    n.AssertValues: _assert_values,
    n.AssertSource: _assert_source,
}
