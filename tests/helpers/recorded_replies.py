"""Recorded requests and answers of real servers, replayed to our clients."""

import json
from pathlib import Path
from typing import Any

import responses


def load(path: Path) -> dict[str, Any]:
    """Return one recording."""
    recording: dict[str, Any] = json.loads(path.read_text())
    return recording


def replay(mock: responses.RequestsMock, base_url: str, recording: dict[str, Any]) -> responses.BaseResponse:
    """Let `mock` answer the recording's request, whatever its body, with the recording's answer."""
    request, response = recording["request"], recording["response"]
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return mock.add(
        request["method"],
        base_url + request["path"],
        body=(response["body_raw"] or "").encode(),
        status=response["status"],
        content_type=headers.get("content-type", "text/plain"),
    )
