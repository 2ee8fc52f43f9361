import pytest

from clickstream.connectors.transforms import transform_settings, transforms_of
from clickstream.core.errors import InvalidConnectorConfig

NULL_FILTER = {
    "transforms": "FilterNulls",
    "transforms.FilterNulls.type": "io.confluent.transforms.NullFilter",
}


def test_the_null_filter_drops_nulls() -> None:
    assert transforms_of(NULL_FILTER).drop_nulls
    assert not transforms_of({}).drop_nulls


def test_other_transforms_are_refused_by_name() -> None:
    config = {"transforms": "r", "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter"}
    with pytest.raises(InvalidConnectorConfig, match="RegexRouter could not be found"):
        transforms_of(config)
    (entry,) = transform_settings(config).validate(config)
    assert "RegexRouter could not be found" in entry["value"]["errors"][0]


def test_a_transform_without_a_type_is_refused() -> None:
    with pytest.raises(InvalidConnectorConfig, match=r'Missing required configuration "transforms.r.type"'):
        transforms_of({"transforms": "r"})
