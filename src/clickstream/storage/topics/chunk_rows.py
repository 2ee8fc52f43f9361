"""The table of chunks: one row an append, later rewritten by compaction with what is left of several.

A row covers the offsets from `first_offset` up to `end_offset`. Appended rows hold them all; compacted
ones have gaps, and are read as one chunk per run of records without a gap.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from clickstream.core.errors import CorruptState
from clickstream.core.records import Chunk
from clickstream.storage.database import Database
from clickstream.storage.topics.frame import Packed, Run, checksum, decode_records, decode_runs

__all__ = ["ChunkRow", "ChunkRows"]

_TABLES = (
    # The row id is the sequence: arrival order over all topics.
    """CREATE TABLE IF NOT EXISTS chunks (
        sequence INTEGER PRIMARY KEY, topic INTEGER NOT NULL, first_offset INTEGER NOT NULL,
        end_offset INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
        newest_ms INTEGER NOT NULL, crc INTEGER NOT NULL, records BLOB NOT NULL)""",
    # Finds an offset, and lets retention weigh chunks without touching their blobs.
    """CREATE UNIQUE INDEX IF NOT EXISTS chunks_by_offset
        ON chunks (topic, first_offset, end_offset, count, bytes, newest_ms)""",
)

_INSERT = "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


_FROM_OFFSET = """FROM chunks WHERE topic = ?1
    AND first_offset >= coalesce((SELECT max(first_offset) FROM chunks
        WHERE topic = ?1 AND first_offset <= ?2), 0)
    AND first_offset < ?3 ORDER BY first_offset LIMIT ?4"""
"""The row before the first may be the one that holds the offset, and compaction may join rows at any time."""


class ChunkRow(NamedTuple):
    """What is known of a row without reading its records."""

    sequence: int
    first_offset: int
    end_offset: int
    messages: int
    bytes: int
    newest_ms: int


class ChunkRows:
    """Reads and writes rows; knows nothing of topics but their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(*_TABLES)

    def last_sequence(self) -> int:
        """Return the largest sequence there is, -1 if there is none."""
        (last,) = self._database.read("SELECT max(sequence) FROM chunks")[0]
        return -1 if last is None else int(last)

    def insert(self, topic: int, chunk: Chunk, packed: Packed) -> None:
        """Write an appended chunk, inside a transaction."""
        self._insert(topic, chunk.sequence, chunk.first_offset, chunk.end_offset, packed)

    def _insert(self, topic: int, sequence: int, first_offset: int, end_offset: int, packed: Packed) -> None:
        frame = packed.frame
        row = (
            sequence, topic, first_offset, end_offset, len(packed.records), len(frame), packed.newest_ms,
            checksum(frame), frame,
        )  # fmt: skip
        self._database.write(_INSERT, row)

    def from_offset(self, topic: int, offset: int, end: int, limit: int) -> list[ChunkRow]:
        """Return the row that may hold `offset`, and those after it up to `end`."""
        found = self._database.read(
            f"SELECT sequence, first_offset, end_offset, count, bytes, newest_ms {_FROM_OFFSET}",
            (topic, offset, end, limit),
        )
        return [ChunkRow(*row) for row in found]

    def fetch(
        self, topic: int, name: str, offset: int, end: int, limit: int
    ) -> Iterator[tuple[int, list[Chunk]]]:
        """Yield the same rows with their records: the row's end, and its chunks.

        Raises: CorruptState if a row is damaged.
        """
        rows = self._database.read(
            f"SELECT sequence, first_offset, end_offset, count, crc, records {_FROM_OFFSET}",
            (topic, offset, end, limit),
        )
        for sequence, first_offset, row_end, count, crc, frame in rows:
            runs = self._runs(name, first_offset, row_end, count, crc, frame)
            yield row_end, [Chunk(name, first_offset + at, sequence, records) for at, records in runs]

    def _runs(
        self, name: str, first_offset: int, end_offset: int, count: int, crc: int, frame: bytes
    ) -> list[Run]:
        try:
            if checksum(frame) != crc:
                raise ValueError("the checksum does not match")
            if count == end_offset - first_offset:
                return [(0, decode_records(frame))]
            return decode_runs(frame)
        except (ValueError, msgspec.MsgspecError) as error:
            raise CorruptState(
                str(self._database.path),
                reason=f"records of topic {name} at offset {first_offset}: {error}",
                hint="restore the folder from a copy, or delete the topic",
            ) from error

    def rows(self, topic: int, start: int, end: int, limit: int = -1) -> list[ChunkRow]:
        """Return the rows that begin at offsets from `start` up to `end`, oldest first."""
        found = self._database.read(
            "SELECT sequence, first_offset, end_offset, count, bytes, newest_ms FROM chunks"
            " WHERE topic = ? AND first_offset >= ? AND first_offset < ? ORDER BY first_offset LIMIT ?",
            (topic, start, end, limit),
        )
        return [ChunkRow(*row) for row in found]

    def delete(self, topic: int, start: int, end: int) -> None:
        """Delete the rows that begin at offsets from `start` up to `end`, inside a transaction."""
        self._database.write(
            "DELETE FROM chunks WHERE topic = ? AND first_offset >= ? AND first_offset < ?",
            (topic, start, end),
        )

    def replace(self, topic: int, rows: Sequence[ChunkRow], packed: Packed | None) -> None:
        """Put one row with gaps, or none, in the place of neighbouring rows, inside a transaction."""
        first, last = rows[0], rows[-1]
        self.delete(topic, first.first_offset, last.end_offset)
        if packed is not None:
            self._insert(topic, first.sequence, first.first_offset, last.end_offset, packed)

    def delete_all(self, topic: int) -> None:
        """Delete all rows of a topic, inside a transaction."""
        self._database.write("DELETE FROM chunks WHERE topic = ?", (topic,))
