"""Request bodies of the ksqlDB API, checked."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from clickstream.node.rejections import RequestRejected

__all__ = ["KsqlRequest", "parse_object", "parse_query", "parse_statements", "parse_topics", "required"]


@dataclass(frozen=True, slots=True)
class KsqlRequest:
    """What `/ksql` and `/query` are sent. Unknown fields are ignored, absent ones are empty."""

    text: str = ""
    properties: dict[str, object] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    sequence_number: int | None = None


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a request's body.

    Raises: RequestRejected if it is none.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestRejected(f"Invalid JSON in request: {error}") from None
    if not isinstance(value, dict):
        raise RequestRejected(f"Invalid JSON in request: not an object but {type(value).__name__}")
    return value


def required(body: dict[str, Any], name: str) -> str:
    """Return the text of field `name`.

    Raises: RequestRejected if it is absent.
    """
    value = body.get(name)
    if not isinstance(value, str):
        raise RequestRejected(
            f"Invalid JSON in request: Missing required creator property '{name}' (index 0)"
        )
    return value


def parse_statements(body: bytes) -> KsqlRequest:
    """Return the request of `/ksql` and `/query`.

    Raises: RequestRejected if the body is not such a request.
    """
    value = parse_object(body)
    text = value.get("ksql")
    number = value.get("commandSequenceNumber")
    if not isinstance(text, str | None) or not isinstance(number, int | None):
        raise RequestRejected("Invalid JSON in request: a field has the wrong type")
    return KsqlRequest(
        text or "",
        _mapping(value, "streamsProperties"),
        {name: str(given) for name, given in _mapping(value, "sessionVariables").items()},
        number,
    )


def parse_query(body: bytes) -> KsqlRequest:
    """Return the request of `/query-stream`.

    Raises: RequestRejected if the body is not such a request.
    """
    value = parse_object(body)
    return KsqlRequest(
        required(value, "sql"),
        _mapping(value, "properties"),
        {name: str(given) for name, given in _mapping(value, "sessionVariables").items()},
    )


def parse_topics(body: bytes) -> list[str]:
    """Return the topics that `/ksql/terminate` is to delete.

    Raises: RequestRejected if the body is not such a request.
    """
    topics = parse_object(body).get("deleteTopicList") or []
    if not isinstance(topics, list):
        raise RequestRejected("Invalid JSON in request: 'deleteTopicList' is not an array")
    return [str(topic) for topic in topics]


def _mapping(body: dict[str, Any], name: str) -> dict[str, object]:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RequestRejected(f"Invalid JSON in request: '{name}' is not an object")
    return value
