import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.plan import WindowInfo
from clickstream.sql.properties import WithProperties, parse_window_size


def test_formats_come_from_their_own_property_or_from_format() -> None:
    both = WithProperties.of_create({"FORMAT": "json"})
    assert (both.format("KEY"), both.format("VALUE")) == ("JSON", "JSON")
    assert WithProperties.of_create({"VALUE_FORMAT": "Kafka"}).format("VALUE") == "KAFKA"
    assert WithProperties.of_create({}).format("KEY") is None


@pytest.mark.parametrize("name", ["WINDOW_TYPE", "WINDOW_SIZE", "NONSENSE"])
def test_create_as_has_fewer_properties(name: str) -> None:
    with pytest.raises(SqlError, match=rf"Invalid config variable\(s\) in the WITH clause: {name}"):
        WithProperties.of_create_as({name: "x"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"WINDOW_TYPE": "session"}, WindowInfo("SESSION")),
        ({"WINDOW_TYPE": "Tumbling", "WINDOW_SIZE": "30 seconds"}, WindowInfo("TUMBLING", 30_000)),
        ({"WINDOW_TYPE": "HOPPING", "WINDOW_SIZE": "1 day"}, WindowInfo("HOPPING", 86_400_000)),
    ],
)
def test_windows(values: dict[str, object], expected: WindowInfo | None) -> None:
    assert WithProperties.of_create(values).window == expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"WINDOW_TYPE": "SESSION", "WINDOW_SIZE": "1 second"}, "should not be set for SESSION windows"),
        ({"WINDOW_TYPE": "SLIDING"}, "Unknown window type: SLIDING"),
    ],
)
def test_windows_that_make_no_sense(values: dict[str, object], message: str) -> None:
    with pytest.raises(SqlError, match=message):
        _ = WithProperties.of_create(values).window


@pytest.mark.parametrize("text", ["10", "ten seconds", "10 fortnights"])
def test_sizes_that_are_none(text: str) -> None:
    with pytest.raises(SqlError, match="Invalid duration"):
        parse_window_size(text)


def test_delimiters() -> None:
    assert WithProperties.of_create({"VALUE_DELIMITER": "TAB"}).delimiter("VALUE", "DELIMITED") == "\t"
    assert WithProperties.of_create({"KEY_DELIMITER": "|"}).delimiter("KEY", "DELIMITED") == "|"
    assert WithProperties.of_create({}).delimiter("VALUE", "DELIMITED") is None
    with pytest.raises(SqlError, match="Configuration VALUE_DELIMITER is invalid: Invalid delimiter value"):
        WithProperties.of_create({"VALUE_DELIMITER": "<>"}).delimiter("VALUE", "DELIMITED")
    with pytest.raises(SqlError, match=r"JSON does not support the following configs: \[delimiter\]"):
        WithProperties.of_create({"VALUE_DELIMITER": "|"}).delimiter("VALUE", "JSON")


def test_numbers_may_be_text() -> None:
    assert WithProperties.of_create({"PARTITIONS": "4"}).integer("PARTITIONS") == 4
    with pytest.raises(SqlError, match="PARTITIONS"):
        WithProperties.of_create({"PARTITIONS": "many"}).integer("PARTITIONS")


@pytest.mark.parametrize(("given", "expected"), [(True, True), ("false", False), (None, None)])
def test_wrapping(given: object, expected: bool | None) -> None:
    assert WithProperties.of_create({"WRAP_SINGLE_VALUE": given}).wrap_value is expected
