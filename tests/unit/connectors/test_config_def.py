"""Definitions and checks, against recorded refusals and definitions."""

import json
from pathlib import Path

import pytest

from clickstream.connectors import standard_config
from clickstream.connectors.config_def import REQUIRED, ConfigDef, ConfigKey, ConfigType, at_least, one_of
from clickstream.connectors.elasticsearch_config import CONFIG as ELASTICSEARCH
from clickstream.core.errors import InvalidConnectorConfig


def key(type_: ConfigType, **options: object) -> ConfigKey:
    return ConfigKey("k", type_, options.pop("default", None), "LOW", "", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("INT", " 7 ", 7),
        ("LONG", "-9223372036854775808", -(2**63)),
        ("BOOLEAN", "True", True),
        ("LIST", "a, b,c", ["a", "b", "c"]),
        ("LIST", "", []),
        ("DOUBLE", "1.5", 1.5),
        ("STRING", " x ", "x"),
        ("PASSWORD", " x ", " x "),
    ],
)
def test_values_get_their_type(type_: ConfigType, text: str, value: object) -> None:
    assert key(type_).parse(text) == value


@pytest.mark.parametrize(
    ("type_", "text", "reason"),
    [
        ("INT", "abc", "Invalid value abc for configuration k: Not a number of type INT"),
        ("INT", "2147483648", "Not a number of type INT"),
        ("SHORT", "40000", "Not a number of type SHORT"),
        ("DOUBLE", "x", "Not a number of type DOUBLE"),
        ("BOOLEAN", "yes", "Expected value to be either true or false"),
    ],
)
def test_values_of_another_type_are_refused_in_connects_words(
    type_: ConfigType, text: str, reason: str
) -> None:
    with pytest.raises(InvalidConnectorConfig, match=reason):
        key(type_).parse(text)


def test_a_missing_required_value_is_refused_in_connects_words() -> None:
    with pytest.raises(InvalidConnectorConfig) as refusal:
        key("STRING", default=REQUIRED).parse(None)
    assert str(refusal.value) == 'Missing required configuration "k" which has no default value.'


def test_validators_say_what_they_want() -> None:
    with pytest.raises(InvalidConnectorConfig, match=r"Invalid value 0 .* Value must be at least 1"):
        key("INT", validator=at_least(1)).parse("0")
    with pytest.raises(InvalidConnectorConfig, match=r"must be one of \(case insensitive\): NONE, ALL"):
        key("STRING", validator=one_of("none", "all")).parse("some")
    assert key("STRING", validator=one_of("none", "all")).parse("ALL") == "ALL"


def test_validation_shows_values_errors_and_no_secrets() -> None:
    keys = ConfigDef((key("PASSWORD"), ConfigKey("n", "INT", 1, "LOW", "")))
    hidden, number = (entry["value"] for entry in keys.validate({"k": "secret", "n": "x"}))
    assert hidden["value"] == "[hidden]"
    assert (number["value"], len(number["errors"])) == ("x", 1)


@pytest.mark.parametrize(
    ("recording", "ours"),
    [
        ("065_validate_ok", standard_config.SOURCE),
        ("068_validate_es_sink", standard_config.SINK + ELASTICSEARCH),
    ],
)
def test_definitions_are_the_recorded_ones_apart_from_their_words(
    shared: Path, recording: str, ours: ConfigDef
) -> None:
    answer = json.loads((shared / "golden/rest/connect" / f"{recording}.json").read_text())["response"]
    theirs = {c["definition"]["name"]: c["definition"] for c in answer["body_json"]["configs"]}
    theirs["type.name"] = {**theirs.get("type.name", {}), "required": False}
    for definition in ours.definitions():
        expected = {**theirs[definition["name"]], "documentation": definition["documentation"]}
        assert definition == expected
        assert definition["documentation"]
