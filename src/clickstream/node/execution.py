"""What a statement's handler works with: the node, the request's session, the statement's text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clickstream.core.errors import SqlError
from clickstream.node.command_log import Command
from clickstream.node.entities import CommandStatus, CurrentStatus
from clickstream.node.identity import ServerIdentity
from clickstream.node.node import Node
from clickstream.node.open_queries import OpenQueries
from clickstream.sql.planner import Planner

__all__ = ["Execution", "Session"]


@dataclass
class Session:
    """What SET and DEFINE of one request, and the request itself, have set. REST has no longer sessions."""

    properties: dict[str, object] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    server_settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def effective(self) -> dict[str, object]:
        """The properties in force: the server's, and over them the session's own."""
        return {**self.server_settings, **self.properties}

    def copy(self) -> "Session":
        """Return an independent session with the same content."""
        return Session(dict(self.properties), dict(self.variables))


@dataclass(frozen=True, slots=True)
class Execution:
    """One statement being executed.

    `text` is the statement with its `;`. `dry` says that this is the rehearsal of a script whose changes
    are taken back: nothing may leave the node's transaction. `replayed` is the command that is done again
    at start, under its own number and query id.
    """

    node: Node
    planner: Planner
    identity: ServerIdentity
    session: Session
    text: str
    dry: bool = False
    replayed: Command | None = None
    open_queries: OpenQueries = field(default_factory=OpenQueries)

    def query_id(self, prefix: str, name: str = "") -> str:
        """Return the id for a query that this statement starts."""
        if self.replayed is not None and self.replayed.query_id is not None:
            return self.replayed.query_id
        return self.node.command_log.next_query_id(prefix, name)

    def command(
        self,
        command_id: str,
        message: str,
        *,
        statement_text: str | None = None,
        query_id: str | None = None,
        subject: str = "",
    ) -> CurrentStatus:
        """Note the statement in the command log and return its answer."""
        if self.replayed is not None:
            sequence = self.replayed.sequence
        else:
            sequence = self.node.command_log.append(
                command_id,
                self.text,
                query_id=query_id,
                subject=subject,
                properties=self.session.properties,
                message=message,
            ).sequence
        return CurrentStatus(
            statement_text=statement_text or self.text,
            command_id=command_id,
            command_status=CommandStatus("SUCCESS", message, query_id),
            command_sequence_number=sequence,
        )

    def refuse(self, message: str) -> SqlError:
        """Return the error for a statement that is refused, with its text."""
        return SqlError(message, statement=self.text)
