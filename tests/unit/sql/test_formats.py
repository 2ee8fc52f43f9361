import pytest

from clickstream.core.errors import SqlError
from clickstream.sql import types as t
from clickstream.sql.formats import check_schema, wrapping
from clickstream.sql.schema import Column

ONE = (Column("A", t.INTEGER),)
TWO = (*ONE, Column("B", t.STRING))


@pytest.mark.parametrize(
    ("name", "columns", "reason"),
    [
        (
            "KAFKA",
            TWO,
            "The 'KAFKA' format only supports a single field. Got: [`A` INTEGER KEY, `B` STRING KEY]",
        ),
        ("KAFKA", (Column("A", t.BOOLEAN),), "The 'KAFKA' format does not support type 'BOOLEAN'"),
        (
            "NONE",
            ONE,
            "The 'NONE' format can only be used when no columns are defined. Got: [`A` INTEGER KEY]",
        ),
        (
            "DELIMITED",
            (Column("A", t.ArrayType(t.INTEGER)),),
            "The 'DELIMITED' format does not support type 'ARRAY', column: `A`",
        ),
        (
            "JSON",
            (Column("A", t.ArrayType(t.MapType(t.INTEGER, t.INTEGER))),),
            "JSON only supports MAP types with STRING keys",
        ),
    ],
)
def test_what_a_format_cannot_carry(name: str, columns: tuple[Column, ...], reason: str) -> None:
    with pytest.raises(SqlError) as error:
        check_schema(name, columns, "Key")
    assert error.value.message.startswith(f"Key format does not support schema.\nformat: {name}\n")
    assert error.value.message.endswith(f"reason: {reason}")


@pytest.mark.parametrize("name", ["KAFKA", "JSON", "DELIMITED", "NONE"])
def test_no_columns_are_carried_by_all(name: str) -> None:
    check_schema(name, (), "Value")


def test_wrapping_is_for_one_column_of_json() -> None:
    assert wrapping("JSON", ONE, False) == {"UNWRAP_SINGLES"}
    assert wrapping("JSON", ONE, True) == {"WRAP_SINGLES"}
    assert wrapping("KAFKA", ONE, False) == frozenset()
    with pytest.raises(SqlError, match="only valid for single-field value schemas"):
        wrapping("JSON", TWO, True)
    with pytest.raises(SqlError, match="Format 'DELIMITED' does not support"):
        wrapping("DELIMITED", ONE, True)
