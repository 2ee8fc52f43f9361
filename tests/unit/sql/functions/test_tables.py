from typing import Any

import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.functions.registry import REGISTRY
from tests.helpers.functions import type_named


@pytest.mark.parametrize(
    ("name", "type_", "value", "rows"),
    [
        ("EXPLODE", "ARRAY<INT>", [1, None], [1, None]),
        ("EXPLODE", "ARRAY<MAP<STRING, INT>>", [{"a": 1}], [{"a": 1}]),
        ("EXPLODE", "ARRAY<INT>", None, []),
        ("CUBE_EXPLODE", "ARRAY<INT>", [1, 2], [[None, None], [None, 2], [1, None], [1, 2]]),
        ("CUBE_EXPLODE", "ARRAY<INT>", [1, None], [[None, None], [1, None]]),
        ("CUBE_EXPLODE", "ARRAY<STRING>", [], [[]]),
        ("CUBE_EXPLODE", "ARRAY<STRING>", None, []),
    ],
)
def test_rows(name: str, type_: str, value: Any, rows: list[Any]) -> None:
    assert list(REGISTRY.table(name, [type_named(type_)]).call(value)) == rows


def test_result_types() -> None:
    assert REGISTRY.table("explode", [type_named("ARRAY<ARRAY<INT>>")]).returns == type_named("ARRAY<INT>")
    assert REGISTRY.table("cube_explode", [type_named("ARRAY<INT>")]).returns == type_named("ARRAY<INT>")


def test_arguments_that_are_no_arrays() -> None:
    with pytest.raises(SqlError, match=r"Function 'explode' does not accept parameters \(STRING\)"):
        REGISTRY.table("EXPLODE", [type_named("STRING")])
