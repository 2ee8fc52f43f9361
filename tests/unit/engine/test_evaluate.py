from decimal import Decimal
from typing import Any

import pytest

from clickstream.engine.evaluate import compile_predicate, compile_tuple
from clickstream.engine.scope import Scope
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.parser import parse_expression
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    DecimalType,
    MapType,
    StructType,
)

COLUMNS = {
    "I": (INTEGER, 7),
    "J": (INTEGER, -2),
    "BIG": (BIGINT, 2**62),
    "D": (DOUBLE, 2.5),
    "Z": (DOUBLE, 0.0),
    "M": (DecimalType(4, 2), Decimal("1.25")),
    "S": (STRING, "GET /index.html"),
    "T": (BOOLEAN, True),
    "F": (BOOLEAN, False),
    "TS": (TIMESTAMP, 86_400_000),
    "DAY": (DATE, 1),
    "ARR": (ArrayType(INTEGER), [10, 20, 30]),
    "MAPPED": (MapType(STRING, INTEGER), {"a": 1}),
    "ST": (StructType((("X", INTEGER), ("Y", STRING))), {"X": 5, "Y": "y"}),
    "NI": (INTEGER, None),
    "NS": (STRING, None),
    "NT": (BOOLEAN, None),
    "NA": (ArrayType(INTEGER), None),
    "NST": (StructType((("X", INTEGER),)), None),
}
SCHEMA = LogicalSchema((Column("K", STRING),), tuple(Column(n, t) for n, (t, _) in COLUMNS.items()))
SCOPE = Scope.of(SCHEMA, windowed=True)
VALUE = tuple(v for _, v in COLUMNS.values())


class Reports(list[tuple[str, str]]):
    def __call__(self, what: str, error: Exception) -> None:
        self.append((what, str(error)))


def evaluate(text: str, reports: Reports | None = None) -> Any:
    report = Reports() if reports is None else reports
    row = compile_tuple(SCOPE, REGISTRY, [("X", parse_expression(text))], report)
    (result,) = row(("key", 1000, 2000), VALUE, 1500)
    if reports is None:
        assert report == []
    return result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1", 1),
        ("'it''s'", "it's"),
        ("true", True),
        ("K", "key"),
        ("WINDOWEND - WINDOWSTART", 1000),
        ("ROWTIME", 1500),
        ("I + J", 5),
        ("I - J * 2", 11),
        ("I / J", -3),
        ("I % J", 1),
        ("J % I", -2),
        ("-J", 2),
        ("2147483647 + I", -2147483642),
        ("BIG + BIG", -(2**63)),
        ("I / D", 2.8),
        ("D / Z", float("inf")),
        ("-D / Z", float("-inf")),
        ("D % 2e0", 0.5),
        ("I + NI", None),
        ("-NI", None),
        ("S + '!'", "GET /index.html!"),
        ("S || NS", "GET /index.html"),
    ],
)
def test_literals_columns_and_arithmetic(text: str, result: Any) -> None:
    assert evaluate(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("M + 1", "2.25"),
        ("M * M", "1.5625"),
        ("M - 2.005", "-0.755"),
        ("M + I", "8.25"),
    ],
)
def test_decimals_keep_their_scale(text: str, result: str) -> None:
    assert evaluate(text).as_tuple() == Decimal(result).as_tuple()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("I = 7", True),
        ("I <> 7", False),
        ("NI = 7", False),
        ("NI <> 7", False),
        ("NOT (NI = 7)", True),
        ("I IS DISTINCT FROM NI", True),
        ("NI IS NOT DISTINCT FROM NI", True),
        ("M = 1.25e0", True),
        ("I >= D", True),
        ("S > 'A'", True),
        ("TS = '1970-01-02'", True),
        ("DAY = TS", True),
        ("DAY < '1970-01-03'", True),
        ("ARR = ARRAY[10, 20, 30]", True),
        ("I BETWEEN 7 AND 8", True),
        ("I NOT BETWEEN 7 AND 8", False),
        ("NI BETWEEN 1 AND 2", False),
        ("I IN (1, 7)", True),
        ("I IN (1, NI, NULL)", False),
        ("NI IN (1, 2)", False),
        ("I NOT IN (1, 2)", True),
        ("S IN ('a', NS)", False),
        ("NI IS NULL", True),
        ("S IS NOT NULL", True),
        ("T AND F", False),
        ("F AND NT", False),
        ("T OR NT", True),
        ("F OR T", True),
        ("S LIKE '%html%'", True),
        ("S LIKE 'GET%'", True),
        ("S LIKE '%.html'", True),
        ("S LIKE '%htm_'", True),
        ("S NOT LIKE '%css'", True),
        ("NS LIKE '%'", False),
        ("S LIKE K", False),
    ],
)
def test_conditions(text: str, result: bool) -> None:
    assert evaluate(text) is result


