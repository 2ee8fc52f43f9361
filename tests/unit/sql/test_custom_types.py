import pytest

from clickstream.core.errors import UnknownName
from clickstream.sql.custom_types import resolve_type
from clickstream.sql.parser import parse_type
from clickstream.sql.types import INTEGER, STRING, SqlType, StructType
from tests.helpers.planning import PlanningDesk

ADDRESS = StructType((("STREET", STRING), ("NUMBER", INTEGER)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("address", "STRUCT<`STREET` STRING, `NUMBER` INTEGER>"),
        ("MAP<STRING, ARRAY<address>>", "MAP<STRING, ARRAY<STRUCT<`STREET` STRING, `NUMBER` INTEGER>>>"),
        ("STRUCT<home address>", "STRUCT<`HOME` STRUCT<`STREET` STRING, `NUMBER` INTEGER>>"),
        ("INT", "INTEGER"),
    ],
)
def test_names_are_replaced_at_any_depth(text: str, expected: str) -> None:
    type_ = parse_type(text)
    assert isinstance(type_, SqlType)
    assert str(resolve_type(type_, {"ADDRESS": ADDRESS})) == expected


def test_unknown_names_come_with_near_ones() -> None:
    type_ = parse_type("adress")
    with pytest.raises(UnknownName, match="Cannot resolve unknown type: ADRESS") as error:
        resolve_type(type_, {"ADDRESS": ADDRESS})
    assert error.value.suggestions == ("ADDRESS",)


def test_columns_and_casts_may_use_them() -> None:
    desk = PlanningDesk()
    desk.run(
        "CREATE TYPE whole AS BIGINT;"
        "CREATE STREAM s (k INT KEY, u whole, v INT) WITH (kafka_topic='s', value_format='json');"
        "CREATE STREAM out AS SELECT k, u, CAST(v AS whole) AS w FROM s;"
    )
    assert [str(c.type) for c in desk.catalog.sources["OUT"].schema.value] == ["BIGINT", "BIGINT"]
