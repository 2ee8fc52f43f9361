"""The part of Grafana's HTTP API that loads and checks dashboards.

Source: Grafana HTTP API reference (data source, dashboard, health).
"""

from typing import Any, cast
from urllib.parse import quote

from clickstream.clients.http import HttpClient, error_text
from clickstream.core.errors import NotFound, ServiceRejected

__all__ = ["GrafanaClient"]


class GrafanaClient:
    """Talks to one Grafana."""

    def __init__(
        self, base_url: str, *, auth: tuple[str, str] | None = None, timeout_s: float = 30.0
    ) -> None:
        self._http = HttpClient("Grafana", base_url, auth=auth, timeout_s=timeout_s)

    def version(self) -> str:
        """Return the server's version, once its own database is usable."""
        return str(self._http.probe("/api/health").get("version", ""))

    def datasources(self) -> list[dict[str, Any]]:
        """Return all datasources."""
        return cast(list[dict[str, Any]], self._http.get("/api/datasources"))

    def datasource(self, uid: str) -> dict[str, Any] | None:
        """Return the datasource, None if there is none."""
        try:
            return cast(dict[str, Any], self._http.get(f"/api/datasources/uid/{quote(uid, safe='')}"))
        except NotFound:
            return None

    def create_datasource(self, body: dict[str, Any]) -> None:
        """Create a datasource."""
        self._http.post("/api/datasources", body)

    def update_datasource(self, uid: str, body: dict[str, Any]) -> None:
        """Change the datasource with that uid."""
        self._http.put(f"/api/datasources/uid/{quote(uid, safe='')}", body)

    def dashboard(self, uid: str) -> dict[str, Any] | None:
        """Return the dashboard's model, None if there is none."""
        try:
            return cast(
                dict[str, Any], self._http.get(f"/api/dashboards/uid/{quote(uid, safe='')}")["dashboard"]
            )
        except NotFound:
            return None

    def put_dashboard(self, model: dict[str, Any]) -> str:
        """Create or replace a dashboard and return its path."""
        body = {"dashboard": model | {"id": None}, "overwrite": True}
        return str(self._http.post("/api/dashboards/db", body)["url"])

    def search(self, uid: str, index: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return what a search gives when it goes through the datasource, as a panel's searches do.

        Raises: NotFound if there is no such datasource; ServiceRejected if the search fails behind it.
        """
        path = f"/api/datasources/proxy/uid/{quote(uid, safe='')}/_msearch"
        head = {"index": index, "ignore_unavailable": True, "search_type": "query_then_fetch"}
        answer = self._http.post_lines(path, head, body)["responses"][0]
        if "error" in answer:
            raise ServiceRejected(
                f"Grafana: {error_text(answer)}", status=int(answer.get("status", 400)), body=answer
            )
        return cast(dict[str, Any], answer)

    def close(self) -> None:
        """Close idle connections."""
        self._http.close()
