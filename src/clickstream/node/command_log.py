"""The durable list of statements that made the catalog and its queries; replayed at start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from clickstream.storage.database import Database

__all__ = ["SEQUENCE_STEP", "Command", "CommandLog"]

SEQUENCE_STEP = 2
"""ksqlDB writes each command in a Kafka transaction, whose marker takes the offset after it: 0, 2, 4 …"""

_TABLE = """CREATE TABLE IF NOT EXISTS commands (
    sequence INTEGER PRIMARY KEY, command_id TEXT NOT NULL, text TEXT NOT NULL, query_id TEXT,
    subject TEXT NOT NULL, properties TEXT NOT NULL, message TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0)"""

_COLUMNS = "sequence, command_id, text, query_id, subject, properties, message"


@dataclass(frozen=True, slots=True)
class Command:
    """One statement that was executed.

    `command_id` is ksqlDB's, such as "table/`EVENTS_PER_MIN`/create". `subject` is what the statement is
    about, a kind and a name, such as `source:EVENTS_PER_MIN`, `type:T` or `query:INSERTQUERY_7`: when that is
    dropped, its commands are retired and not replayed. `message` is what /status tells.
    """

    sequence: int
    command_id: str
    text: str
    query_id: str | None = None
    subject: str = ""
    properties: Mapping[str, object] = field(default_factory=dict)
    message: str = ""


class CommandLog:
    """Commands in the order they were executed.

    Source: golden/rest/ksql: CSAS_USER_CLICKSTREAM_9 is the command with sequence number 10.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_TABLE)

    @property
    def last_sequence(self) -> int:
        """The newest command's sequence number, -1 before the first."""
        (last,) = self._database.read("SELECT max(sequence) FROM commands")[0]
        return -1 if last is None else int(last)

    @property
    def next_sequence(self) -> int:
        """The sequence number that the next command will have."""
        last = self.last_sequence
        return 0 if last < 0 else last + SEQUENCE_STEP

    def next_query_id(self, prefix: str, name: str = "") -> str:
        """Return the id for a query that the next command starts: prefix CSAS or CTAS with the sink's name.

        INSERTQUERY has no name. The number is the offset after the newest command, that is one less than the
        sequence number of this one, and 0 for the very first.
        """
        parts = (prefix, name, str(self.last_sequence + 1)) if name else (prefix, str(self.last_sequence + 1))
        return "_".join(parts)

    def append(
        self,
        command_id: str,
        text: str,
        *,
        query_id: str | None = None,
        subject: str = "",
        properties: Mapping[str, object] | None = None,
        message: str = "",
    ) -> Command:
        """Add a command, inside the transaction that also does what it says; return it with its number."""
        command = Command(
            self.next_sequence, command_id, text, query_id, subject, dict(properties or {}), message
        )
        self._database.write(
            f"INSERT INTO commands ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                command.sequence, command_id, text, query_id, subject,
                msgspec.json.encode(command.properties).decode(), message,
            ),
        )  # fmt: skip
        return command

    def retire(self, subjects: Iterable[str]) -> None:
        """Mark the commands about dropped things, inside a transaction: they will not be replayed."""
        self._database.write_many(
            "UPDATE commands SET retired = 1 WHERE subject = ?", [(subject,) for subject in subjects]
        )

    def live(self) -> list[Command]:
        """Return what has to be replayed, oldest first."""
        return self._select("WHERE retired = 0")

    def all(self) -> list[Command]:
        """Return every command ever, oldest first."""
        return self._select("")

    def _select(self, where: str) -> list[Command]:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM commands {where} ORDER BY sequence")
        return [
            Command(
                sequence, command_id, text, query_id, subject,
                msgspec.json.decode(properties, type=dict[str, object]), message,
            )
            for sequence, command_id, text, query_id, subject, properties, message in rows
        ]  # fmt: skip
