"""All settings of a run, read once at the edge and passed down.

An option beats the environment (`CLICKSTREAM_…`), which beats `clickstream.yaml`, which beats the default.
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from clickstream.core.errors import SettingsError

__all__ = ["PORTS", "Settings"]

PORTS = {"ksqldb": 8088, "connect": 8083, "elasticsearch": 9200, "grafana": 3000}
"""The services' ports before `port_offset` is added; the real services' defaults."""

SETTINGS_FILE = "clickstream.yaml"


class Settings(BaseSettings):
    """The settings of one run."""

    model_config = SettingsConfigDict(
        env_prefix="CLICKSTREAM_", yaml_file=SETTINGS_FILE, frozen=True, extra="ignore"
    )

    backend: Literal["auto", "embedded", "compose", "remote"] = "auto"
    data_dir: Path = Path(".clickstream")
    port_offset: int = 0
    host: str = "127.0.0.1"
    debug: bool = False

    @classmethod
    def read(cls, **options: Any) -> Self:
        """Return the settings; options that are None do not count.

        Raises: SettingsError if a value does not fit or the file is not YAML.
        """
        given = {name: value for name, value in options.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"setting {name}: {first['msg']}") from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, then the environment, then the file."""
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)

    def port(self, service: str) -> int:
        """Return the port of `service` (a key of PORTS)."""
        return PORTS[service] + self.port_offset

    def url(self, service: str) -> str:
        """Return the base URL of `service` on the embedded or compose backend."""
        return f"http://{self.host}:{self.port(service)}"
