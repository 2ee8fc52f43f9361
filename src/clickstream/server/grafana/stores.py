"""Dashboards and datasources of the embedded backend, kept as JSON files.

What a `POST /api/dashboards/db` brings is validated just enough to be drawn, written to
`<folder>/dashboards/<uid>.json` and served from memory afterwards.
"""

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from clickstream.core.errors import ClickstreamError, Conflict, NotFound

__all__ = ["DashboardStore", "DatasourceStore", "InvalidDashboard"]

Json = dict[str, Any]

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class InvalidDashboard(ClickstreamError):
    """The body of a dashboard or datasource cannot be taken."""


class _JsonFolder:
    """JSON objects by uid, one file each; None keeps them in memory only."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._items: dict[str, Json] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.glob("*.json")):
                item = json.loads(path.read_text("utf-8"))
                self._items[item["uid"]] = item

    def __iter__(self) -> Iterator[Json]:
        return iter(list(self._items.values()))

    def get(self, uid: str) -> Json | None:
        return self._items.get(uid)

    def put(self, uid: str, item: Json) -> None:
        if self._folder is not None:
            path = self._folder / f"{uid}.json"
            draft = path.with_suffix(".tmp")
            draft.write_text(json.dumps(item, indent=1), "utf-8")
            os.replace(draft, path)
        self._items[uid] = item

    def delete(self, uid: str) -> None:
        self._items.pop(uid, None)
        if self._folder is not None:
            (self._folder / f"{uid}.json").unlink(missing_ok=True)


class DashboardStore:
    """Dashboards by uid, with Grafana's versions: a save without `overwrite` must name the newest one."""

    def __init__(self, folder: Path | None) -> None:
        self._items = _JsonFolder(folder)

    def save(self, dashboard: Json, *, overwrite: bool) -> Json:
        """Store a dashboard and return it with uid, id and version filled in.

        Raises: InvalidDashboard without a title, with a wrong uid, or with panels that are not a list;
                Conflict if it exists in another version and `overwrite` is off.
        """
        title = dashboard.get("title")
        if not isinstance(title, str) or not title.strip():
            raise InvalidDashboard("Dashboard title cannot be empty")
        if not isinstance(dashboard.get("panels", []), list):
            raise InvalidDashboard("panels must be a list")
        uid = dashboard.get("uid") or uuid4().hex[:14]
        if not isinstance(uid, str) or not UID.fullmatch(uid):
            raise InvalidDashboard("uid contains illegal characters or is longer than 40")
        current = self._items.get(uid)
        version = 1
        if current is not None:
            if not overwrite and dashboard.get("version") != current["version"]:
                raise Conflict("The dashboard has been changed by someone else")
            if _same(dashboard, current):
                return current
            version = current["version"] + 1
        number = current["id"] if current else 1 + max((d["id"] for d in self._items), default=0)
        saved = {**dashboard, "uid": uid, "id": number, "version": version}
        self._items.put(uid, saved)
        return saved

    def get(self, uid: str) -> Json:
        """Return one dashboard. Raises: NotFound."""
        found = self._items.get(uid)
        if found is None:
            raise NotFound("Dashboard not found")
        return found

    def delete(self, uid: str) -> Json:
        """Remove one dashboard and return it. Raises: NotFound."""
        found = self.get(uid)
        self._items.delete(uid)
        return found

    def search(self, query: str = "", tags: tuple[str, ...] = ()) -> list[Json]:
        """Return the dashboards whose title has `query` and that bear all `tags`, by title."""
        found = [
            d
            for d in self._items
            if query.casefold() in d["title"].casefold() and set(tags) <= set(d.get("tags") or ())
        ]
        return sorted(found, key=lambda d: str(d["title"]))


class DatasourceStore:
    """Datasources by uid."""

    def __init__(self, folder: Path | None) -> None:
        self._items = _JsonFolder(folder)

    def save(self, datasource: Json) -> Json:
        """Create or replace a datasource; `uid` defaults to its name.

        Raises: InvalidDashboard without a name or type, Conflict if another one has the name.
        """
        for field in ("name", "type"):
            if not datasource.get(field):
                raise InvalidDashboard(f"datasource has no {field}")
        uid = str(datasource.get("uid") or datasource["name"])
        if not UID.fullmatch(uid):
            raise InvalidDashboard("uid contains illegal characters or is longer than 40")
        if any(d["name"] == datasource["name"] and d["uid"] != uid for d in self._items):
            raise Conflict("data source with the same name already exists")
        current = self._items.get(uid)
        number = current["id"] if current else 1 + max((d["id"] for d in self._items), default=0)
        defaults = {"access": "proxy", "isDefault": False, "jsonData": {}, "readOnly": False, "orgId": 1}
        saved = {**defaults, **datasource, "uid": uid, "id": number}
        self._items.put(uid, saved)
        return saved

    def get(self, uid: str) -> Json:
        """Return one datasource. Raises: NotFound."""
        found = self._items.get(uid)
        if found is None:
            raise NotFound("Data source not found")
        return found

    def by_name(self, name: str) -> Json:
        """Return the datasource called `name`. Raises: NotFound."""
        found = next((d for d in self._items if d["name"] == name), None)
        if found is None:
            raise NotFound("Data source not found")
        return found

    def delete(self, uid: str) -> Json:
        """Remove one datasource and return it. Raises: NotFound."""
        found = self.get(uid)
        self._items.delete(uid)
        return found

    def all(self) -> list[Json]:
        """Return all datasources, by name."""
        return sorted(self._items, key=lambda d: str(d["name"]))


def slug(title: str) -> str:
    """Return `title` as the last part of a dashboard's address."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "dashboard"


def _same(a: Json, b: Json) -> bool:
    """Return whether two dashboards differ in nothing but what a save fills in."""
    ignored = {"id", "version", "uid"}
    return {k: v for k, v in a.items() if k not in ignored} == {
        k: v for k, v in b.items() if k not in ignored
    }
