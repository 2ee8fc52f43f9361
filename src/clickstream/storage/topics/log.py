"""Topics: append-only logs of records, one partition each, in rows of packed chunks.

One append is one row. Deciding what is old enough to go is in `retention.py`; who reads what, and when, is
the node's business.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

import msgspec

from clickstream.core.errors import Conflict, CorruptState, NotFound
from clickstream.core.records import Chunk, Record
from clickstream.storage.database import Database
from clickstream.storage.topics.frame import Packed, checksum, decode_records, pack
from clickstream.storage.topics.recent import RecentChunks
from clickstream.storage.topics.topic import Bounds, Topic, TopicInfo

__all__ = ["TopicLog"]

ROWS_A_READ = 256
"""Rows fetched at a time; lone records make rows of about 300 bytes, batches of about 3 MB."""

SMALL_CHUNK = 512
"""Chunks below this many records are read from disk joined together: engines like batches."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS topics (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
        replicas INTEGER NOT NULL, config TEXT NOT NULL, begin_offset INTEGER NOT NULL DEFAULT 0,
        end_offset INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
        newest_ms INTEGER NOT NULL DEFAULT -1)""",
    # The row id is the sequence: arrival order over all topics.
    """CREATE TABLE IF NOT EXISTS chunks (
        sequence INTEGER PRIMARY KEY, topic INTEGER NOT NULL, first_offset INTEGER NOT NULL,
        count INTEGER NOT NULL, bytes INTEGER NOT NULL, newest_ms INTEGER NOT NULL,
        crc INTEGER NOT NULL, records BLOB NOT NULL)""",
    # Finds an offset, and lets retention weigh chunks without touching their blobs.
    """CREATE UNIQUE INDEX IF NOT EXISTS chunks_by_offset
        ON chunks (topic, first_offset, count, bytes, newest_ms)""",
)


class TopicLog:
    """All topics of a database. Safe for use by several threads; appends need a transaction.

    Readers see committed records, and the thread inside a transaction also what it appended.
    """

    def __init__(self, database: Database, *, recent: RecentChunks | None = None) -> None:
        self._database = database
        self._lock = threading.RLock()
        self._recent = recent or RecentChunks()
        self._touched: set[Topic] = set()
        self._undo: list[Callable[[], object]] = []
        database.create(*_TABLES)
        self._topics = {topic.name: topic for topic in self._load()}
        self._next_sequence = self._load_sequence()
        database.join(self)

    # ------------------------------------------------------------------------------ topics

    def create(
        self, name: str, *, partitions: int = 1, replicas: int = 1, config: Mapping[str, str] | None = None
    ) -> None:
        """Create a topic. Numbers of partitions and replicas are remembered, and change nothing.

        Raises: Conflict if it exists.
        """
        config = dict(config or {})
        with self._database.transaction(), self._lock:
            if name in self._topics:
                raise Conflict(f"Topic '{name}' already exists.")
            topic_id = self._database.write(
                "INSERT INTO topics (name, partitions, replicas, config) VALUES (?, ?, ?, ?)",
                (name, partitions, replicas, msgspec.json.encode(config).decode()),
            )
            self._topics[name] = Topic(topic_id, name, partitions, replicas, config)
            self._undo.append(lambda: self._topics.pop(name))

    def delete(self, name: str) -> None:
        """Delete a topic with its records.

        Raises: NotFound.
        """
        with self._database.transaction(), self._lock:
            topic = self._get(name)
            self._database.write("DELETE FROM chunks WHERE topic = ?", (topic.id,))
            self._database.write("DELETE FROM topics WHERE id = ?", (topic.id,))
            del self._topics[name]
            self._touched.discard(topic)
            self._undo.append(lambda: self._topics.update({name: topic}))

    def configure(self, name: str, config: Mapping[str, str]) -> None:
        """Replace a topic's settings.

        Raises: NotFound.
        """
        with self._database.transaction(), self._lock:
            topic = self._get(name)
            before = topic.config
            text = msgspec.json.encode(dict(config)).decode()
            self._database.write("UPDATE topics SET config = ? WHERE id = ?", (text, topic.id))
            topic.config = dict(config)
            self._undo.append(lambda: setattr(topic, "config", before))

    def exists(self, name: str) -> bool:
        """Return whether there is a topic of that name."""
        return name in self._topics

    def names(self) -> list[str]:
        """Return the names of all topics, sorted."""
        with self._lock:
            return sorted(self._topics)

    def describe(self, name: str) -> TopicInfo:
        """Return a topic's settings and what it holds.

        Raises: NotFound.
        """
        with self._lock:
            return self._get(name).info()

    def begin_offset(self, name: str) -> int:
        """Return the offset of the oldest record (or of the next one, if the topic is empty).

        Raises: NotFound.
        """
        with self._lock:
            return self._visible(self._get(name)).begin

    def end_offset(self, name: str) -> int:
        """Return the offset after the newest record.

        Raises: NotFound.
        """
        with self._lock:
            return self._visible(self._get(name)).end

    # ------------------------------------------------------------------------------ records

    def append(self, name: str, records: Sequence[Record]) -> Chunk:
        """Append records, inside a transaction; return them as the chunk they became.

        Raises: NotFound; TypeError if a record's fields have wrong types.
        """
        return self.append_packed(name, pack(records))

    def append_packed(self, name: str, packed: Packed) -> Chunk:
        """Append records that were packed before, inside a transaction.

        Raises: NotFound.
        """
        with self._lock:
            topic = self._get(name)
            chunk = Chunk(name, topic.bounds.end, self._next_sequence, packed.records)
            if not packed.records:
                return chunk
            size = len(packed.frame)
            self._database.write(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    chunk.sequence, topic.id, chunk.first_offset, len(chunk),
                    size, packed.newest_ms, checksum(packed.frame), packed.frame,
                ),
            )  # fmt: skip
            self._next_sequence += 1
            topic.bounds = topic.bounds.grown(chunk.end_offset, size, packed.newest_ms)
            self._touched.add(topic)
            self._recent.add(topic, chunk, size)
        return chunk

    def read(self, name: str, offset: int, max_records: int) -> list[Chunk]:
        """Return chunks from `offset` on, whole ones, until there are `max_records` or the topic ends.

        An offset below the oldest record reads from the oldest on.

        Raises: NotFound; CorruptState if a chunk is damaged.
        """
        stored, recent = self._read(name, offset, max_records)
        return _joined(stored) + recent

    def read_together(self, offsets: Mapping[str, int], max_records: int) -> list[Chunk]:
        """Return chunks of several topics in order of arrival, each topic from its offset on.

        At most about `max_records` a topic; a chunk is left for later if one that came before it was.

        Raises: NotFound, CorruptState.
        """
        if len(offsets) == 1:
            ((name, offset),) = offsets.items()
            return self.read(name, offset, max_records)
        chunks: list[Chunk] = []
        in_memory: set[int] = set()
        last: int | None = None
        for name, offset in offsets.items():
            stored, recent = self._read(name, offset, max_records)
            found = stored + recent
            chunks += found
            in_memory.update(chunk.sequence for chunk in recent)
            if found and found[-1].end_offset < self.end_offset(name):
                last = found[-1].sequence if last is None else min(last, found[-1].sequence)
        chunks.sort(key=lambda chunk: chunk.sequence)
        if last is not None:
            chunks = list(takewhile(lambda chunk: chunk.sequence <= last, chunks))
        return _joined(chunks, keep=in_memory)

    def _read(self, name: str, offset: int, max_records: int) -> tuple[list[Chunk], list[Chunk]]:
        """Return chunks that had to be fetched, and the ones in memory that follow them."""
        with self._lock:
            topic = self._get(name)
            bounds = self._visible(topic)
            offset = max(offset, bounds.begin)
            if offset >= bounds.end:
                return [], []
            recent = topic.recent_from(offset, bounds.end)
        stored: list[Chunk] = []
        memory_from = recent[0].first_offset if recent else bounds.end
        if offset < memory_from:
            stored = self._fetch(topic, offset, memory_from, max_records)
        left = max_records - sum(map(len, stored))
        if stored and stored[-1].end_offset < memory_from:
            return stored, []
        taken: list[Chunk] = []
        for chunk in recent:
            if left <= 0:
                break
            taken.append(chunk.tail(offset))
            left -= len(taken[-1])
        return stored, taken

    def _fetch(self, topic: Topic, offset: int, end: int, max_records: int) -> list[Chunk]:
        chunks: list[Chunk] = []
        left = max_records
        while left > 0 and offset < end:
            # From the chunk that holds `offset`, which may begin before it.
            rows = self._database.read(
                """SELECT sequence, first_offset, crc, records FROM chunks WHERE topic = ?1
                   AND first_offset >= coalesce((SELECT max(first_offset) FROM chunks
                       WHERE topic = ?1 AND first_offset <= ?2), 0)
                   AND first_offset < ?3 ORDER BY first_offset LIMIT ?4""",
                (topic.id, offset, end, max(1, min(left, ROWS_A_READ))),
            )
            if not rows:
                break
            for sequence, first_offset, crc, frame in rows:
                chunk = Chunk(
                    topic.name, first_offset, sequence, self._decode(topic, first_offset, crc, frame)
                )
                chunks.append(chunk.tail(offset))
                offset = chunk.end_offset
                left -= len(chunks[-1])
                if left <= 0:
                    break
        return chunks

    def _decode(self, topic: Topic, first_offset: int, crc: int, frame: bytes) -> list[Record]:
        if checksum(frame) != crc:
            raise CorruptState(
                str(self._database.path),
                reason=f"records of topic {topic.name} at offset {first_offset} fail their checksum",
                hint="restore the folder from a copy, or delete the topic",
            )
        return decode_records(frame)

    def forget_decoded(self, before_sequence: int) -> None:
        """Drop what the engine decoded of chunks older than `before_sequence`."""
        with self._lock:
            self._recent.forget_decoded(before_sequence)

    @property
    def next_sequence(self) -> int:
        """The sequence that the next append will have."""
        return self._next_sequence

    # ------------------------------------------------------------------------------ deleting

    def delete_before(self, name: str, offset: int) -> int:
        """Delete the chunks that lie wholly below `offset`; return how many records went.

        The last chunk always stays.

        Raises: NotFound.
        """
        with self._database.transaction(), self._lock:
            topic = self._get(name)
            rows = self._database.read(
                "SELECT first_offset, count, bytes FROM chunks WHERE topic = ? AND first_offset < ?"
                " ORDER BY first_offset",
                (topic.id, min(offset, topic.bounds.end)),
            )
            gone = [r for r in rows if r[0] + r[1] <= offset and r[0] + r[1] < topic.bounds.end]
            if not gone:
                return 0
            begin: int = gone[-1][0] + gone[-1][1]
            self._database.write("DELETE FROM chunks WHERE topic = ? AND first_offset < ?", (topic.id, begin))
            count = begin - topic.bounds.begin
            topic.bounds = topic.bounds.cut(begin, sum(r[2] for r in gone))
            self._recent.cut(topic, begin)
            self._touched.add(topic)
            return count

    def oldest(self, name: str, limit: int) -> list[tuple[int, int, int]]:
        """Return (end offset, bytes, newest timestamp) of a topic's oldest chunks, at most `limit`.

        Raises: NotFound.
        """
        with self._lock:
            topic = self._get(name)
        return [
            (first + count, size, newest_ms)
            for first, count, size, newest_ms in self._database.read(
                "SELECT first_offset, count, bytes, newest_ms FROM chunks WHERE topic = ?"
                " ORDER BY first_offset LIMIT ?",
                (topic.id, limit),
            )
        ]

    def topics(self) -> list[Topic]:
        """Return all topics, for retention."""
        with self._lock:
            return list(self._topics.values())

    # ------------------------------------------------------------------------------ transactions

    def before_commit(self) -> None:
        """Write the bounds of the topics that changed: once a commit, not once an append."""
        with self._lock:
            self._database.write_many(
                "UPDATE topics SET begin_offset = ?, end_offset = ?, bytes = ?, newest_ms = ? WHERE id = ?",
                [(b.begin, b.end, b.bytes, b.newest_ms, t.id) for t in self._touched if (b := t.bounds)],
            )

    def committed(self) -> None:
        """Let other threads see what was appended."""
        with self._lock:
            for topic in self._touched:
                topic.committed = topic.bounds
            self._touched.clear()
            self._undo.clear()

    def rolled_back(self) -> None:
        """Forget what was appended, created and deleted."""
        with self._lock:
            for topic in self._touched:
                topic.bounds = topic.committed
                self._recent.take_back(topic, topic.committed.end)
            self._touched.clear()
            while self._undo:
                self._undo.pop()()

    # ------------------------------------------------------------------------------ inside

    def _get(self, name: str) -> Topic:
        topic = self._topics.get(name)
        if topic is None:
            raise NotFound(f"Topic '{name}' does not exist.")
        return topic

    def _visible(self, topic: Topic) -> Bounds:
        return topic.bounds if self._database.in_transaction else topic.committed

    def _load(self) -> list[Topic]:
        rows = self._database.read(
            "SELECT id, name, partitions, replicas, config, begin_offset, end_offset, bytes, newest_ms"
            " FROM topics"
        )
        topics = []
        for topic_id, name, partitions, replicas, config, *bounds in rows:
            at = Bounds(*bounds)
            settings = msgspec.json.decode(config, type=dict[str, str])
            topics.append(Topic(topic_id, name, partitions, replicas, settings, at, at))
        return topics

    def _load_sequence(self) -> int:
        (last,) = self._database.read("SELECT max(sequence) FROM chunks")[0]
        return 0 if last is None else last + 1


def _joined(chunks: list[Chunk], keep: set[int] | frozenset[int] = frozenset()) -> list[Chunk]:
    """Return the chunks with runs of small ones of the same topic joined, but those in `keep` alone."""
    joined: list[Chunk] = []
    run: list[Chunk] = []
    for chunk in chunks:
        small = len(chunk) < SMALL_CHUNK and chunk.sequence not in keep
        if run and not (small and run[-1].topic == chunk.topic and run[-1].end_offset == chunk.first_offset):
            joined.append(_join(run))
            run = []
        if small:
            run.append(chunk)
        else:
            joined.append(chunk)
    if run:
        joined.append(_join(run))
    return joined


def _join(run: list[Chunk]) -> Chunk:
    """Return one chunk with the records of adjacent ones; it has the sequence of the last."""
    if len(run) == 1:
        return run[0]
    records = [record for chunk in run for record in chunk.records]
    return Chunk(run[0].topic, run[0].first_offset, run[-1].sequence, records)
