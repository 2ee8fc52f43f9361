"""Runs statements: a script in, one entity a statement out.

A script is parsed whole, then rehearsed in a transaction that is taken back, then run statement by
statement, each in a transaction of its own. So a statement that cannot work keeps the whole script from
being run, as on the real server, which validates in a sandbox first.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from clickstream.connectors.supervisor import Supervisor
from clickstream.core.errors import NotFound, SqlError
from clickstream.node import (
    server_properties,
    statements_connectors,
    statements_control,
    statements_define,
    statements_settings,
    statements_show,
)
from clickstream.node.command_log import Command
from clickstream.node.entities import CommandStatus, CurrentStatus, Entity
from clickstream.node.execution import Execution, Session
from clickstream.node.identity import ServerIdentity
from clickstream.node.node import Node
from clickstream.node.open_queries import OpenQueries
from clickstream.node.rejections import (
    ClusterTerminated,
    CommandFailed,
    CommandNotReached,
    RequestRejected,
    WrongEndpoint,
)
from clickstream.node.row_inserts import RowInserter, insert_values
from clickstream.node.select import PrintSource, RowSource, open_print, open_query
from clickstream.node.statement_errors import as_recorded
from clickstream.sql import nodes as n
from clickstream.sql.parser import parse
from clickstream.sql.plan import PersistentPlan
from clickstream.sql.planner import Planner, TopicFacts
from clickstream.sql.variables import substitute

__all__ = ["StatementExecutor"]

Handler = Callable[[Execution, Any], Entity | None]

NEEDS_QUERY_ENDPOINT = (
    "The following statement types should be issued to the websocket endpoint '/query':\n"
    "\t* PRINT\n\t* SELECT"
)
SEQUENCE_TIMEOUT_S = 5.0
"""How long a request waits for the command it wants to come after."""

SEQUENCE_POLL_S = 0.1


class _Rehearsed(Exception):
    pass


class StatementExecutor:
    """Executes statements on a node. Every method may be called from any thread."""

    def __init__(
        self,
        node: Node,
        identity: ServerIdentity | None = None,
        connectors: Supervisor | None = None,
        *,
        server_settings: Mapping[str, object] | None = None,
    ) -> None:
        """Take the node; `server_settings` are properties that the server sets, below any request's own."""
        self._node = node
        self._server_settings = dict(server_settings or {})
        self._identity = identity or ServerIdentity()
        self._connectors = connectors
        self.open_queries = OpenQueries()
        """The push queries that clients are reading; whoever serves rows adds and removes them."""
        self.terminated = False
        """Whether the cluster was told to terminate: no more requests are served."""

    # ------------------------------------------------------------------------------ scripts

    def execute(
        self,
        text: str,
        properties: Mapping[str, object] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        after_sequence: int | None = None,
    ) -> list[Entity]:
        """Run the statements of `text` in order and return their entities; some have none.

        `after_sequence` is the number of a command that must have been executed before.

        Raises: SqlError, RequestRejected, Conflict, NotFound; then nothing was run, or what was run
                before the statement that failed stays.
        """
        if self.terminated:
            raise ClusterTerminated
        self._wait_for(after_sequence)
        server_properties.check_allowed(properties or {})
        script = _prepare(text, variables or {})
        session = Session(dict(properties or {}), dict(variables or {}))
        if script:
            _check_known(session.properties, _text(script[0]))
        if len(script) > 1:
            self._rehearse(script, session.copy())
        return [entity for parsed in script if (entity := self._run(parsed, session))]

    def _wait_for(self, sequence: int | None) -> None:
        """Wait until command `sequence` is executed; here commands are, by the time they are numbered.

        Raises: CommandNotReached.
        """
        if sequence is None or sequence <= self._node.command_log.last_sequence:
            return
        deadline = self._node.clock.monotonic_s() + SEQUENCE_TIMEOUT_S
        while self._node.clock.monotonic_s() < deadline:
            time.sleep(SEQUENCE_POLL_S)
            if sequence <= self._node.command_log.last_sequence:
                return
        raise CommandNotReached(
            f"Timed out while waiting for a previous command to execute. command sequence number: {sequence}"
        )

    def _rehearse(self, script: Sequence[n.ParsedStatement], session: Session) -> None:
        try:
            with self._node.change():
                for parsed in script:
                    self._dispatch(parsed, session, dry=True)
                raise _Rehearsed
        except _Rehearsed:
            pass

    def _run(self, parsed: n.ParsedStatement, session: Session) -> Entity | None:
        if isinstance(parsed.statement, _OUTSIDE_TRANSACTIONS):
            return self._dispatch(parsed, session, dry=False)
        with self._node.change():
            return self._dispatch(parsed, session, dry=False)

    def _dispatch(
        self,
        parsed: n.ParsedStatement,
        session: Session,
        *,
        dry: bool,
        replayed: Command | None = None,
    ) -> Entity | None:
        text = _text(parsed)
        if isinstance(parsed.statement, n.QueryStatement | n.PrintTopic):
            raise WrongEndpoint(NEEDS_QUERY_ENDPOINT, statement=text)
        run = self._execution(text, session, dry=dry, replayed=replayed)
        try:
            return self._handler(parsed.statement)(run, parsed.statement)
        except SqlError as error:
            raise as_recorded(error, parsed.statement, text) from error

    def _execution(
        self, text: str, session: Session, *, dry: bool = False, replayed: Command | None = None
    ) -> Execution:
        node = self._node
        session.server_settings = self._server_settings
        planner = Planner(
            node.catalog,
            node.functions,
            topic_exists=node.topic_exists,
            topic_facts=self._topic_facts,
            settings=session.effective,
            is_materialised=self._is_materialised,
            running_plan=self._running_plan,
        )
        return Execution(node, planner, self._identity, session, text, dry, replayed, self.open_queries)

    def _running_plan(self, query_id: str) -> PersistentPlan | None:
        """Return the plan of a query, None if it does not run."""
        try:
            return self._node.query(query_id).plan
        except NotFound:
            return None

    def _is_materialised(self, name: str) -> bool:
        """Return whether a query that runs keeps the rows of a table."""
        source = self._node.catalog.get(name)
        if source is None or source.created_by is None:
            return False
        return self._running_plan(source.created_by) is not None

    def _topic_facts(self, topic: str) -> TopicFacts | None:
        if not self._node.topics.exists(topic):
            return None
        info = self._node.topics.describe(topic)
        retention_ms = info.config.get("retention.ms")
        if retention_ms is None:
            return TopicFacts(info.partitions, info.replicas)
        return TopicFacts(info.partitions, info.replicas, int(retention_ms))

    def _handler(self, statement: n.Statement) -> Handler:
        if isinstance(statement, n.Describe) and statement.what == "CONNECTOR":
            return self._with_connectors(statements_connectors.describe_connector)
        if isinstance(statement, n.Show) and statement.what in ("CONNECTORS", "PLUGINS"):
            return self._with_connectors(statements_connectors.show_connectors)
        if isinstance(statement, n.CreateConnector):
            return self._with_connectors(statements_connectors.create_connector)
        if isinstance(statement, n.DropConnector):
            return self._with_connectors(statements_connectors.drop_connector)
        return _HANDLERS[type(statement)]

    def _with_connectors(self, handler: Callable[..., Entity]) -> Handler:
        if self._connectors is None:
            raise RequestRejected("This server runs without connectors")
        return partial(_call_with, handler, self._connectors)

    # ------------------------------------------------------------------------------ replay

    def replay(self, command: Command) -> None:
        """Do again what a command of the log did (`Node.recover`)."""
        (parsed,) = parse(command.text)
        session = Session(dict(command.properties))
        self._dispatch(parsed, session, dry=False, replayed=command)

    def commands(self) -> list[Command]:
        """Return all commands that were executed, oldest first."""
        return self._node.command_log.all()

    # ------------------------------------------------------------------------------ queries

    def open_query(
        self,
        text: str,
        properties: Mapping[str, object],
        variables: Mapping[str, str],
        *,
        old_endpoint: bool,
    ) -> RowSource | PrintSource:
        """Start the one SELECT or PRINT of `text`; its reader closes it.

        The two endpoints differ in how they refuse, and in where PRINT begins: `/query` goes by
        auto.offset.reset, `/query-stream` at the end.

        Raises: SqlError, RequestRejected.
        """
        server_properties.check_allowed(properties)
        parsed = _only_statement(text, variables)
        session = Session(dict(properties), dict(variables))
        run = self._execution(_text(parsed), session)
        try:
            match parsed.statement:
                case n.QueryStatement() as query:
                    return open_query(run, query)
                case n.PrintTopic() as statement:
                    beginning = old_endpoint and server_properties.reads_from_beginning(session.effective)
                    return open_print(run, statement, from_beginning=beginning)
        except SqlError as error:
            raise as_recorded(error, parsed.statement, run.text) from error
        if old_endpoint:
            raise RequestRejected(
                "Statement type `io.confluent.ksql.parser.KsqlParser$PreparedStatement' "
                "not supported for this resource"
            )
        raise SqlError(f"Neither a query nor a print statement\nStatement: {text}", statement=text)

    @property
    def failure(self) -> Exception | None:
        """Why the node's newest commit failed, None when all is well."""
        return self._node.failure

    def open_inserts(self, target: str) -> RowInserter:
        """Return what inserts rows into the stream or table `target`, a name as in SQL.

        Raises: SqlError if there is none.
        """
        return RowInserter(self._node, target)

    # ------------------------------------------------------------------------------ the end

    def terminate_cluster(self, topics: Sequence[str]) -> Entity:
        """End all queries, forget all sources and types, delete `topics`; serve no more requests."""
        text = "TERMINATE CLUSTER;"
        node = self._node
        for reading in self.open_queries.all():
            self.open_queries.close(reading.source.query_id)
        with node.change():
            for query in node.queries():
                node.terminate(query.query_id)
            subjects = [command.subject for command in node.command_log.live() if command.subject]
            node.catalog.sources.clear()
            node.catalog.types.clear()
            node.catalog.reads.clear()
            for topic in topics:
                if node.topics.exists(topic):
                    node.delete_topic(topic)
            command = node.command_log.append("terminate/CLUSTER/execute", text)
            node.command_log.retire([*subjects, ""])
        self.terminated = True
        return CurrentStatus(
            statement_text=text,
            command_id=command.command_id,
            command_status=CommandStatus("QUEUED", "Statement written to command topic"),
            command_sequence_number=command.sequence,
        )


