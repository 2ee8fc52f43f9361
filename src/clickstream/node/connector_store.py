"""Durable names and bytes for the connectors' configurations and states."""

from clickstream.storage.database import Database

__all__ = ["ConnectorStore"]

_TABLE = "CREATE TABLE IF NOT EXISTS connectors (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"


class ConnectorStore:
    """Names and bytes; what is put is durable on return."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_TABLE)

    def get(self, name: str) -> bytes | None:
        """Return the bytes kept under `name`, None if there are none."""
        rows = self._database.read("SELECT value FROM connectors WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def put(self, name: str, value: bytes) -> None:
        """Keep `value` under `name`."""
        with self._database.transaction():
            self._database.write("INSERT OR REPLACE INTO connectors VALUES (?, ?)", (name, value))

    def delete(self, name: str) -> None:
        """Forget `name`; harmless if it is unknown."""
        with self._database.transaction():
            self._database.write("DELETE FROM connectors WHERE name = ?", (name,))

    def items(self) -> list[tuple[str, bytes]]:
        """Return all names and bytes, by name."""
        return [
            (name, value)
            for name, value in self._database.read("SELECT name, value FROM connectors ORDER BY name")
        ]
