import pytest

from clickstream.connectors.converters import CONVERTERS, converter_of, converter_settings
from clickstream.core.errors import InvalidConnectorConfig

PREFIX = "org.apache.kafka.connect"


@pytest.mark.parametrize(
    ("name", "value", "data"),
    [
        ("converters.IntegerConverter", 404, b"\0\0\x01\x94"),
        ("converters.IntegerConverter", -1, b"\xff\xff\xff\xff"),
        ("converters.LongConverter", 2**40, b"\0\0\x01\0\0\0\0\0"),
        ("converters.ShortConverter", 2, b"\0\x02"),
        ("converters.DoubleConverter", 1.5, b"\x3f\xf8\0\0\0\0\0\0"),
        ("converters.ByteArrayConverter", b"\0x", b"\0x"),
        ("storage.StringConverter", "zürich", "zürich".encode()),
    ],
)
def test_values_become_bytes_and_back(name: str, value: object, data: bytes) -> None:
    converter = converter_of({"key.converter": f"{PREFIX}.{name}"}, "key.converter")
    assert converter.encode(value) == data
    assert converter.decode(data) == value
    assert (converter.encode(None), converter.decode(None)) == (None, None)


def test_text_takes_any_value_as_java_would_write_it() -> None:
    encode = converter_of({}, "key.converter").encode
    assert [encode(value) for value in (7, True, "x")] == [b"7", b"true", b"x"]


@pytest.mark.parametrize("value", ["200", True, 2**31])
def test_what_is_no_integer_is_refused(value: object) -> None:
    encode = converter_of({"key.converter": "IntegerConverter"}, "key.converter").encode
    with pytest.raises(ValueError, match="Failed to serialize to integer"):
        encode(value)


def test_bytes_of_another_length_are_no_integer() -> None:
    with pytest.raises(ValueError, match="deserializer is not 4"):
        converter_of({"key.converter": "IntegerConverter"}, "key.converter").decode(b"12345")


def test_json_has_no_schema_unless_a_converter_is_named() -> None:
    assert converter_of({}, "value.converter").encode({"a": 1}) == b'{"a":1}'
    named = converter_of({"value.converter": "JsonConverter"}, "value.converter")
    assert named.decode(named.encode({"a": 1, "b": ["x"], "c": None})) == {"a": 1, "b": ["x"], "c": None}
    with pytest.raises(ValueError, match=r"schemas.enable=false"):
        named.decode(b'{"a":1}')


def test_bytes_that_are_no_json_are_refused() -> None:
    with pytest.raises(ValueError, match="serialization error"):
        converter_of({}, "value.converter").decode(b"{")


def test_a_converter_that_is_not_there_is_refused_by_name() -> None:
    config = {"value.converter": "io.confluent.connect.avro.AvroConverter"}
    with pytest.raises(InvalidConnectorConfig, match=r"Class io.confluent.connect.avro.AvroConverter could"):
        converter_of(config, "value.converter")
    assert converter_settings(config, "value.converter").keys == ()


def test_a_converters_own_settings_are_shown_with_their_prefix() -> None:
    config = {"key.converter": "IntegerConverter"}
    (entry,) = converter_settings(config, "key.converter").validate(config)
    assert entry["value"] == {
        "name": "key.converter.converter.type",
        "value": "key",
        "recommended_values": [],
        "errors": [],
        "visible": True,
    }


def test_every_converter_can_be_made() -> None:
    for plugin in CONVERTERS:
        assert converter_of({"value.converter": plugin.class_name}, "value.converter").encode(None) is None
