"""The `Warning` header by which Elasticsearch says that something is deprecated."""

from typing import Any

from clickstream.server.elasticsearch.cluster import VERSION

__all__ = ["search_warnings", "warning"]


def warning(text: str) -> dict[str, str]:
    """Return the header of a warning."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return {"Warning": f'299 Elasticsearch-{VERSION} "{escaped}"'}


def search_warnings(body: Any) -> dict[str, str]:
    """Return the header of what is deprecated in a search, if anything is."""
    aggregations = body.get("aggs", body.get("aggregations")) if isinstance(body, dict) else None
    if not isinstance(aggregations, dict):
        return {}
    for definition in aggregations.values():
        if not isinstance(definition, dict):
            continue
        histogram = definition.get("date_histogram")
        if isinstance(histogram, dict) and "interval" in histogram:
            return warning(
                "[interval] on [date_histogram] is deprecated, use [fixed_interval] or [calendar_interval] "
                "in the future."
            )
        inner = search_warnings(definition)
        if inner:
            return inner
    return {}
