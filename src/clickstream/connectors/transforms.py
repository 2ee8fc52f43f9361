"""Single-message transforms: the null filter; every other one is refused by name, never skipped silently."""

from collections.abc import Mapping
from dataclasses import dataclass

from clickstream.connectors.config_def import REQUIRED, ConfigDef, ConfigKey
from clickstream.core.errors import InvalidConnectorConfig

__all__ = ["NULL_FILTER", "Transforms", "transform_settings", "transforms_of"]

NULL_FILTER = "io.confluent.transforms.NullFilter"


@dataclass(frozen=True, slots=True)
class Transforms:
    """What the transforms of a connector do."""

    drop_nulls: bool = False


def _aliases(config: Mapping[str, str]) -> list[str]:
    return [alias.strip() for alias in config.get("transforms", "").split(",") if alias.strip()]


def transforms_of(config: Mapping[str, str]) -> Transforms:
    """Return the transforms that a configuration names.

    Raises: InvalidConnectorConfig if one has no type or is not supported.
    """
    drop_nulls = False
    for alias in _aliases(config):
        setting = f"transforms.{alias}.type"
        class_name = config.get(setting)
        if class_name is None:
            raise InvalidConnectorConfig(
                f'Missing required configuration "{setting}" which has no default value.'
            )
        reason = _supported(setting, class_name)
        if reason:
            raise InvalidConnectorConfig(reason)
        drop_nulls = True
    return Transforms(drop_nulls)


def transform_settings(config: Mapping[str, str]) -> ConfigDef:
    """Return the settings that the named transforms add."""
    return ConfigDef(
        tuple(
            ConfigKey(
                f"transforms.{alias}.type",
                "CLASS",
                REQUIRED,
                "HIGH",
                f"The class of the transformation {alias}: {NULL_FILTER}.",
                _supported,
                group=f"Transforms: {alias}",
                order=0,
                width="LONG",
                display_name=f"Transformation type for {alias}",
            )
            for alias in _aliases(config)
        )
    )


def _supported(name: str, value: object) -> str | None:
    if value == NULL_FILTER:
        return None
    return (
        f"Invalid value {value} for configuration {name}: Class {value} could not be found. "
        f"Supported here is {NULL_FILTER}"
    )
