"""Prepares Elasticsearch: for each table an index template, and a pipeline that gives each row one document.

The sink writes a document for every change of a row. The index's default pipeline makes the document's id
of the row's key fields, so a later change replaces the document and a repeated delivery does no harm.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from clickstream.core.errors import SettingsError
from clickstream.steps.context import StepContext
from clickstream.steps.pipeline import Sink, index_name

__all__ = ["PutTemplate", "put_index_template"]

Outcome = Literal["created", "changed", "unchanged"]
PRIORITY = 200
"""Above the stack's own templates, which have 100."""


@dataclass(frozen=True)
class PutTemplate:
    """What came of one index's template and pipeline."""

    index: str
    name: str
    document_id: str
    outcome: Outcome


def put_index_template(context: StepContext) -> list[PutTemplate]:
    """Put the template and the pipeline of every table's index and return what came of each.

    Raises: SettingsError if the template file is not JSON; what Elasticsearch answers.
    """
    base = read_template(context)
    results: list[PutTemplate] = []
    for table, sink in context.pipeline.sinks.items():
        context.progress.waiting(f"index template of {index_name(table)}")
        results.append(put_one(context, table, sink, base))
    return results


def put_one(context: StepContext, table: str, sink: Sink, base: dict[str, Any]) -> PutTemplate:
    """Put one table's pipeline, then the template that refers to it, where they differ from what is there."""
    index, name = index_name(table), template_name(table)
    pipeline, template = ingest_pipeline(table, sink), index_template(table, base)
    old_pipeline = context.elasticsearch.pipeline(name)
    old_template = context.elasticsearch.index_template(name)
    outcome: Outcome = "created" if old_template is None else "unchanged"
    if old_pipeline is None or old_pipeline.get("processors") != pipeline["processors"]:
        context.elasticsearch.put_pipeline(name, pipeline)
        outcome = "changed" if old_template is not None else outcome
    if old_template is None or old_template.get("_meta") != template["_meta"]:
        context.elasticsearch.put_index_template(name, template)
        outcome = "changed" if old_template is not None else outcome
    return PutTemplate(index, name, document_id(sink), outcome)


def read_template(context: StepContext) -> dict[str, Any]:
    """Return the settings and mappings that all indices share. Raises: SettingsError."""
    path = context.assets.find(context.pipeline.index_template)
    try:
        base = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{context.assets.shown(path)} cannot be read: {error}") from error
    if not isinstance(base, dict):
        raise SettingsError(f"{context.assets.shown(path)} is not an object")
    return base


def index_template(table: str, base: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the table's index template.

    `_meta` carries a digest: what Elasticsearch gives back is written differently from what was put.
    """
    body: dict[str, Any] = {
        "index_patterns": [index_name(table)],
        "priority": PRIORITY,
        "template": base
        | {"settings": base.get("settings", {}) | {"default_pipeline": template_name(table)}},
    }
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
    return body | {"_meta": {"table": table, "digest": digest}}


def ingest_pipeline(table: str, sink: Sink) -> dict[str, Any]:
    """Return the body of the pipeline that makes a document's id of its row's key fields."""
    return {
        "description": f"One document for each row of {table}: its key fields make the id.",
        "processors": [{"set": {"field": "_id", "value": document_id(sink)}}],
    }


def document_id(sink: Sink) -> str:
    """Return the template of a document's id. Three braces: the values are taken as they are, not escaped."""
    return "|".join(f"{{{{{{{column}}}}}}}" for column in sink.key)


def template_name(table: str) -> str:
    """Return the name of the table's template and of its pipeline."""
    return f"clickstream-{index_name(table)}"
