"""The three forms in which query rows are sent: delimited lines, one JSON array, the old `/query` form."""

from collections.abc import Sequence
from typing import Protocol

from clickstream.node.select import OutputColumn
from clickstream.server.ksqldb.encode import dump
from clickstream.server.ksqldb.negotiation import DELIMITED, JSON, V1_JSON
from clickstream.sql.names import quote_always

__all__ = ["FORMATS", "RowFormat"]


class RowFormat(Protocol):
    """Writes a result piece by piece: head, then rows, then end."""

    media_type: str

    def head(self, query_id: str, columns: Sequence[OutputColumn], *, is_push: bool) -> bytes:
        """Return what stands before the first row."""
        ...

    def row(self, values: Sequence[object], *, tombstone: bool = False) -> bytes:
        """Return one row; `tombstone` says that a table's row was deleted."""
        ...

    def end(self, message: str | None) -> bytes:
        """Return what stands after the last row; `message` says why a push query ended."""
        ...

    def failure(self, error: dict[str, object]) -> bytes:
        """Return what stands after the last row if the query failed then."""
        ...


class Delimited:
    """A header line, then a line a row. The end is not marked."""

    media_type = DELIMITED

    def head(self, query_id: str, columns: Sequence[OutputColumn], *, is_push: bool) -> bytes:
        """Return the header line."""
        return dump(_header(query_id, columns)) + b"\n"

    def row(self, values: Sequence[object], *, tombstone: bool = False) -> bytes:
        """Return the row's line; deletions have none."""
        return b"" if tombstone else dump(values) + b"\n"

    def end(self, message: str | None) -> bytes:
        """Return nothing."""
        return b""

    def failure(self, error: dict[str, object]) -> bytes:
        """Return the error's line."""
        return dump(error) + b"\n"


class JsonArray:
    """One array: the header, then the rows."""

    media_type = JSON

    def head(self, query_id: str, columns: Sequence[OutputColumn], *, is_push: bool) -> bytes:
        """Return the array's first element."""
        return b"[" + dump(_header(query_id, columns))

    def row(self, values: Sequence[object], *, tombstone: bool = False) -> bytes:
        """Return the next element; deletions have none."""
        return b"" if tombstone else b"," + dump(values)

    def end(self, message: str | None) -> bytes:
        """Return the closing bracket."""
        return b"]"

    def failure(self, error: dict[str, object]) -> bytes:
        """Return the error as the last element."""
        return b"," + dump(error) + b"]"


class OldForm:
    """One array of objects `header`, `row`, `finalMessage`, each on its line.

    A push query's element ends with its comma, so that clients can read line by line; a pull query's
    comma comes with the next element.
    """

    media_type = V1_JSON

    def __init__(self) -> None:
        self._is_push = False

    def head(self, query_id: str, columns: Sequence[OutputColumn], *, is_push: bool) -> bytes:
        """Return the header object."""
        self._is_push = is_push
        schema = ", ".join(
            f"{quote_always(c.name)} {c.type}{' KEY' if c.is_key and not is_push else ''}" for c in columns
        )
        return b"[" + self._element({"header": {"queryId": query_id, "schema": schema}}, first=True)

    def row(self, values: Sequence[object], *, tombstone: bool = False) -> bytes:
        """Return the row object."""
        row: dict[str, object] = {"columns": values}
        if tombstone:
            row["tombstone"] = True
        return self._element({"row": row})

    def end(self, message: str | None) -> bytes:
        """Return the final message, which push queries have, and the closing bracket."""
        if not self._is_push:
            return b"]"
        return dump({"finalMessage": message or "Query Completed"}) + b"]"

    def failure(self, error: dict[str, object]) -> bytes:
        """Return the error as the last element."""
        return (b"" if self._is_push else b",\n") + dump({"errorMessage": error}) + b"]"

    def _element(self, body: dict[str, object], *, first: bool = False) -> bytes:
        if self._is_push:
            return dump(body) + b",\n"
        return (b"" if first else b",\n") + dump(body)


def _header(query_id: str, columns: Sequence[OutputColumn]) -> dict[str, object]:
    return {
        "queryId": query_id,
        "columnNames": [column.name for column in columns],
        "columnTypes": [str(column.type) for column in columns],
    }


FORMATS: dict[str, type[RowFormat]] = {DELIMITED: Delimited, JSON: JsonArray, V1_JSON: OldForm}