@pytest.mark.parametrize(
    "text",
    [
        "NT AND T",
        "NOT NT",
        "T AND NT",
        "F OR NT",
        "CASE WHEN NT THEN 'x' ELSE 'y' END",
        "COALESCE(NI + 1, 0)",
        "NOT (NI + 1 > 0)",
        "NOT (-NI = 1)",
    ],
)
def test_null_where_java_unboxes_it_makes_the_whole_expression_null(text: str) -> None:
    reports = Reports()
    assert evaluate(text, reports) is None
    assert len(reports) == 1


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("CASE WHEN I > 5 THEN 'big' ELSE 'small' END", "big"),
        ("CASE WHEN NI > 1 THEN 'y' END", None),
        ("CASE I WHEN 1 THEN 'one' WHEN 7 THEN 'seven' END", "seven"),
        ("CASE WHEN T THEN 1 ELSE 1 / 0 END", 1),
        ("ARR[1]", 10),
        ("ARR[-1]", 30),
        ("ARR[0]", None),
        ("ARR[4]", None),
        ("ARR[NI]", None),
        ("NA[1]", None),
        ("MAPPED['a']", 1),
        ("MAPPED['b']", None),
        ("ST->X", 5),
        ("NST->X", None),
        ("ARRAY[I, BIG]", [7, 2**62]),
        ("ARRAY[1, NULL]", [1, None]),
        ("MAP('x' := I, 'y' := NI)", {"x": 7, "y": None}),
        ("STRUCT(A := I, B := S)", {"A": 7, "B": "GET /index.html"}),
        ("CAST(I AS STRING)", "7"),
        ("CAST(D AS INT)", 2),
        ("CAST(S AS INT)", None),
        ("CAST(NI AS STRING)", None),
        ("CAST('12.5' AS DOUBLE)", 12.5),
        ("UCASE(K)", "KEY"),
        ("UCASE(NS)", None),
        ("COALESCE(NS, K)", "key"),
        ("AS_VALUE(K)", "key"),
        ("LEN(S) + 1", 16),
    ],
)
def test_cases_structures_casts_and_calls(text: str, result: Any) -> None:
    assert evaluate(text, Reports()) == result


@pytest.mark.parametrize("text", ["I / 0", "I % 0", "CAST(S AS INT)", "M / 0"])
def test_what_fails_is_null_and_reported(text: str) -> None:
    reports = Reports()
    assert evaluate(text, reports) is None
    assert len(reports) == 1
    assert reports[0][0].startswith("X: ")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ARRAY[I, NI + 1]", [7, None]),
        ("MAP('a' := I / 0, 'b' := 1)", {"a": None, "b": 1}),
        ("STRUCT(A := I, B := CAST(S AS INT))", {"A": 7, "B": None}),
    ],
)
def test_in_a_structure_only_the_part_that_fails_is_null(text: str, result: Any) -> None:
    reports = Reports()
    assert evaluate(text, reports) == result
    assert len(reports) == 1


def test_a_failing_column_leaves_the_others() -> None:
    reports = Reports()
    columns = [("A", parse_expression("I / 0")), ("B", parse_expression("I"))]
    row = compile_tuple(SCOPE, REGISTRY, columns, reports)
    assert row(("key", 0, 0), VALUE, 0) == (None, 7)


def test_a_predicate_is_true_or_not() -> None:
    def matches(text: str) -> bool:
        predicate = compile_predicate(SCOPE, REGISTRY, parse_expression(text), Reports())
        return predicate(("key", 0, 0), VALUE, 0)

    assert matches("I > 5") is True
    assert matches("NT") is False
    assert matches("I / 0 = 1") is False
