from typing import Any

import pytest

from clickstream.engine.serde.kafka_format import KafkaValue
from clickstream.sql.schema import Column
from clickstream.sql.types import BIGINT, BYTES, DOUBLE, INTEGER, STRING, SqlType


@pytest.mark.parametrize(
    ("type_", "value", "raw"),
    [
        (INTEGER, 15, b"\x00\x00\x00\x0f"),
        (INTEGER, -1, b"\xff\xff\xff\xff"),
        (BIGINT, 1, b"\x00\x00\x00\x00\x00\x00\x00\x01"),
        (DOUBLE, 1.5, b"\x3f\xf8\x00\x00\x00\x00\x00\x00"),
        (STRING, "\u00e9", b"\xc3\xa9"),
        (BYTES, b"\x00\x01", b"\x00\x01"),
    ],
)
def test_values_are_big_endian_or_text(type_: SqlType, value: Any, raw: bytes) -> None:
    side = KafkaValue(Column("X", type_))
    assert side.encode((value,)) == raw
    assert side.decode(raw) == (value,)


def test_null_is_no_bytes() -> None:
    assert KafkaValue(Column("X", INTEGER)).encode((None,)) is None


def test_a_wrong_size_is_bad() -> None:
    with pytest.raises(ValueError, match="Size of data received is not 4"):
        KafkaValue(Column("X", INTEGER)).decode(b"\x00")
