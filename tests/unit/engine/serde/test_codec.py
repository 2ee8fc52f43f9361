import pytest

from clickstream.core.records import Record
from clickstream.engine.rows import NullKey, null_key
from clickstream.engine.serde import Codec, DecodeError
from clickstream.sql.plan import Formats, WindowInfo
from clickstream.sql.schema import Column, HeaderColumn, LogicalSchema
from clickstream.sql.types import ARRAY_OF_STRING, BIGINT, DOUBLE, INTEGER, STRING

SCHEMA = LogicalSchema((Column("K", INTEGER),), (Column("V", STRING),))
TWO_KEYS = LogicalSchema((Column("A", STRING), Column("B", INTEGER)), (Column("V", BIGINT),))


def test_a_record_comes_back_as_it_was_written() -> None:
    codec = Codec(SCHEMA, Formats())
    record = codec.encode((5,), ("x",), 42)
    assert record == Record(b"\x00\x00\x00\x05", b'{"V":"x"}', 42)
    assert codec.decode_key(record.key) == (5,)
    assert codec.decode_value(record.value) == ("x",)


def test_no_key_reads_as_nulls_and_is_written_as_none() -> None:
    codec = Codec(TWO_KEYS, Formats(key="JSON"))
    key = codec.decode_key(None)
    assert key == (None, None)
    assert isinstance(key, NullKey)
    assert codec.encode_key(key) is None
    assert codec.encode_key((None, None)) == b'{"A":null,"B":null}'


def test_one_json_key_is_bare_unless_wrapped() -> None:
    schema = LogicalSchema((Column("K", STRING),), ())
    assert Codec(schema, Formats(key="JSON")).encode_key(("a",)) == b'"a"'
    assert Codec(schema, Formats(key="JSON", wrap_key=True)).encode_key(("a",)) == b'{"K":"a"}'
    assert Codec(schema, Formats(key="JSON")).decode_key(b"null") is null_key(1)


def test_several_keys_are_an_object() -> None:
    codec = Codec(TWO_KEYS, Formats(key="JSON"))
    assert codec.encode_key(("x", 1)) == b'{"A":"x","B":1}'
    assert codec.decode_key(b'{"a":"x","b":"1"}') == ("x", 1)


def test_time_windows_add_their_start_to_the_key() -> None:
    codec = Codec(SCHEMA, Formats(), WindowInfo("TUMBLING", 60_000))
    raw = codec.encode_key((8, 1_699_999_920_000, 1_699_999_980_000))
    assert raw == bytes.fromhex("000000080000018bcfe42f80")
    assert codec.decode_key(raw) == (8, 1_699_999_920_000, 1_699_999_980_000)


def test_sessions_add_their_end_and_then_their_start() -> None:
    schema = LogicalSchema((Column("K", STRING),), (Column("V", STRING),))
    codec = Codec(schema, Formats(), WindowInfo("SESSION"))
    raw = codec.encode_key(("a", 1, 2))
    assert raw == b"a" + (2).to_bytes(8, "big") + (1).to_bytes(8, "big")
    assert codec.decode_key(raw) == ("a", 1, 2)
    with pytest.raises(DecodeError, match="too short"):
        codec.decode_key(b"short")


def test_bad_sides_are_told_apart() -> None:
    codec = Codec(SCHEMA, Formats())
    with pytest.raises(DecodeError) as of_key:
        codec.decode_key(b"123")
    with pytest.raises(DecodeError) as of_value:
        codec.decode_value(b"{")
    assert (of_key.value.side, of_value.value.side) == ("key", "value")


def test_header_columns_are_not_stored() -> None:
    schema = LogicalSchema((), (Column("V", STRING), HeaderColumn("H", ARRAY_OF_STRING)))
    codec = Codec(schema, Formats(key="NONE"))
    assert codec.decode_value(b'{"V":"x","H":"ignored"}') == ("x",)
    assert codec.decode_key(b"anything") == ()


def test_a_value_without_columns_still_is_one() -> None:
    schema = LogicalSchema((Column("K", INTEGER),), ())
    assert Codec(schema, Formats(value="JSON")).encode_value(()) == b"{}"
    assert Codec(schema, Formats(value="DELIMITED")).encode_value(()) == b""
    assert Codec(schema, Formats(value="NONE")).encode_value(()) is None
    assert Codec(schema, Formats(value="JSON")).encode_value(None) is None


def test_equal_keys_that_are_written_differently_are_not_mixed_up() -> None:
    codec = Codec(LogicalSchema((Column("K", DOUBLE),), ()), Formats())
    assert codec.encode_key((0.0,)) != codec.encode_key((-0.0,))


@pytest.mark.parametrize("raw", [b"[" * 5000, b'{"V":' * 5000, b"[" * 5000 + b"]" * 5000])
def test_json_that_nests_too_deep_is_a_bad_record(raw: bytes) -> None:
    codec = Codec(TWO_KEYS, Formats(key="JSON"))
    with pytest.raises(DecodeError, match="value"):
        codec.decode_value(raw)
    with pytest.raises(DecodeError, match="key"):
        codec.decode_key(raw)
