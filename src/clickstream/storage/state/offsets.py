"""How far readers have come: queries in topics, and source connectors in what they read from."""

from clickstream.core.errors import OffsetRegression
from clickstream.storage.database import Database

__all__ = ["OffsetStore"]

_TABLES = (
    """CREATE TABLE IF NOT EXISTS offsets (
        reader TEXT NOT NULL, topic TEXT NOT NULL, next_offset INTEGER NOT NULL,
        PRIMARY KEY (reader, topic)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS source_offsets (
        source TEXT PRIMARY KEY, position BLOB NOT NULL) WITHOUT ROWID""",
)


class OffsetStore:
    """Committed positions. A group is a query's id; a source is a connector's task."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(*_TABLES)

    def committed(self, group: str) -> dict[str, int]:
        """Return, per topic, the offset that a group reads next."""
        return dict(self._database.read("SELECT topic, next_offset FROM offsets WHERE reader = ?", (group,)))

    def commit(self, group: str, topic: str, offset: int) -> None:
        """Set the offset that a group reads next in a topic, inside a transaction.

        Raises: OffsetRegression if it read further before.
        """
        rows = self._database.read(
            "SELECT next_offset FROM offsets WHERE reader = ? AND topic = ?", (group, topic)
        )
        if rows and rows[0][0] > offset:
            raise OffsetRegression(topic, found=rows[0][0], wanted=offset)
        self._database.write("INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", (group, topic, offset))

    def drop(self, group: str) -> None:
        """Forget a group's positions, inside a transaction."""
        self._database.write("DELETE FROM offsets WHERE reader = ?", (group,))

    def forget_topic(self, topic: str) -> None:
        """Forget every group's position in a topic that is deleted, inside a transaction."""
        self._database.write("DELETE FROM offsets WHERE topic = ?", (topic,))

    def source(self, name: str) -> bytes | None:
        """Return the position that a source committed with its newest records, None if never."""
        rows = self._database.read("SELECT position FROM source_offsets WHERE source = ?", (name,))
        return rows[0][0] if rows else None

    def commit_source(self, name: str, position: bytes) -> None:
        """Set a source's position, inside the transaction that appends its records."""
        self._database.write("INSERT OR REPLACE INTO source_offsets VALUES (?, ?)", (name, position))

    def drop_source(self, name: str) -> None:
        """Forget a source's position, inside a transaction."""
        self._database.write("DELETE FROM source_offsets WHERE source = ?", (name,))
