import pytest

from clickstream.core.errors import UnknownName
from clickstream.sql.functions.describe import as_markdown, describe, function_table
from clickstream.sql.functions.registry import REGISTRY


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("count", ["COUNT(T val1) → BIGINT"]),
        ("substring", ["SUBSTRING(VARCHAR str, INT pos) → VARCHAR"]),
        ("round", ["ROUND(INT val) → BIGINT", "ROUND(DECIMAL val) → DECIMAL"]),
        ("concat", ["CONCAT(VARCHAR... inputs) → VARCHAR"]),
        ("topk", ["TOPK(INT val1, ANY... val2, INT k) → ARRAY<STRUCT<sort_col INT, col0 ANY>>"]),
        ("transform", ["TRANSFORM(ARRAY<T> array, LAMBDA (T) => R function) → ARRAY<R>"]),
        (
            "entries",
            ["ENTRIES(MAP<VARCHAR, DOUBLE> map, BOOLEAN sorted) → ARRAY<STRUCT<K VARCHAR, V DOUBLE>>"],
        ),
        ("uuid", ["UUID() → VARCHAR"]),
    ],
)
def test_signatures(name: str, shown: list[str]) -> None:
    assert set(shown) <= set(map(str, describe(name).signatures))


def test_unknown_functions_are_refused() -> None:
    with pytest.raises(UnknownName, match="Can't find any functions with the name 'nothing'"):
        describe("nothing")


def test_the_table_has_every_function() -> None:
    table = function_table()
    assert {text.name for text in table} == set(REGISTRY.names())
    assert [text.kind for text in table] == sorted(
        (text.kind for text in table), key=("scalar", "aggregate", "table").index
    )


def test_markdown() -> None:
    assert as_markdown([describe("lcase")]) == (
        "| function | kind | signatures | what it does |\n| --- | --- | --- | --- |\n"
        "| LCASE | scalar | `LCASE(VARCHAR input) → VARCHAR` | Text in lower case. |\n"
    )
