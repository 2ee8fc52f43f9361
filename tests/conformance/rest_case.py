"""One REST case: statements and queries sent to the ksqlDB API, its answers held to the expected ones."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from clickstream.node.identity import ServerIdentity
from clickstream.node.node import Node
from clickstream.node.sqltest.encode import encode_record
from clickstream.node.sqltest.match import difference, matches
from clickstream.node.statements import StatementExecutor
from clickstream.server.ksqldb.routes import create_app
from clickstream.sql.catalog import DataSource
from tests.conformance.run_case import Verdict, cause_of

GROUP = "rest"
BASELINE = {"ksql.query.push.v2.enabled": True, "ksql.streams.cache.max.bytes.buffering": 0}
"""How the server is set up that the cases were written for."""

PATIENCE_S = 5.0
"""How long a query may take that is expected to end."""


@dataclass(frozen=True, slots=True)
class RestCase:
    """Fields as the format's description names them."""

    id: str
    name: str
    properties: dict[str, Any]
    statements: list[str]
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    responses: list[dict[str, Any]]
    expected_error: dict[str, Any] | None
    waits_for_push_query: bool
    verifies_order: bool
    group: str = field(default=GROUP)

    @property
    def negative(self) -> bool:
        return self.expected_error is not None

    @property
    def admin(self) -> list[str]:
        return [s for s in self.statements if not s.lstrip().upper().startswith("SELECT ")]

    @property
    def queries(self) -> list[str]:
        return [s for s in self.statements if s.lstrip().upper().startswith("SELECT ")]


def read_rest_cases(folder: Path) -> list[RestCase]:
    cases = []
    for line in (folder / f"{GROUP}.jsonl").read_text().splitlines():
        data = json.loads(line, parse_float=Decimal)
        cases.append(
            RestCase(
                id=data["id"],
                name=data["name"],
                properties=data["properties"] or {},
                statements=data["statements"],
                inputs=data["inputs"] or [],
                outputs=data["outputs"] or [],
                topics=data["topics"] or [],
                responses=data["responses"] or [],
                expected_error=data["expected_error"],
                waits_for_push_query=bool((data["input_conditions"] or {}).get("waitForActivePushQuery")),
                verifies_order=bool((data["output_conditions"] or {}).get("verifyOrder")),
            )
        )
    return cases


def run_rest_case(case: RestCase) -> Verdict:
    bench = RestBench(case)
    try:
        return asyncio.run(bench.run())
    except Exception as error:
        return Verdict(case, cause_of(error), repr(error))
    finally:
        bench.close()


