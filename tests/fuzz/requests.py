"""Requests to the ksqlDB API whose bodies, headers and paths are nearly right, or not at all: none gets a 500."""
# ruff: noqa: E501 — lists of things to try, as many on a line as fit a screen

import asyncio
import json
import random
from collections.abc import Sequence
from typing import Any

import httpx

from clickstream.node.identity import ServerIdentity
from clickstream.node.node import Node
from clickstream.node.statements import StatementExecutor
from clickstream.server.ksqldb.routes import create_app
from tests.fuzz.faults import Faults
from tests.fuzz.generate import NAMES, PRELUDE, Generator
from tests.fuzz.mutate import mutated
from tests.fuzz.statements import ServerError

PATHS = [
    "/ksql", "/ksql", "/query", "/query-stream", "/close-query", "/inserts-stream", "/info", "/healthcheck", "/status",
    "/status/stream/S/create", "/is_valid_property/auto.offset.reset", "/clusterStatus", "/v1/metadata", "/v1/metadata/id",
    "/chc/live", "/lag", "/heartbeat", "/", "/nothing", "/ksql/", "//ksql", "/ksql/nothing", "/status/a/b/c/d", "/%00",
]  # fmt: skip
METHODS = ["POST", "POST", "POST", "GET", "PUT", "DELETE", "OPTIONS", "HEAD"]
TYPES = [
    "application/json", "application/vnd.ksql.v1+json", "application/vnd.ksqlapi.delimited.v1", "*/*", "text/html", "",
    "application/vnd.ksql.v1+json; charset=utf-8", "a/b;q=x", ",", "application/*;q=0", "\x00", "é",
]  # fmt: skip
KEYS = [
    "ksql", "sql", "streamsProperties", "properties", "sessionVariables", "commandSequenceNumber", "queryId",
    "requestProperties", "target", "deleteTopicList", "x", "",
]  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 2**70, 1.5, "", "x", [], {}, [[]], {"a": {"b": []}}, "SHOW STREAMS;", {"auto.offset.reset": 5},
    {"auto.offset.reset": "earliest"}, {"ksql.service.id": "x"}, {"": ""}, {"x": None}, ["a"], 10**400, "\u0000",
]  # fmt: skip
RECORDED_500 = ("Could not write the statement", "Not recognizable as ksql", "On wrong context or worker")
"""Beginnings of the messages that the recordings answer with 500."""

ROUND = 500

PATIENCE_S = 30.0
"""How long one answer may take; nothing that is asked for has no end."""


class RequestFuzz:
    """Sends requests to the app, in process; `source` decides everything."""

    def __init__(self, seed: int, corpus: Sequence[str], faults: Faults) -> None:
        self.source = random.Random(seed)
        self.corpus = corpus
        self.faults = faults
        self.done = 0

    def round(self) -> None:
        """Send some requests to a server of their own."""
        node = Node(None)
        executor = StatementExecutor(node)
        node.start()
        try:
            executor.execute(PRELUDE)
            app = create_app(executor, ServerIdentity())
            asyncio.run(self._send_all(app, executor))
        finally:
            node.close()

    async def _send_all(self, app: Any, executor: StatementExecutor) -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ksqldb") as client:
            for _ in range(ROUND):
                request = self._request(client)
                self.done += 1
                try:
                    self._check(request, await asyncio.wait_for(client.send(request), PATIENCE_S))
                except Exception as error:
                    self.faults.add(error, _shown(request))
                executor.terminated = False

    def _request(self, client: httpx.AsyncClient) -> httpx.Request:
        chance = self.source
        headers = {}
        for name in ("accept", "content-type"):
            if chance.random() < 0.6:
                headers[name.encode()] = chance.choice(TYPES).encode("latin-1", "ignore")
        method = chance.choice(METHODS)
        return client.build_request(method, chance.choice(PATHS), headers=headers, content=self._body())

    def _body(self) -> bytes:
        chance = self.source
        body: dict[str, Any] = {chance.choice(KEYS): self._value() for _ in range(chance.randrange(4))}
        if chance.random() < 0.7:
            body[chance.choice(("ksql", "sql"))] = self._statement()
        raw = json.dumps(body).encode()
        if chance.random() < 0.15 and raw:
            at = chance.randrange(len(raw))
            raw = chance.choice(
                (
                    raw[:at],
                    raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :],
                    raw * 2,
                    b"",
                    b"[" * 5000,
                )
            )
        return raw + b"\n" + raw if chance.random() < 0.1 else raw

    def _value(self) -> Any:
        return self._statement() if self.source.random() < 0.2 else self.source.choice(ODD)

    def _statement(self) -> str:
        """Return a statement whose answer has an end."""
        for _ in range(20):
            text = Generator(self.source).statement()
            if self.source.random() < 0.5:
                text = mutated(text, self.source, self.corpus, NAMES)
            if "EMIT" not in text.upper() and "PRINT" not in text.upper():
                return text
        return "SHOW TABLES;"

    def _check(self, request: httpx.Request, answer: httpx.Response) -> None:
        if answer.status_code < 500:
            return
        message = str(answer.json().get("message", "")) if answer.content else ""
        if not message.startswith(RECORDED_500):
            self.faults.add(ServerError(f"{answer.status_code} {message}"), _shown(request))


def _shown(request: httpx.Request) -> str:
    return f"{request.method} {request.url} {dict(request.headers)}\n{request.content!r}"