def _call_with(
    handler: Callable[..., Entity], supervisor: Supervisor, run: Execution, statement: Any
) -> Entity:
    return handler(run, statement, supervisor)


def _alter_system(run: Execution, statement: n.AlterSystem) -> Entity | None:
    raise CommandFailed(
        f"Could not write the statement '{run.text}' into the command topic.\n"
        "Caused by: Cannot alter system configs when KSQL_SHARED_RUNTIME_ENABLED is\n\tturned off.",
        statement=run.text,
    )


_HANDLERS: dict[type[n.Statement], Handler] = {
    n.CreateSource: statements_define.create_source,
    n.CreateAsSelect: statements_define.create_as,
    n.InsertInto: statements_define.insert_into,
    n.InsertValues: insert_values,
    n.DropSource: statements_define.drop_source,
    n.AlterSource: statements_define.alter_source,
    n.CreateType: statements_define.create_type,
    n.DropType: statements_define.drop_type,
    n.QueryControl: statements_control.control_query,
    n.Show: statements_show.show,
    n.Describe: statements_show.describe,
    n.Explain: statements_show.explain,
    n.SetProperty: statements_settings.set_property,
    n.UnsetProperty: statements_settings.unset_property,
    n.AlterSystem: _alter_system,
    n.Define: statements_settings.define,
    n.Undefine: statements_settings.undefine,
    n.AssertTopic: statements_settings.assert_topic,
    n.AssertSchema: statements_settings.assert_schema,
}

