"""Proves the way of every table: topic → sink → index → datasource → panel.

A dashboard that stays empty has a broken link somewhere on that way; this names it. Counts come from each
station itself, the last one by the same search through the datasource that the dashboard makes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clickstream.core.errors import ClickstreamError, NotFound
from clickstream.steps.context import StepContext
from clickstream.steps.load_dashboard import read_model
from clickstream.steps.pipeline import index_name, sink_name

__all__ = ["TableProof", "verify"]

TOTAL_MESSAGES = re.compile(r"total-messages:\s*([0-9.]+)")


@dataclass(frozen=True)
class TableProof:
    """What was found on one table's way. `problem` is the first broken link, empty if there is none.

    Units: `newest_ms` — epoch milliseconds of the newest event in the index.
    `shown` counts the documents that the dashboard's time range covers.
    """

    table: str
    records: int | None = None
    sink: str = ""
    documents: int | None = None
    newest_ms: int | None = None
    datasource: str = ""
    panels: int = 0
    shown: int | None = None
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the whole way is proven."""
        return not self.problem


@dataclass
class Findings:
    """What is being found for one table, station by station."""

    table: str
    values: dict[str, Any] = field(default_factory=dict)

    def proof(self, problem: str = "") -> TableProof:
        """Return what was found so far."""
        return TableProof(self.table, **self.values, problem=problem)


def verify(context: StepContext, tables: tuple[str, ...] = (), *, any_time: bool = False) -> list[TableProof]:
    """Return a proof for each table; with `any_time` data older than the dashboard's range will do.

    Raises: NotFound if a table has no sink in the pipeline; ServiceUnavailable if a service does not answer.
    """
    panels = Panels.read(context)
    proofs: list[TableProof] = []
    for table in context.pipeline.tables(tables):
        context.progress.waiting(f"the way of {table}")
        proofs.append(prove(context, table, panels, any_time=any_time))
    return proofs


def prove(context: StepContext, table: str, panels: "Panels", *, any_time: bool) -> TableProof:
    """Go one table's way until a link is broken."""
    found = Findings(table)
    try:
        check_topic(context, found)
        check_sink(context, found)
        check_index(context, found)
        check_panels(context, found, panels, any_time=any_time)
    except Broken as broken:
        return found.proof(str(broken))
    return found.proof()


class Broken(Exception):
    """A link of the way is broken; the text says which and why."""


def check_topic(context: StepContext, found: Findings) -> None:
    """Find out how many records the table's topic got."""
    try:
        description = context.ksqldb.describe(found.table)
    except NotFound as error:
        raise Broken("topic: there is no such table; `clickstream load-ksql` makes it") from error
    found.values["records"] = total_messages(description)
    if not found.values["records"] and not context.ksqldb.has_records(str(description["topic"])):
        raise Broken("topic: it is empty")


def total_messages(description: Mapping[str, Any]) -> int | None:
    """Return how many records the server counts for a source, None if it does not tell."""
    for statistic in description.get("clusterStatistics") or ():
        if statistic.get("name") == "total-messages":
            return int(statistic["value"])
    written = TOTAL_MESSAGES.search(str(description.get("statistics", "")))
    return int(float(written[1])) if written else None


def check_sink(context: StepContext, found: Findings) -> None:
    """Find out whether the table's sink runs."""
    name = sink_name(found.table)
    try:
        status = context.connect.status(name)
    except NotFound as error:
        raise Broken(f"sink: there is no connector {name}; `clickstream sinks create` makes it") from error
    found.values["sink"] = status.state
    if status.failed is not None:
        found.values["sink"] = "FAILED"
        raise Broken(f"sink: {next(iter(status.failed.trace.splitlines()), 'its task failed')}")
    if not status.is_running:
        raise Broken(f"sink: it is {status.state}")


def check_index(context: StepContext, found: Findings) -> None:
    """Find out how many documents the index holds, and how new they are."""
    time_field = context.pipeline.sinks[found.table].time_field
    try:
        state = context.elasticsearch.index_state(index_name(found.table), time_field)
    except NotFound as error:
        raise Broken(f"index: there is no {index_name(found.table)} yet") from error
    found.values |= {"documents": state.documents, "newest_ms": state.newest_ms}
    if not state.documents:
        raise Broken("index: it is empty")
    if state.newest_ms is None:
        raise Broken(f"index: no document has a {time_field}; `clickstream template put`, then reload")


def check_panels(context: StepContext, found: Findings, panels: "Panels", *, any_time: bool) -> None:
    """Find out whether the table's datasource finds the documents that its panels draw."""
    uid = panels.datasource_of(index_name(found.table))
    if uid is None:
        raise Broken("datasource: there is none; `clickstream dashboards load` makes it")
    drawn = panels.using(uid)
    found.values |= {"datasource": uid, "panels": len(drawn)}
    time_field = context.pipeline.sinks[found.table].time_field
    within = {"range": {time_field: {"gte": panels.since, "lte": panels.until}}}
    body = {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": [within]}}}
    try:
        total = context.grafana.search(uid, index_name(found.table), body)["hits"]["total"]
    except ClickstreamError as error:
        raise Broken(f"datasource: {error.message}") from error
    found.values["shown"] = total["value"] if isinstance(total, dict) else total
    if not found.values["shown"] and not any_time:
        raise Broken(f"panel: nothing is newer than {panels.since}; `--any-time` accepts older data")


@dataclass(frozen=True)
class Panels:
    """The dashboards as Grafana has them: what reads which datasource, over which time."""

    sources: Mapping[str, str]
    """Datasource uid by index."""
    targets: Sequence[str]
    """Datasource uid of each panel."""
    since: str
    until: str

    @classmethod
    def read(cls, context: StepContext) -> "Panels":
        """Return the pipeline's dashboards. Raises: ServiceUnavailable if Grafana does not answer."""
        sources: dict[str, str] = {}
        for source in context.grafana.datasources():
            index = (source.get("jsonData") or {}).get("index") or source.get("database")
            sources[str(index)] = str(source["uid"])
        models = [
            context.grafana.dashboard(str(read_model(context, path)["uid"])) or {}
            for path in context.assets.glob(context.pipeline.dashboards, "*.json")
        ]
        panels = [panel for model in models for panel in flat_panels(model)]
        time = next((model["time"] for model in models if "time" in model), {"from": "now-15m", "to": "now"})
        return cls(sources, [uid_of(panel) for panel in panels], time["from"], time["to"])

    def datasource_of(self, index: str) -> str | None:
        """Return the uid of the datasource that reads `index`."""
        return self.sources.get(index)

    def using(self, uid: str) -> list[str]:
        """Return the panels that draw from the datasource."""
        return [target for target in self.targets if target == uid]


def flat_panels(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return a dashboard's panels, those inside rows too."""
    panels: list[Mapping[str, Any]] = []
    for panel in model.get("panels", ()):
        panels += [panel, *panel.get("panels", ())]
    return panels


def uid_of(panel: Mapping[str, Any]) -> str:
    """Return the uid of the datasource that a panel draws from; empty if it draws from none."""
    source = panel.get("datasource")
    return str(source.get("uid", "")) if isinstance(source, dict) else str(source or "")
