"""Statements run through the planner alone: what a catalog holds after them, what they are refused with."""

from dataclasses import dataclass, field

from clickstream.core.errors import SqlError
from clickstream.sql import nodes as n
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.custom_types import resolve_type
from clickstream.sql.functions.registry import REGISTRY
from clickstream.sql.insert_values import InsertRow
from clickstream.sql.parser import parse
from clickstream.sql.plan import PersistentPlan, TransientPlan
from clickstream.sql.planner import Planner, TopicFacts
from clickstream.sql.pull import PullPlan, StreamPullPlan

Planned = DataSource | PersistentPlan | TransientPlan | PullPlan | StreamPullPlan | InsertRow | None


@dataclass
class PlanningDesk:
    """A catalog and its planner. Queries are called Q_0, Q_1, …; `plans` keeps them by id."""

    settings: dict[str, object] = field(default_factory=dict)
    missing_topics: frozenset[str] = frozenset()
    catalog: Catalog = field(default_factory=Catalog)
    plans: dict[str, PersistentPlan] = field(default_factory=dict)

    def planner(self) -> Planner:
        return Planner(
            self.catalog,
            REGISTRY,
            topic_exists=lambda topic: topic not in self.missing_topics,
            topic_facts=lambda topic: TopicFacts(1, 1, -1),
            settings=self.settings,
            running_plan=self.plans.get,
        )

    def run(self, script: str, *, query_id: str = "") -> Planned:
        """Plan every statement, keep what it makes, and return what the last one came to."""
        result: Planned = None
        for parsed in parse(script):
            result = self._one(parsed.statement, query_id or f"Q_{len(self.plans)}")
        return result

    def refusal(self, script: str) -> SqlError:
        """Return the error of the last statement, or of reading the script; there has to be one."""
        try:
            *before, last = parse(script)
        except SqlError as error:
            return error
        for parsed in before:
            self._one(parsed.statement, f"Q_{len(self.plans)}")
        try:
            self._one(last.statement, "Q_X")
        except SqlError as error:
            return error
        raise AssertionError(f"not refused: {last.text}")

    def _one(self, statement: n.Statement, query_id: str) -> Planned:
        planner = self.planner()
        match statement:
            case n.CreateSource():
                source = planner.plan_create(statement)
                self.catalog.add(source, replace=statement.or_replace)
                return source
            case n.CreateAsSelect():
                sink, plan = planner.plan_create_as(statement, query_id)
                self.catalog.add(sink, replace=statement.or_replace)
                self.plans[query_id] = plan
                return plan
            case n.InsertInto():
                plan = planner.plan_insert_into(statement, query_id)
                self.plans[plan.query_id] = plan
                return plan
            case n.InsertValues():
                return planner.plan_insert_values(statement)
            case n.AlterSource():
                self.catalog.add(altered := planner.plan_alter(statement), replace=True)
                return altered
            case n.CreateType():
                self.catalog.types[statement.name] = resolve_type(statement.type, self.catalog.types)
                return None
            case n.QueryStatement(query=query) if query.emit is not None:
                return planner.plan_push_query(statement, query_id)
            case n.QueryStatement():
                return planner.plan_pull_query(statement)
            case _:
                raise AssertionError(f"no such statement here: {statement}")
