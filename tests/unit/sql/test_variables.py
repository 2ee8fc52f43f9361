import pytest

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql.variables import substitute


def test_a_script_without_references_is_not_touched() -> None:
    script = "SELECT '$x' FROM s; -- {}"
    assert substitute(script, {"x": "1"}) is script


@pytest.mark.parametrize(
    ("script", "replaced"),
    [
        ("DESCRIBE ${name};", "DESCRIBE clickstream;"),
        ("DESCRIBE ${NAME};", "DESCRIBE clickstream;"),
        ("SHOW x WITH (a=${n}, b='${name}_t');", "SHOW x WITH (a=3, b='clickstream_t');"),
        ("SELECT '$${name}' FROM s;", "SELECT '${name}' FROM s;"),
        ("SELECT '${other}' FROM s;", "SELECT '${other}' FROM s;"),
        ("SELECT a FROM s; -- ${other}", "SELECT a FROM s; -- ${other}"),
        ("SELECT /* ${name} */ `${name}` FROM s;", "SELECT /* ${name} */ `${name}` FROM s;"),
        ("SELECT ${quoted} FROM s;", "SELECT 'it''s' FROM s;"),
        ("SELECT '${evil}' FROM s;", "SELECT 'x'''' FROM s; DROP STREAM s; --' FROM s;"),
    ],
)
def test_references(script: str, replaced: str) -> None:
    values = {"name": "clickstream", "n": "3", "quoted": "'it's'", "evil": "x'' FROM s; DROP STREAM s; --"}
    assert substitute(script, values) == replaced


def test_a_value_counts_from_its_definition_on() -> None:
    script = (
        "DEFINE t='a'; DESCRIBE ${t}; DEFINE t='${t}_b'; DESCRIBE ${t}; UNDEFINE t; SELECT '${t}' FROM s;"
    )
    assert substitute(script, {}) == (
        "DEFINE t='a'; DESCRIBE a; DEFINE t='a_b'; DESCRIBE a_b; UNDEFINE t; SELECT '${t}' FROM s;"
    )


def test_definitions_of_the_script_do_not_leak() -> None:
    values = {"t": "a"}
    substitute("DEFINE t='b'; DESCRIBE ${t};", values)
    assert values == {"t": "a"}


def test_triple_quotes_define_a_quoted_string() -> None:
    script = "DEFINE topic = '''my_topic'''; CREATE STREAM s WITH (kafka_topic=${topic});"
    assert substitute(script, {}).endswith("(kafka_topic='my_topic');")


def test_an_unknown_variable_is_refused_where_it_stands_alone() -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        substitute("DESCRIBE\n  ${tnam};", {"tname": "clickstream"})
    error = caught.value
    assert error.message.startswith(
        "Illegal argument at Line: 2, Col: 3. Identifier names cannot start with '@'"
    )
    assert error.message.endswith("Got: '${tnam}'")
    assert (error.line, error.column) == (2, 3)
    assert error.hint == "Did you mean '${TNAME}'?"


def test_an_unknown_variable_with_none_alike_says_how_to_define_it() -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        substitute("DESCRIBE ${x};", {})
    assert caught.value.hint == "define it first: DEFINE x = '…';"


@pytest.mark.parametrize("value", ["a; DROP STREAM a", "a b", "", "'a' 'b", "-- x", "f(1)", "@a"])
def test_a_value_cannot_break_out_of_its_place(value: str) -> None:
    with pytest.raises(SqlSyntaxError, match="Illegal argument at Line: 1, Col: 10"):
        substitute("DESCRIBE ${x};", {"x": value})


@pytest.mark.parametrize("value", ["1", "-1.5", "2e3", "true", "FALSE", "'x'", "name", '"a b"', "`a b`"])
def test_a_value_may_be_one_name_or_one_literal(value: str) -> None:
    assert substitute("SELECT ${x} FROM s;", {"x": value}) == f"SELECT {value} FROM s;"
