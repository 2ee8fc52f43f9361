import pytest

from clickstream.core.errors import SqlError
from clickstream.sql import types as t
from clickstream.sql.format import format_expression
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_expression
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.settle import settle

COLUMNS: dict[str, t.SqlType] = {
    "I": t.INTEGER,
    "L": t.BIGINT,
    "S": t.STRING,
    "TS": t.TIMESTAMP,
    "DAY": t.DATE,
    "XS": t.ArrayType(t.BIGINT),
}


def settled(text: str) -> str:
    return format_expression(settle(parse_expression(text), COLUMNS, REGISTRY, what="Select"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i IN (1, '2')", "(I IN (1, 2))"),
        ("i IN (1, l)", "(CAST(I AS BIGINT) IN (1, L))"),
        ("s IN ('a', 1, true)", "(S IN ('a', '1', 'true'))"),
        ("ARRAY[i, l]", "ARRAY[CAST(I AS BIGINT), L]"),
        ("MAP('a' := i, 'b' := l)", "MAP('a':=CAST(I AS BIGINT), 'b':=L)"),
        ("xs = ARRAY[i, l]", "(XS = ARRAY[CAST(I AS BIGINT), L])"),
        ("ts > '2020-01-01'", "(TS > CAST('2020-01-01' AS TIMESTAMP))"),
        ("'2020-01-01' < day", "(CAST('2020-01-01' AS DATE) < DAY)"),
        ("day < ts", "(CAST(DAY AS TIMESTAMP) < TS)"),
        ("ts BETWEEN '2020' AND ts", "(TS BETWEEN CAST('2020' AS TIMESTAMP) AND TS)"),
        ("i > 1.5", "(I > 1.5)"),
    ],
)
def test_casts_are_written_out(text: str, expected: str) -> None:
    assert settled(text) == expected


def test_refusals_name_the_use_and_the_columns() -> None:
    schema = LogicalSchema((Column("I", t.INTEGER),), (Column("S", t.STRING),))
    with pytest.raises(SqlError) as error:
        settle(parse_expression("i IN (true)"), {"I": t.INTEGER}, REGISTRY, what="Predicate", schema=schema)
    assert error.value.message == (
        "Invalid Predicate: operator does not exist: INTEGER = BOOLEAN (true)\n"
        "Hint: You might need to add explicit type casts.. expression: (I IN (true)), "
        "schema:`I` INTEGER KEY, `S` STRING"
    )


def test_between_compares_with_both_ends() -> None:
    with pytest.raises(SqlError, match=r"Invalid Select: Cannot compare I \(INTEGER\) to 'a' \(STRING\)"):
        settled("i BETWEEN 1 AND 'a'")