_OUTSIDE_TRANSACTIONS = (
    n.InsertValues,
    n.CreateConnector,
    n.DropConnector,
    n.Show,
    n.Describe,
    n.Explain,
    n.SetProperty,
    n.UnsetProperty,
    n.Define,
    n.Undefine,
    n.AssertTopic,
    n.AssertSchema,
)
"""Statements that wait for the commit loop or for connectors, or change nothing that is kept."""


def _prepare(text: str, variables: Mapping[str, str]) -> list[n.ParsedStatement]:
    return parse(substitute(text, variables))


def _only_statement(text: str, variables: Mapping[str, str]) -> n.ParsedStatement:
    try:
        statements = _prepare(text, variables)
    except SqlError as error:
        error.message = f"{error.message}\nStatement: {text}"
        error.args = (error.message,)
        raise
    if len(statements) != 1:
        raise SqlError(
            f"Expected exactly one KSQL statement; found {len(statements)} instead\nStatement: {text}",
            statement=text,
        )
    return statements[0]


def _text(parsed: n.ParsedStatement) -> str:
    return f"{parsed.text};"


def _check_known(properties: Mapping[str, object], statement: str) -> None:
    """Check that every property of a request is one.

    Raises: CommandFailed; the real server takes it for a failure of its own.
    """
    unknown = [name for name in properties if not server_properties.is_known(name)]
    if unknown:
        raise CommandFailed(
            f"Not recognizable as ksql, streams, consumer, or producer property: '{unknown[0]}'",
            statement=statement,
        )
