"""The part of Grafana's HTTP API that loads and checks dashboards.

Source: Grafana HTTP API reference (data source, dashboard, health).
"""

from typing import Any, cast
from urllib.parse import quote

from clickstream.clients.http import HttpClient
from clickstream.core.errors import NotFound

__all__ = ["GrafanaClient"]


class GrafanaClient:
    """Talks to one Grafana."""

    def __init__(
        self, base_url: str, *, auth: tuple[str, str] | None = None, timeout_s: float = 30.0
    ) -> None:
        self._http = HttpClient("Grafana", base_url, auth=auth, timeout_s=timeout_s)

    def version(self) -> str:
        """Return the server's version, once its own database is usable."""
        return str(self._http.get("/api/health").get("version", ""))

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

    def query(self, targets: list[dict[str, Any]], *, since: str, until: str) -> dict[str, Any]:
        """Return the results of a panel's targets as the panel would get them, by `refId`."""
        body = {"queries": targets, "from": since, "to": until}
        return cast(dict[str, Any], self._http.post("/api/ds/query", body)["results"])

    def close(self) -> None:
        """Close idle connections."""
        self._http.close()
