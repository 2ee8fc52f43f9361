"""All settings of a run, read once at the edge and passed down.

An option beats the environment (`CLICKSTREAM_…`), which beats `clickstream.yaml`, which beats the default.
"""

from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from clickstream.core.errors import SettingsError
from clickstream.core.login import is_loopback

__all__ = ["PORTS", "SETTINGS_FILE", "BackendChoice", "Settings"]

PORTS = {"ksqldb": 8088, "connect": 8083, "elasticsearch": 9200, "grafana": 3000}
"""The services' ports before `port_offset` is added; the real services' defaults."""

SETTINGS_FILE = "clickstream.yaml"
"""Read from the working folder. Its `pipeline` is not a setting: `steps/pipeline.py` reads that."""

BackendChoice = Literal["auto", "embedded", "compose", "remote"]

MAX_PORT_OFFSET = 65535 - max(PORTS.values())


class Settings(BaseSettings):
    """The settings of one run."""

    model_config = SettingsConfigDict(
        env_prefix="CLICKSTREAM_", yaml_file=SETTINGS_FILE, frozen=True, extra="ignore"
    )

    backend: BackendChoice = Field("auto", description="Where the services run; auto means embedded.")
    data_dir: Path = Field(
        Path(".clickstream"), description="Folder of the embedded server's topics, state and documents."
    )
    port_offset: int = Field(
        0,
        ge=0,
        le=MAX_PORT_OFFSET,
        description="Added to every port, so that stacks do not collide.",
    )
    host: str = Field("127.0.0.1", description="Address that the services listen on and are reached at.")
    login: bool | None = Field(
        None,
        description="Embedded backend: ask for a login at the pages. "
        "If not set, only where other machines can reach them.",
    )
    debug: bool = Field(False, description="Show tracebacks, and more in the server's log.")
    timeout_s: float = Field(120.0, gt=0, description="Deadline of each wait, in seconds.")
    ksqldb_url: str | None = Field(None, description="Remote backend: URL of ksqlDB.")
    connect_url: str | None = Field(None, description="Remote backend: URL of Kafka Connect.")
    elasticsearch_url: str | None = Field(None, description="Remote backend: URL of Elasticsearch.")
    grafana_url: str | None = Field(None, description="Remote backend: URL of Grafana.")
    elasticsearch_inside_url: str | None = Field(
        None,
        description="Remote backend: URL of Elasticsearch as Connect and Grafana reach it, where it differs.",
    )
    grafana_user: str = Field("user", description="Remote backend: login of Grafana.")
    grafana_password: str = Field("user", description="Remote backend: password of Grafana.")

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
            raise SettingsError(
                f"setting {name}: {first['msg']}",
                hint=f"it comes from an option, from CLICKSTREAM_{name.upper()} or from {SETTINGS_FILE}",
            ) from error
        except (yaml.YAMLError, SourceError, TypeError, ValueError) as error:
            raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error}") from error

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

    @property
    def asks_login(self) -> bool:
        """Whether the embedded pages ask for a login."""
        return not is_loopback(self.host) if self.login is None else self.login

    def port(self, service: str) -> int:
        """Return the port of `service` (a key of PORTS)."""
        return PORTS[service] + self.port_offset

    def url(self, service: str) -> str:
        """Return the base URL of `service` on the embedded or compose backend."""
        return f"http://{self.host}:{self.port(service)}"