class RestBench:
    """The API of a node in memory, and one case on it."""

    def __init__(self, case: RestCase) -> None:
        self.case = case
        self.node = Node(None)
        settings = {**BASELINE, **case.properties}
        executor = StatementExecutor(self.node, server_settings=settings)
        self.app = create_app(executor, ServerIdentity())
        self.node.recover(executor)
        self.node.start()

    def close(self) -> None:
        self.node.close()

    async def run(self) -> Verdict:
        self.create_topics()
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ksqldb") as client:
            refused = await self.send_statements(client)
            if refused is not None:
                return self.graded(*refused)
            if not self.case.waits_for_push_query:
                self.feed()
            at = len(self.case.admin)
            for text in self.case.queries:
                response = await self.send_query(client, text)
                if response.status_code != 200:
                    return self.graded(response, text)
                verdict = self.check_rows(at, response)
                if verdict:
                    return verdict
                at += 1
        if self.case.negative:
            return Verdict(self.case, "accepted what is to be refused", str(self.case.expected_error))
        return self.check_outputs() or Verdict(self.case)

    def create_topics(self) -> None:
        declared = (
            re.findall(r"kafka_topic\s*=\s*'([^']+)'", s, re.IGNORECASE) for s in self.case.statements
        )
        names = [name for found in declared for name in found]
        names += [data["topic"] for data in (*self.case.inputs, *self.case.outputs)]
        names += [topic["name"] for topic in self.case.topics]
        with self.node.change():
            for name in dict.fromkeys(names):
                self.node.create_topic(name)

    async def send_statements(self, client: httpx.AsyncClient) -> tuple[httpx.Response, str] | None:
        """Send all but the queries in one request; return the answer if it is a refusal."""
        if not self.case.admin:
            return None
        response = await client.post("/ksql", json={"ksql": "\n".join(self.case.admin)})
        if response.status_code != 200:
            return response, self.case.admin[-1]
        entities = [e for e in response.json() if e]
        wanted = [r["admin"] for r in self.case.responses if "admin" in r]
        for have, want, text in zip(entities, wanted, self.case.admin, strict=False):
            if not part_of(have, substituted(want, text)):
                raise AssertionError(f"entity differs: have {have}, want {want}")
        return None

    async def send_query(self, client: httpx.AsyncClient, text: str) -> httpx.Response:
        asked: Awaitable[httpx.Response] = client.post("/query", json={"ksql": text})
        task = asyncio.ensure_future(asked)
        if self.case.waits_for_push_query:
            await self.until(lambda: task.done() or bool(self.node.metrics().subscriptions))
            await asyncio.to_thread(self.feed)
        return await asyncio.wait_for(task, PATIENCE_S)

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition() and time.monotonic() < deadline:
            await asyncio.sleep(0.005)

    def feed(self) -> None:
        """Produce the inputs one by one, and wait until the queries have taken them."""
        for data in self.case.inputs:
            self.node.produce([(data["topic"], [encode_record(data, self.source_of(data["topic"]))])])
        deadline = time.monotonic() + PATIENCE_S
        while any(query.lag for query in self.node.queries()) and time.monotonic() < deadline:
            time.sleep(0.002)

    def source_of(self, topic: str) -> DataSource | None:
        return next((s for s in self.node.catalog.sources.values() if s.topic == topic), None)

    # ----------------------------------------------------------------------------- checks

    def check_rows(self, at: int, response: httpx.Response) -> Verdict | None:
        if at >= len(self.case.responses):
            return None
        want = self.case.responses[at]["query"]
        have = json.loads(response.text, parse_float=Decimal)
        detail = f"have {have}\nwant {want}"
        if len(have) != len(want):
            return Verdict(self.case, "query: number of rows differs", detail)
        if not self.case.verifies_order:
            want, have = with_sorted_rows(want), with_sorted_rows(have)
        for have_row, want_row in zip(have, want, strict=True):
            if not part_of(have_row, want_row):
                return Verdict(self.case, f"query: {next(iter(want_row))} differs", detail)
        return None

    def check_outputs(self) -> Verdict | None:
        for topic in dict.fromkeys(data["topic"] for data in self.case.outputs):
            want = [data for data in self.case.outputs if data["topic"] == topic]
            chunks = self.node.topics.read(topic, 0, 1000)
            have = [record for chunk in chunks for record in chunk.records]
            if len(have) != len(want):
                return Verdict(self.case, "output: number of records differs", f"have {have}\nwant {want}")
            source = self.source_of(topic)
            for record, expected in zip(have, want, strict=True):
                part = difference(record, expected, source, any_time=not self.case.inputs)
                if part:
                    return Verdict(self.case, f"output: {part} differs", f"have {record}\nwant {expected}")
        return None

    def graded(self, response: httpx.Response, text: str) -> Verdict:
        body = response.json()
        detail = f"have {response.status_code} {body}\nwant {self.case.expected_error}"
        expected = self.case.expected_error
        if expected is None:
            message = str(body.get("message", "")).split("\n")[0]
            return Verdict(self.case, cause_of(Exception(message)), detail)
        if expected.get("status", 400) != response.status_code:
            return Verdict(self.case, "refused with another status", detail)
        wording = (expected.get("message") or "") in body["message"]
        is_statement_error = "Statement" in (expected.get("type") or "")
        if is_statement_error and body["@type"] != "statement_error":
            return Verdict(self.case, "refused with another kind of error", detail)
        return Verdict(self.case, detail=detail, wording=wording)


def with_sorted_rows(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the elements with the columns of all rows in one order; all else stays in place."""
    columns = sorted((e["row"]["columns"] for e in elements if "row" in e), key=str)
    rows = iter(columns)
    return [{**e, "row": {**e["row"], "columns": next(rows)}} if "row" in e else e for e in elements]


def substituted(tree: Any, statement: str) -> Any:
    if isinstance(tree, dict):
        return {key: substituted(value, statement) for key, value in tree.items()}
    return tree.replace("{STATEMENT}", statement) if isinstance(tree, str) else tree


def part_of(have: Any, want: Any) -> bool:
    """Return whether everything that `want` lists is in `have`."""
    if isinstance(want, dict) and isinstance(have, dict):
        for key, value in want.items():
            name, _, kind = key.partition("|")
            if kind == "starts_with":
                if not str(have.get(name, "")).startswith(value):
                    return False
            elif name not in have or not part_of(have[name], value):
                return False
        return True
    if isinstance(want, list) and isinstance(have, list):
        return len(have) == len(want) and all(map(part_of, have, want))
    return matches(have, want) or (isinstance(want, float | Decimal) and have == want)
