"""ksqlDB's REST API, as much of it as the steps and the commands use.

Source: golden/rest/ksql, golden/rest/query; ksqlDB's REST reference.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import requests

from clickstream.clients.http import HttpClient, error_text
from clickstream.core.errors import (
    ClickstreamError,
    Conflict,
    NotFound,
    ServiceRejected,
    SqlError,
    SqlSyntaxError,
)

__all__ = ["Entity", "KsqlDbClient", "Rows", "ServerInfo"]

Entity = dict[str, Any]
"""One entity of an answer of `/ksql`, as it came; `@type` says which."""

V1 = "application/vnd.ksql.v1+json"
DELIMITED = "application/vnd.ksqlapi.delimited.v1"
POSITION = re.compile(r"^line (\d+):(\d+):\s*", re.MULTILINE)
STATUS_NOT_REACHED = 50301
EARLIEST = {"auto.offset.reset": "earliest"}


@dataclass(frozen=True)
class ServerInfo:
    """Who answers."""

    version: str
    service_id: str
    status: str


@dataclass(frozen=True)
class Rows:
    """The answer to a query: its columns, and its rows as they come."""

    query_id: str | None
    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[list[Any]] = field(repr=False)


class KsqlDbClient:
    """Talks to one ksqlDB server."""

    def __init__(
        self, base_url: str, *, auth: tuple[str, str] | None = None, timeout_s: float = 60.0
    ) -> None:
        self._http = HttpClient("ksqlDB", base_url, auth=auth, timeout_s=timeout_s, refusal=refusal)

    def info(self) -> ServerInfo:
        """Return the server's version, service id and status."""
        info = self._http.probe("/info")["KsqlServerInfo"]
        return ServerInfo(info["version"], info.get("ksqlServiceId", ""), info.get("serverStatus", "RUNNING"))

    def is_healthy(self) -> bool:
        """Return what the health check says."""
        return bool(self._http.probe("/healthcheck")["isHealthy"])

    def execute(
        self,
        ksql: str,
        *,
        properties: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        after: int | None = None,
    ) -> list[Entity]:
        """Run statements and return an entity for each that has one.

        `after` is the command sequence number that the server must have reached before it runs them.
        Raises: SqlError if a statement is refused; NotFound and Conflict for connectors.
        """
        body: dict[str, Any] = {"ksql": ksql, "streamsProperties": dict(properties or {})}
        if variables:
            body["sessionVariables"] = dict(variables)
        if after is not None:
            body["commandSequenceNumber"] = after
        answer = self._http.request("POST", "/ksql", body, headers={"Accept": V1})
        return cast(list[Entity], answer)

    def list_entities(self, statement: str, field_name: str) -> list[dict[str, Any]]:
        """Return the list `field_name` of the one entity that `statement` (a SHOW) answers with."""
        return [item for entity in self.execute(statement) for item in entity.get(field_name, [])]

    def source_names(self) -> set[str]:
        """Return the names of all streams and tables."""
        streams = self.list_entities("SHOW STREAMS;", "streams")
        return {item["name"] for item in streams + self.list_entities("SHOW TABLES;", "tables")}

    def queries(self) -> list[dict[str, Any]]:
        """Return the persistent queries with id, sinks and state."""
        return self.list_entities("SHOW QUERIES;", "queries")

    def describe(self, source: str) -> Entity:
        """Return the extended description of a stream or table.

        Raises: NotFound if there is none of that name.
        """
        try:
            answer = self.execute(f"DESCRIBE {source} EXTENDED;")
        except SqlError as error:
            if "Could not find" in error.message:
                raise NotFound(error.message) from error
            raise
        return cast(Entity, answer[0]["sourceDescription"])

    @contextmanager
    def query(
        self,
        sql: str,
        *,
        properties: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Iterator[Rows]:
        """Yield columns and rows of a push or pull query; leaving the block ends the query."""
        body: dict[str, Any] = {"sql": sql, "properties": dict(properties or {})}
        if variables:
            body["sessionVariables"] = dict(variables)
        with self._http.lines("/query-stream", body, headers={"Accept": DELIMITED}) as lines:
            head = json.loads(next(lines, "{}"))
            yield Rows(
                head.get("queryId"), tuple(head["columnNames"]), tuple(head["columnTypes"]), read_rows(lines)
            )

    @contextmanager
    def print_topic(
        self,
        topic: str,
        *,
        from_beginning: bool = False,
        limit: int | None = None,
        idle_timeout_s: float | None = None,
    ) -> Iterator[Iterator[str]]:
        """Yield the lines of PRINT: two of formats, then one a record."""
        start = " FROM BEGINNING" if from_beginning else ""
        stop = f" LIMIT {limit}" if limit else ""
        body = {"ksql": f"PRINT {quote(topic)}{start}{stop};", "streamsProperties": {}}
        with self._http.lines("/query", body, headers={"Accept": V1}, idle_timeout_s=idle_timeout_s) as lines:
            yield (line for line in lines if line)

    def has_records(self, topic: str, *, idle_timeout_s: float = 2.0) -> bool:
        """Return whether the topic exists and holds a record."""
        try:
            with self.print_topic(
                topic, from_beginning=True, limit=1, idle_timeout_s=idle_timeout_s
            ) as lines:
                return any(line.startswith("rowtime:") for line in lines)
        except SqlError:
            return False

    def close(self) -> None:
        """Close idle connections."""
        self._http.close()


def read_rows(lines: Iterator[str]) -> Iterator[list[Any]]:
    """Yield the rows of a delimited answer.

    Raises: SqlError if the server reports that the query failed on the way.
    """
    for line in lines:
        if not line:
            continue
        row = json.loads(line)
        if isinstance(row, dict):
            raise SqlError(f"the query failed: {error_text(row)}")
        yield row


def refusal(response: requests.Response, body: Any) -> ClickstreamError | None:
    """Return the error that a refused statement means."""
    if not isinstance(body, dict) or "error_code" not in body:
        return None
    text, code = error_text(body), int(body["error_code"])
    if response.status_code == 404:
        return NotFound(text)
    if response.status_code == 409:
        return Conflict(text)
    if code == STATUS_NOT_REACHED:
        return ServiceRejected(f"ksqlDB: {text}", status=response.status_code, code=code, body=body)
    if response.status_code in (400, 428):
        statement = str(body.get("statementText", ""))
        found = POSITION.search(text)
        if found:
            line, column = int(found[1]), int(found[2])
            return SqlSyntaxError(text, line=line, column=column, statement=statement)
        return SqlError(text, statement=statement)
    return None


def quote(name: str) -> str:
    """Return the name so that PRINT takes it as it is written."""
    return name if re.fullmatch(r"\w+", name) else "`" + name.replace("`", "``") + "`"


def warnings_of(entities: Sequence[Entity]) -> list[str]:
    """Return the texts of all warnings of an answer."""
    return [str(warning["message"]) for entity in entities for warning in entity.get("warnings") or []]
