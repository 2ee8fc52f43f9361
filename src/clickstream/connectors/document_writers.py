"""Where a sink's documents go: the store of this process, or an Elasticsearch elsewhere.

Both take operations in order and the offset behind them. In the store, documents and offset are one
transaction. Over HTTP, the offset is kept after the documents were accepted: a crash in between writes
some of them again, under the same ids.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import orjson
import requests

from clickstream.connectors.base import ConnectorStore
from clickstream.core.errors import TaskFailed

__all__ = ["DocumentWriter", "Operation", "Outcome", "RemoteDocuments", "RemoteSettings", "sink_offset_name"]

LOG = logging.getLogger(__name__)

START_FAILED = "Couldn't start ElasticsearchSinkTask due to connection error:"
"""Source: the recorded trace of a sink whose Elasticsearch is not there."""

_RETRIED = frozenset((429, 502, 503, 504))


@dataclass(frozen=True, slots=True)
class Operation:
    """One document to write or delete. `source` is its JSON; for an update, the fields to change."""

    action: Literal["index", "update", "delete"]
    index: str
    id: str
    source: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation. `id` is the document's, which an ingest pipeline may have set."""

    id: str
    status: int
    error: str = ""


class DocumentWriter(Protocol):
    """Takes the operations of one topic of one connector."""

    def connect(self) -> None:
        """Make sure that there is something to write to.

        Raises: TaskFailed.
        """
        ...

    def create_index(self, index: str) -> None:
        """Create an index if it is missing."""
        ...

    def offset(self) -> int | None:
        """Return the offset to go on from; None if nothing was ever written."""
        ...

    def write(self, operations: Sequence[Operation], offset: int | None) -> list[Outcome]:
        """Carry out the operations in order, then keep `offset`, if it is given.

        Raises: TaskFailed if they cannot be carried out at all.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def sink_offset_name(connector: str, topic: str) -> str:
    """Return the name under which the offset of a sink's topic is kept."""
    return f"sink/{connector}/{topic}"


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """How to reach an Elasticsearch. `wait` waits seconds, and says whether the task is to stop meanwhile."""

    urls: tuple[str, ...]
    auth: tuple[str, str] | None
    proxy: str | None
    type_name: str | None
    connect_timeout_s: float
    read_timeout_s: float
    max_retries: int
    backoff_s: float
    wait: Callable[[float], bool]


class RemoteDocuments:
    """An Elasticsearch over HTTP, with its bulk API."""

    def __init__(self, settings: RemoteSettings, store: ConnectorStore, offset_name: str) -> None:
        self._settings = settings
        self._store = store
        self._offset_name = offset_name
        self._session = requests.Session()
        self._session.auth = settings.auth
        if settings.proxy:
            self._session.proxies = {"http": settings.proxy, "https": settings.proxy}
        self._url = settings.urls[0]
        self._type_name: str | None = None

    def connect(self) -> None:
        """Find a URL that answers.

        Raises: TaskFailed with the words of the real sink.
        """
        causes: list[TaskFailed] = []
        for url in self._settings.urls:
            self._url = url
            try:
                response = self._send("GET", "/", b"")
            except requests.RequestException as error:
                causes.append(TaskFailed(f"Could not connect to {url}: {error}"))
                continue
            if response.ok:
                self._note_version(response)
                return
            causes.append(TaskFailed(f"{url} answered {response.status_code}: {response.text[:200]}"))
        failure = TaskFailed(START_FAILED)
        failure.__cause__ = causes[-1]
        raise failure

    def _note_version(self, response: requests.Response) -> None:
        """Documents have a type before version 7, and must not have one from version 8 on."""
        try:
            major = int(response.json()["version"]["number"].split(".")[0])
        except (ValueError, KeyError, TypeError):
            major = 7
        self._type_name = (self._settings.type_name or "_doc") if major < 7 else None

    def create_index(self, index: str) -> None:
        """Create an index if it is missing."""
        answer = self._insist("PUT", f"/{index}", b"")
        if not answer.ok and "resource_already_exists_exception" not in answer.text:
            raise TaskFailed(f"Could not create index '{index}': {answer.text[:500]}")

    def offset(self) -> int | None:
        """Return the offset kept in the connectors' store."""
        stored = self._store.get(self._offset_name)
        return int(stored) if stored else None

    def write(self, operations: Sequence[Operation], offset: int | None) -> list[Outcome]:
        """Send one bulk request; parts that are to be tried again later are.

        Raises: TaskFailed if retries are used up.
        """
        outcomes: list[Outcome | None] = [None] * len(operations)
        waiting = list(range(len(operations)))
        tries = 0
        while waiting:
            items = self._bulk([operations[index] for index in waiting])
            for index, outcome in zip(waiting, items, strict=True):
                outcomes[index] = outcome
            waiting = [
                index for index, outcome in zip(waiting, items, strict=True) if outcome.status in _RETRIED
            ]
            if waiting:
                tries = self._pause(tries, f"{len(waiting)} of {len(operations)} documents were not accepted")
        if offset is not None:
            self._store.put(self._offset_name, str(offset).encode())
        return [outcome for outcome in outcomes if outcome is not None]

    def _bulk(self, operations: Sequence[Operation]) -> list[Outcome]:
        body = b"".join(_bulk_lines(operation, self._type_name) for operation in operations)
        response = self._insist("POST", "/_bulk", body)
        if not response.ok:
            raise TaskFailed(f"Bulk request failed: {response.status_code}: {response.text[:500]}")
        answer: dict[str, Any] = orjson.loads(response.content)
        return [_outcome(next(iter(item.values()))) for item in answer["items"]]

    def _insist(self, method: str, path: str, body: bytes) -> requests.Response:
        """Send until there is an answer that is worth reading."""
        tries = 0
        while True:
            try:
                response = self._send(method, path, body)
            except requests.RequestException as error:
                tries = self._pause(tries, f"{method} {path} failed", error)
                continue
            if response.status_code not in _RETRIED:
                return response
            tries = self._pause(tries, f"{method} {path} was answered {response.status_code}")

    def _send(self, method: str, path: str, body: bytes) -> requests.Response:
        settings = self._settings
        return self._session.request(
            method,
            self._url.rstrip("/") + path,
            data=body or None,
            headers={"content-type": "application/x-ndjson"} if body else {},
            timeout=(settings.connect_timeout_s, settings.read_timeout_s),
        )

    def _pause(self, tries: int, what: str, cause: Exception | None = None) -> int:
        """Wait before another try, twice as long each time; return how many there were."""
        if tries >= self._settings.max_retries:
            raise TaskFailed(f"{what}, and all {tries} retries are used up") from cause
        LOG.warning("%s; trying again", what)
        if self._settings.wait(self._settings.backoff_s * 2**tries):
            raise TaskFailed(f"{what}, and the task is to stop") from cause
        return tries + 1

    def close(self) -> None:
        """Close connections."""
        self._session.close()


def _bulk_lines(operation: Operation, type_name: str | None) -> bytes:
    place = {"_index": operation.index, "_id": operation.id}
    head = orjson.dumps({operation.action: {**place, "_type": type_name} if type_name else place})
    if operation.action == "delete":
        return head + b"\n"
    source = operation.source.replace(b"\n", b" ")
    if operation.action == "update":
        source = b'{"doc":' + source + b',"doc_as_upsert":true}'
    return head + b"\n" + source + b"\n"


def _outcome(item: dict[str, Any]) -> Outcome:
    error = item.get("error")
    text = orjson.dumps(error).decode() if error else ""
    return Outcome(str(item.get("_id", "")), int(item["status"]), text)
