"""The description of a pipeline: which files make it, and which tables go to Elasticsearch.

It is the `pipeline` of `clickstream.yaml`; the click pipeline is the packaged file's content and nothing in
the code knows it. Another set of SQL files, tables and dashboards runs the same way.
"""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clickstream.core.errors import NotFound, SettingsError
from clickstream.core.paths import Assets
from clickstream.core.settings import SETTINGS_FILE

__all__ = ["Pipeline", "Sink", "read_pipeline"]

SINK_PREFIX = "es_sink_"


class Sink(BaseModel):
    """How a table becomes documents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: tuple[str, ...] = Field(min_length=1)
    """Columns that tell one row from another; their values make the document's id."""
    time_field: str = "EVENT_TS"


class Pipeline(BaseModel):
    """A pipeline. Paths are relative to the project folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connectors: str
    statements: tuple[str, ...] = Field(min_length=1)
    drop: str
    ingest: str | None = None
    """Statements that access logs need besides: what generated data would bring along."""
    index_template: str
    dashboards: str = "grafana/dashboards"
    datasources: str = "grafana/datasources"
    sinks: dict[str, Sink] = Field(min_length=1)

    def tables(self, names: tuple[str, ...] = ()) -> list[str]:
        """Return the tables that have a sink: all, or the named ones in whatever case. Raises: NotFound."""
        for name in names:
            if name.upper() not in self.sinks:
                raise NotFound(
                    f"table {name} has no sink in the pipeline",
                    hint=f"the tables are {', '.join(self.sinks)}",
                )
        return [name.upper() for name in names] or list(self.sinks)


def sink_name(table: str) -> str:
    """Return the name of the table's sink connector."""
    return SINK_PREFIX + table


def index_name(table: str) -> str:
    """Return the name of the table's index.

    Source: the Elasticsearch sink connector: the index is the topic in lower case.
    """
    return table.lower()


def read_pipeline(assets: Assets) -> Pipeline:
    """Return the pipeline of the project's `clickstream.yaml`, or the packaged one where it has none.

    Raises: SettingsError if it is not a pipeline.
    """
    for path in (assets.project / SETTINGS_FILE, assets.packaged / SETTINGS_FILE):
        described = read_yaml(path)
        if "pipeline" in described:
            try:
                return Pipeline.model_validate(described["pipeline"])
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(("pipeline", *(str(part) for part in first["loc"])))
                raise SettingsError(f"{assets.shown(path)}: {where}: {first['msg']}") from error
    raise SettingsError(
        f"no pipeline in {SETTINGS_FILE}", hint="`clickstream init .` writes one to start from"
    )


def read_yaml(path: Path) -> dict[str, object]:
    """Return a YAML file's mapping; empty if there is no file. Raises: SettingsError."""
    if not path.exists():
        return {}
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    if not isinstance(read, dict):
        raise SettingsError(f"{path} is not a mapping of settings")
    return read
