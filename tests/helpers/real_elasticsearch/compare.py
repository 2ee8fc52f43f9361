"""Sends a request to a real Elasticsearch and to our app, and says where the answers differ.

What differs between any two servers is left out: times taken, uuids, node names. Numbers may differ in their
last places, because sums are added in another order.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests
from starlette.testclient import TestClient

__all__ = ["Answer", "Pair", "differences", "ndjson"]

LEFT_OUT = {
    "took",
    "ingest_took",
    "uuid",
    "index_uuid",
    "node",
    "line",
    "col",
    "_shards",
    "creation_date",
    "created",
    "meta",
}
"""Members that say nothing about what a request did."""


@dataclass(frozen=True)
class Answer:
    """Status and body: JSON, or text."""

    status: int
    body: Any


def ndjson(*lines: Any) -> str:
    """Return lines of JSON, each ended."""
    return "".join(json.dumps(line) + "\n" for line in lines)


class Pair:
    """Both servers."""

    def __init__(self, real_url: str, ours: TestClient) -> None:
        self._real_url = real_url
        self._real = requests.Session()
        self._ours = ours

    def close(self) -> None:
        """Close connections."""
        self._real.close()

    def both(self, method: str, path: str, body: Any = None) -> tuple[Answer, Answer]:
        """Return the real answer and ours."""
        content = None if body is None else body if isinstance(body, str) else json.dumps(body)
        kind = (
            "application/x-ndjson"
            if path.partition("?")[0].endswith(("_bulk", "_msearch"))
            else "application/json"
        )
        headers = {"content-type": kind} if content is not None else {}
        real = self._real.request(method, self._real_url + path, data=content, headers=headers, timeout=60)
        ours = self._ours.request(method, path, content=content, headers=headers)
        return _answer(real.status_code, real.text), _answer(ours.status_code, ours.text)

    def agree(self, method: str, path: str, body: Any = None, *, bodies: bool = True) -> Answer:
        """Return our answer, which must equal the real one; of refusals only the kinds need to."""
        real, ours = self.both(method, path, body)
        found = list(differences(real, ours)) if bodies else []
        if real.status != ours.status:
            found.insert(0, f"status {real.status} ≠ {ours.status}")
        assert not found, f"{method} {path} {json.dumps(body)[:2000]}\n" + "\n".join(found[:12])
        return ours


def _answer(status: int, text: str) -> Answer:
    try:
        return Answer(status, json.loads(text))
    except ValueError:
        return Answer(status, text)


def differences(real: Answer, ours: Answer) -> Iterator[str]:
    """Yield what differs between the real answer and ours."""
    if real.status >= 400 and isinstance(real.body, dict) and isinstance(real.body.get("error"), dict):
        mine = kinds(ours.body)
        theirs = kinds(real.body)
        if mine != theirs:
            yield f"refused as {theirs} ≠ {mine}: {_short(real.body)} ≠ {_short(ours.body)}"
        return
    yield from _compare("", real.body, ours.body)


def kinds(body: Any) -> list[str]:
    """Return the type of a refusal and of its root causes."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return [_short(body)]
    return [error["type"], *(root["type"] for root in error["root_cause"])]


def _compare(path: str, real: Any, ours: Any) -> Iterator[str]:
    if isinstance(real, dict) and isinstance(ours, dict):
        if isinstance(real.get("error"), dict) and isinstance(ours.get("error"), dict):
            mine, theirs = ours["error"]["type"], real["error"]["type"]
            if (mine, real.get("status")) != (theirs, ours.get("status")):
                yield f"{path}.error: {theirs} ≠ {mine}"
            return
        for key in sorted((real.keys() | ours.keys()) - LEFT_OUT):
            if key not in real or key not in ours:
                one, other = real.get(key, "(absent)"), ours.get(key, "(absent)")
                yield f"{path}.{key}: {_short(one)} ≠ {_short(other)}"
            else:
                yield from _compare(f"{path}.{key}", real[key], ours[key])
    elif isinstance(real, list) and isinstance(ours, list):
        if len(real) != len(ours):
            yield f"{path}: {len(real)} ≠ {len(ours)} items: {_short(real)} ≠ {_short(ours)}"
        for at, (one, other) in enumerate(zip(real, ours, strict=False)):
            yield from _compare(f"{path}[{at}]", one, other)
    elif not _same(real, ours):
        yield f"{path}: {_short(real)} ≠ {_short(ours)}"


def _same(real: Any, ours: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (real, ours))
    if numbers and (isinstance(real, float) or isinstance(ours, float)):
        return math.isclose(real, ours, rel_tol=1e-6, abs_tol=1e-9)
    return type(real) is type(ours) and real == ours


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 300 else text[:300] + "…"
