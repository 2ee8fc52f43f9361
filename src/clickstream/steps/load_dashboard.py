"""Loads datasources and dashboards into Grafana, or into the embedded pages that draw the same files."""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Literal

from clickstream.core.errors import SettingsError
from clickstream.steps.context import StepContext
from clickstream.steps.pipeline import read_yaml

__all__ = ["Loaded", "dashboard_paths", "load_dashboard"]

Outcome = Literal["created", "changed", "unchanged"]
GIVEN_BY_SERVER = ("id", "version")
"""Fields of a dashboard that Grafana counts by itself."""


@dataclass(frozen=True)
class Loaded:
    """What came of one datasource or dashboard; `url` opens a dashboard."""

    kind: Literal["datasource", "dashboard"]
    uid: str
    title: str
    outcome: Outcome
    url: str = ""


def load_dashboard(context: StepContext) -> list[Loaded]:
    """Load what differs from what is there, datasources first, and return what came of each.

    Raises: SettingsError if a file is not what it should be; what Grafana answers.
    """
    sources = [load_source(context, body) for body in read_datasources(context)]
    return sources + [
        load_one(context, path) for path in context.assets.glob(context.pipeline.dashboards, "*.json")
    ]


def read_datasources(context: StepContext) -> list[dict[str, Any]]:
    """Return the datasources of the provisioning files, with Elasticsearch's URL put in."""
    found: list[dict[str, Any]] = []
    for path in context.assets.glob(context.pipeline.datasources, "*.yaml"):
        sources = read_yaml(path).get("datasources")
        if not isinstance(sources, list):
            raise SettingsError(f"{context.assets.shown(path)} lists no datasources")
        found += sources
    url = context.endpoints.elasticsearch_inside
    return [
        source | {"url": Template(source["url"]).safe_substitute(ELASTICSEARCH_URL=url)} for source in found
    ]


def dashboard_paths(context: StepContext) -> dict[str, str]:
    """Return the paths below Grafana's URL that open the pipeline's dashboards, by title."""
    models = [
        read_model(context, path) for path in context.assets.glob(context.pipeline.dashboards, "*.json")
    ]
    return {str(model.get("title", model["uid"])): f"/d/{model['uid']}" for model in models}


def load_source(context: StepContext, body: dict[str, Any]) -> Loaded:
    """Create or change one datasource."""
    uid = str(body["uid"])
    context.progress.waiting(f"datasource {uid}")
    present = context.grafana.datasource(uid)
    outcome: Outcome = "unchanged"
    if present is None:
        context.grafana.create_datasource(body)
        outcome = "created"
    elif any(present.get(name) != value for name, value in body.items()):
        context.grafana.update_datasource(uid, body)
        outcome = "changed"
    return Loaded("datasource", uid, str(body["name"]), outcome)


def load_one(context: StepContext, path: Path) -> Loaded:
    """Create or change one dashboard."""
    model = read_model(context, path)
    uid, title = str(model["uid"]), str(model.get("title", ""))
    context.progress.waiting(f"dashboard {title}")
    present = context.grafana.dashboard(uid)
    outcome: Outcome = "created" if present is None else "unchanged"
    if present is None or comparable(present) != comparable(model):
        outcome = "created" if present is None else "changed"
        context.grafana.put_dashboard(model)
    return Loaded("dashboard", uid, title, outcome, f"{context.endpoints.grafana}/d/{uid}")


def read_model(context: StepContext, path: Path) -> dict[str, Any]:
    """Return the dashboard of a file. Raises: SettingsError."""
    try:
        model = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{context.assets.shown(path)} cannot be read: {error}") from error
    if not isinstance(model, dict) or "uid" not in model:
        raise SettingsError(f"{context.assets.shown(path)} is not a dashboard with a uid")
    return model


def comparable(model: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a dashboard that a file decides."""
    return {name: value for name, value in model.items() if name not in GIVEN_BY_SERVER}
