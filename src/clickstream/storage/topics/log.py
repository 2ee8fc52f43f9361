"""Topics: append-only logs of records, one partition each, in rows of packed chunks.

One append is one row. Deciding what is old enough to go is in `retention.py`; who reads what, and when, is
the node's business.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

import msgspec

from clickstream.core.errors import Conflict, NotFound
from clickstream.core.records import Chunk, Record
from clickstream.storage.database import Database
from clickstream.storage.topics.chunk_rows import ChunkRow, ChunkRows
from clickstream.storage.topics.frame import Packed, decode_records, pack
from clickstream.storage.topics.recent import RecentChunks
from clickstream.storage.topics.topic import Bounds, Topic, TopicInfo

__all__ = ["TopicLog"]

ROWS_A_READ = 1000
"""Most rows fetched at a time; fewer if they hold enough records."""

SMALL_CHUNK = 512
"""Chunks below this many records are read from disk joined together: engines like batches."""

_TABLE = """CREATE TABLE IF NOT EXISTS topics (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
    replicas INTEGER NOT NULL, config TEXT NOT NULL, bounds TEXT NOT NULL DEFAULT '{}')"""

_bounds_decoder = msgspec.json.Decoder(Bounds)


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
        database.create(_TABLE)
        self._rows = ChunkRows(database)
        self._topics = {topic.name: topic for topic in self._load()}
        self._next_sequence = self._rows.last_sequence() + 1
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
            self._rows.delete_all(topic.id)
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
            # Copies are kept: a writer's bytes may sit in much larger buffers (orjson's are 4 KiB).
            chunk = Chunk(name, topic.bounds.end, self._next_sequence, decode_records(packed.frame))
            if not packed.records:
                return chunk
            self._rows.insert(topic.id, chunk, packed)
            self._next_sequence += 1
            topic.bounds = topic.bounds.grown(len(chunk), len(packed.frame), packed.newest_ms)
            self._touched.add(topic)
            self._recent.add(topic, chunk, len(packed.frame))
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
        memory_from = recent[0].first_offset if recent else bounds.end
        stored, offset = self._fetch(topic, offset, memory_from, max_records)
        left = max_records - sum(map(len, stored))
        taken: list[Chunk] = []
        for chunk in recent if offset >= memory_from else ():
            if left <= 0:
                break
            taken.append(chunk.tail(offset))
            left -= len(taken[-1])
        return stored, taken

    def _fetch(self, topic: Topic, offset: int, end: int, max_records: int) -> tuple[list[Chunk], int]:
        """Return chunks from the table, and the offset up to which they hold all there is."""
        chunks: list[Chunk] = []
        left = max_records
        while left > 0 and offset < end:
            known = self._rows.from_offset(topic.id, offset, end, ROWS_A_READ)
            if not known or known[-1].end_offset <= offset:
                return chunks, end
            limit = _rows_needed(known, offset, left)
            for row_end, row in self._rows.fetch(topic.id, topic.name, offset, end, limit):
                found = [chunk.tail(offset) for chunk in row if chunk.end_offset > offset]
                chunks += found
                left -= sum(map(len, found))
                offset = max(offset, row_end)
        return chunks, offset

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
            rows = self._rows.rows(topic.id, 0, min(offset, topic.bounds.end))
            gone = [row for row in rows if row.end_offset <= min(offset, topic.bounds.end - 1)]
            if not gone:
                return 0
            begin, count = gone[-1].end_offset, sum(row.messages for row in gone)
            self._rows.delete(topic.id, 0, begin)
            topic.bounds = topic.bounds.cut(begin, count, sum(row.bytes for row in gone))
            self._recent.cut(topic, begin)
            self._touched.add(topic)
            return count

    def oldest(self, name: str, limit: int) -> list[ChunkRow]:
        """Return what is known of a topic's oldest chunks, at most `limit`.

        Raises: NotFound.
        """
        with self._lock:
            topic = self._get(name)
        return self._rows.rows(topic.id, 0, topic.committed.end, limit)

    # ------------------------------------------------------------------------------ compacting

    def compaction_limits(self, name: str) -> tuple[int, int] | None:
        """Return between which offsets there are records to compact, None if nowhere.

        What is in memory is left alone.

        Raises: NotFound.
        """
        with self._lock:
            topic = self._get(name)
            end = topic.recent[0].first_offset if topic.recent else topic.committed.end
            start = max(topic.committed.clean_end, topic.committed.begin)
        # The last chunk stays as it is, so that offsets never start again.
        last = self._rows.from_offset(topic.id, topic.committed.end, topic.committed.end, 1)
        end = min([end, *(row.first_offset for row in last)])
        return (start, end) if start < end else None

    def rows(self, name: str, start: int, end: int) -> list[ChunkRow]:
        """Return what is known of the chunks that begin at offsets from `start` up to `end`.

        Raises: NotFound.
        """
        with self._lock:
            topic = self._get(name)
        return self._rows.rows(topic.id, start, end)

    def stored(self, name: str, start: int, end: int) -> list[Chunk]:
        """Return the records between two offsets as the table has them.

        Raises: NotFound, CorruptState.
        """
        with self._lock:
            topic = self._get(name)
        return self._fetch(topic, start, end, end - start)[0]

    def replace_rows(self, name: str, rows: Sequence[ChunkRow], packed: Packed | None) -> int:
        """Put what is left of neighbouring rows in their place; return how many bytes that freed.

        Nothing is done if they have changed since they were looked at.

        Raises: NotFound if the topic was deleted.
        """
        with self._database.transaction(), self._lock:
            topic = self._get(name)
            first, last = rows[0], rows[-1]
            if self._rows.rows(topic.id, first.first_offset, last.end_offset) != list(rows):
                return 0
            self._rows.replace(topic.id, rows, packed)
            messages = sum(row.messages for row in rows) - (len(packed.records) if packed else 0)
            freed = sum(row.bytes for row in rows) - (len(packed.frame) if packed else 0)
            topic.bounds = topic.bounds.shrunk(messages, freed)
            self._touched.add(topic)
            return freed

    def mark_clean(self, name: str, end: int) -> None:
        """Remember that a topic is compacted up to `end`.

        Raises: NotFound.
        """
        with self._database.transaction(), self._lock:
            topic = self._get(name)
            clean_bytes = sum(row.bytes for row in self._rows.rows(topic.id, 0, end))
            topic.bounds = topic.bounds.cleaned(end, clean_bytes)
            self._touched.add(topic)

    def topics(self) -> list[Topic]:
        """Return all topics, for retention and compaction."""
        with self._lock:
            return list(self._topics.values())

    # ------------------------------------------------------------------------------ transactions

    def before_commit(self) -> None:
        """Write the bounds of the topics that changed: once a commit, not once an append."""
        with self._lock:
            self._database.write_many(
                "UPDATE topics SET bounds = ? WHERE id = ?",
                [(msgspec.json.encode(topic.bounds).decode(), topic.id) for topic in self._touched],
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
        rows = self._database.read("SELECT id, name, partitions, replicas, config, bounds FROM topics")
        topics = []
        for topic_id, name, partitions, replicas, config, bounds in rows:
            at = _bounds_decoder.decode(bounds)
            settings = msgspec.json.decode(config, type=dict[str, str])
            topics.append(Topic(topic_id, name, partitions, replicas, settings, at, at))
        return topics


def _rows_needed(rows: Sequence[ChunkRow], offset: int, records: int) -> int:
    """Return how many of the rows it takes to have so many records at or after `offset`."""
    count = 0
    for taken, row in enumerate(rows, 1):
        count += min(row.messages, max(0, row.end_offset - offset))
        if count >= records:
            return taken
    return len(rows)


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
