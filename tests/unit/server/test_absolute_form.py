"""Targets that are whole URLs."""

import asyncio
from typing import Any

import pytest

from clickstream.server.absolute_form import with_origin_form


def seen(scope: dict[str, Any]) -> dict[str, Any]:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        pass

    asyncio.run(with_origin_form(app)(scope, None, None))  # type: ignore[arg-type]
    return scope


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/ksql", "/ksql"),
        ("http://host:8088/ksql", "/ksql"),
        ("http://host:8088/a%20b", "/a%20b"),
        ("http://host", "/"),
        ("/x/http://y", "/x/http://y"),
        ("*", "*"),
    ],
)
def test_apps_see_the_path_alone(path: str, wanted: str) -> None:
    scope = seen({"type": "http", "path": path, "raw_path": path.encode()})
    assert (scope["path"], scope["raw_path"]) == (wanted, wanted.encode())


def test_what_has_no_path_passes() -> None:
    assert seen({"type": "lifespan"}) == {"type": "lifespan"}
