"""The part of Elasticsearch's REST API that prepares and checks the pipeline's indices.

Source: golden/clickstream/sinks, golden/clickstream/es; Elasticsearch 8 reference.
"""

from dataclasses import dataclass
from typing import Any

from clickstream.clients.http import HttpClient
from clickstream.core.errors import NotFound

__all__ = ["ElasticsearchClient", "IndexState"]


@dataclass(frozen=True)
class IndexState:
    """What an index holds. Units: epoch milliseconds of the oldest and newest event, None if empty."""

    documents: int
    oldest_ms: int | None
    newest_ms: int | None


class ElasticsearchClient:
    """Talks to one Elasticsearch."""

    def __init__(
        self, base_url: str, *, auth: tuple[str, str] | None = None, timeout_s: float = 30.0
    ) -> None:
        self._http = HttpClient("Elasticsearch", base_url, auth=auth, timeout_s=timeout_s)

    def version(self) -> str:
        """Return the server's version."""
        return str(self._http.probe("/")["version"]["number"])

    def health(self) -> str:
        """Return the cluster's colour: green, yellow or red."""
        return str(self._http.probe("/_cluster/health")["status"])

    def pipeline(self, name: str) -> dict[str, Any] | None:
        """Return the ingest pipeline, None if there is none."""
        try:
            found: dict[str, Any] = self._http.get(f"/_ingest/pipeline/{name}")
        except NotFound:
            return None
        return found.get(name)

    def put_pipeline(self, name: str, body: dict[str, Any]) -> None:
        """Create or replace an ingest pipeline."""
        self._http.put(f"/_ingest/pipeline/{name}", body)

    def index_template(self, name: str) -> dict[str, Any] | None:
        """Return the index template, None if there is none."""
        try:
            found = self._http.get(f"/_index_template/{name}")
        except NotFound:
            return None
        return next(
            (item["index_template"] for item in found["index_templates"] if item["name"] == name), None
        )

    def put_index_template(self, name: str, body: dict[str, Any]) -> None:
        """Create or replace an index template; it shapes indices that are created later."""
        self._http.put(f"/_index_template/{name}", body)

    def index_state(self, index: str, time_field: str) -> IndexState:
        """Return how many documents the index holds, and when its oldest and newest events were.

        Raises: NotFound if there is no such index.
        """
        ends = {"oldest": {"min": {"field": time_field}}, "newest": {"max": {"field": time_field}}}
        body = {"size": 0, "track_total_hits": True, "aggs": ends}
        answer = self._http.post(f"/{index}/_search", body)
        total = answer["hits"]["total"]
        oldest, newest = (answer["aggregations"][end]["value"] for end in ends)
        # Version 6 gives a bare number.
        documents = total["value"] if isinstance(total, dict) else total
        return IndexState(
            int(documents), None if oldest is None else int(oldest), None if newest is None else int(newest)
        )

    def delete_index(self, index: str) -> None:
        """Delete an index and its documents. Raises: NotFound."""
        self._http.delete(f"/{index}")

    def close(self) -> None:
        """Close idle connections."""
        self._http.close()
