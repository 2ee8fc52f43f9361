import json
from decimal import Decimal

import pytest

from clickstream.node import entities
from clickstream.server.ksqldb.encode import TYPE_NAMES, dump, encode_entity, row_encoder
from clickstream.sql.types import (
    BIGINT,
    BYTES,
    DATE,
    STRING,
    TIME,
    TIMESTAMP,
    ArrayType,
    DecimalType,
    MapType,
    SqlType,
    StructType,
)


def test_every_entity_has_a_type_name() -> None:
    made = {c for c in vars(entities).values() if isinstance(c, type) and issubclass(c, entities.Entity)}
    assert made - {entities.Entity} == set(TYPE_NAMES)
    assert len(set(TYPE_NAMES.values())) == len(TYPE_NAMES)


def test_an_entity_begins_with_its_type_and_keeps_nulls() -> None:
    entity = entities.CurrentStatus(
        statement_text="DROP STREAM a;",
        command_id="stream/A/drop",
        command_status=entities.CommandStatus("SUCCESS", "done"),
        command_sequence_number=4,
        warnings=["careful"],
    )
    body = encode_entity(entity)
    assert list(body)[:2] == ["@type", "statementText"]
    assert body == {
        "@type": "currentStatus",
        "statementText": "DROP STREAM a;",
        "commandId": "stream/A/drop",
        "commandStatus": {"status": "SUCCESS", "message": "done", "queryId": None},
        "commandSequenceNumber": 4,
        "warnings": [{"message": "careful"}],
    }


def test_optional_parts_are_left_out_and_maps_keep_their_keys() -> None:
    schema = entities.SchemaInfo("DECIMAL", parameters={"precision": 4, "scale": 2})
    entity = entities.TypeList(statement_text="", types={"my_type": schema})
    assert encode_entity(entity)["types"] == {
        "my_type": {
            "type": "DECIMAL",
            "fields": None,
            "memberSchema": None,
            "parameters": {"precision": 4, "scale": 2},
        }
    }
    field = entities.FieldInfo("A", entities.SchemaInfo("INTEGER"))
    body = encode_entity(
        entities.TypeList(statement_text="", types={"T": entities.SchemaInfo("STRUCT", [field])})
    )
    assert body["types"]["T"]["fields"] == [
        {"name": "A", "schema": {"type": "INTEGER", "fields": None, "memberSchema": None}}
    ]


def test_numbers_are_written_exactly() -> None:
    assert dump([9007199254740993, 1.0, Decimal("12.50"), Decimal("1E+2"), True, None]) == (
        b"[9007199254740993,1.0,12.50,100,true,null]"
    )


def test_rows_of_plain_types_are_handed_through() -> None:
    row = (1, "a", None)
    assert row_encoder([BIGINT, STRING, None])(row) is row


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        (BYTES, b"\x00a", "AGE="),
        (DATE, 18_000, "2019-04-14"),
        (DATE, -1, "1969-12-31"),
        (TIME, 3_600_000, "01:00"),
        (TIME, 3_601_000, "01:00:01"),
        (TIME, 1, "00:00:00.001"),
        (TIMESTAMP, 0, "1970-01-01T00:00:00.000"),
        (TIMESTAMP, -1, "1969-12-31T23:59:59.999"),
        (ArrayType(DATE), [0, None], ["1970-01-01", None]),
        (MapType(STRING, BYTES), {"a": b"a", "b": None}, {"a": "YQ==", "b": None}),
        (StructType((("D", DATE), ("N", BIGINT))), {"D": 0, "N": 5}, {"D": "1970-01-01", "N": 5}),
        (DecimalType(4, 2), Decimal("1.50"), Decimal("1.50")),
        (DATE, None, None),
    ],
)
def test_times_and_bytes_are_text(type_: SqlType, value: object, text: object) -> None:
    assert list(row_encoder([type_, STRING])((value, "x"))) == [text, "x"]


def test_what_is_written_is_json() -> None:
    assert json.loads(dump({"a": [1.5e300, "\u2028"], 1: 2})) == {"a": [1.5e300, "\u2028"], "1": 2}
