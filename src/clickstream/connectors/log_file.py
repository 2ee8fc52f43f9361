"""The source connector of web servers' access logs: lines become the records of the click pipeline.

Each line gives a record on the topic of clicks, in the very form that datagen makes, and each new visitor
one on the topic of users, before the clicks that belong to it: joins are by arrival. So the pipeline's
statements run unchanged on real logs. Lines that cannot be parsed are counted and kept, with their
numbers, on a topic of their own.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import orjson

from clickstream.connectors.base import Batch, Polled, SourceContext, SourceTask
from clickstream.connectors.config_def import REQUIRED, ConfigDef, ConfigKey, at_least, one_of
from clickstream.connectors.log_lines import BadLine, LineParser, LogLine
from clickstream.connectors.log_reader import LogPosition, LogReader, RawLine
from clickstream.connectors.visitors import Visitor, VisitorTable
from clickstream.core.records import Record

__all__ = ["CLASS_NAME", "CONFIG", "TASK_CLASS_NAME", "AccessLogTask", "AccessLogs", "with_present_size"]

LOG = logging.getLogger(__name__)

CLASS_NAME = "clickstream.connect.AccessLogSource"
TASK_CLASS_NAME = "clickstream.connect.AccessLogSourceTask"

FOLLOW_MS = 200
"""How often the end of a followed file is looked at."""


def _readable(name: str, value: Any) -> str | None:
    if value is None:
        return None
    path = Path(value)
    reason = None
    if not path.is_absolute():
        reason = "must be an absolute path: the server has a working folder of its own"
    elif path.is_dir():
        reason = "is a folder"
    else:
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
    return f"Invalid value {value} for configuration {name}: {reason}" if reason else None


CONFIG = ConfigDef(
    (
        ConfigKey("file", "STRING", REQUIRED, "HIGH", "The log to read: an absolute path.", _readable),
        ConfigKey("topic", "STRING", "clickstream", "HIGH", "The topic of clicks."),
        ConfigKey("users.topic", "STRING", "clickstream_users", "HIGH", "The topic of visitors."),
        ConfigKey(
            "bad.lines.topic",
            "STRING",
            "clickstream_bad_lines",
            "MEDIUM",
            "The topic of lines that cannot be parsed.",
        ),
        ConfigKey(
            "format",
            "STRING",
            "auto",
            "MEDIUM",
            "The format of lines; auto takes both.",
            one_of("auto", "combined", "common"),
        ),
        ConfigKey(
            "follow", "BOOLEAN", False, "MEDIUM", "Whether to wait at the end for more, across rotation."
        ),
        ConfigKey("batch.lines", "INT", 10_000, "LOW", "The most lines committed together.", at_least(1)),
    )
)


def with_present_size(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an offset with the size that its file has by now: one that has grown since is not done."""
    try:
        size = Path(entry["partition"]["filename"]).stat().st_size
    except OSError:
        return entry
    offset = entry["offset"]
    if size <= offset["position"]:
        return entry
    return {**entry, "offset": {**offset, "size": size, "done": False}}


class AccessLogs:
    """Makes tasks, and keeps the visitor tables that tasks of one topic of users share."""

    def __init__(self) -> None:
        self._tables: dict[str, VisitorTable] = {}

    def make_task(
        self, config: Mapping[str, str], settings: Mapping[str, Any], context: SourceContext
    ) -> SourceTask:
        """Return a task that goes on where the last one committed."""
        topic = settings["users.topic"]
        if topic not in self._tables:
            self._tables[topic] = VisitorTable(topic, context.read_offset)
        return AccessLogTask(settings, context, self._tables[topic])


class AccessLogTask:
    """Reads one file. At its end, unless it is followed, the offset says `done` and the task rests."""

    def __init__(self, settings: Mapping[str, Any], context: SourceContext, visitors: VisitorTable) -> None:
        self._settings = settings
        self._offset_name = context.offset_name
        self._visitors = visitors
        self._parser = LineParser(settings["format"].lower())
        self._records = self._bad_lines = 0
        at = self._restore(context.read_offset(context.offset_name))
        self._reader = LogReader(Path(settings["file"]), follow=settings["follow"], at=at)
        self._told: LogPosition | None = None

    def _restore(self, stored: bytes | None) -> LogPosition | None:
        if not stored:
            return None
        known = orjson.loads(stored)
        if known["partition"]["filename"] != self._settings["file"]:
            return None
        offset = known["offset"]
        self._records, self._bad_lines = offset["records"], offset["bad_lines"]
        kept = {field.name: offset[field.name] for field in fields(LogPosition)}
        return LogPosition(**{**kept, "done": False})

    def poll(self, now_ms: int) -> Polled:
        """Return the records of the next lines.

        Raises: TaskFailed if the file cannot be read.
        """
        lines = self._reader.read(self._settings["batch.lines"])
        clicks, bad = self._convert(lines, now_ms)
        self._records += len(clicks)
        self._bad_lines += len(bad)
        visitors = [_user_record(visitor) for visitor in self._visitors.take_new()]
        batches: list[Batch] = [
            (self._settings[setting], records)
            for setting, records in (("users.topic", visitors), ("topic", clicks), ("bad.lines.topic", bad))
            if records
        ]
        return Polled(batches, self._offsets(), self._due(lines, now_ms))

    def _convert(self, lines: Iterable[RawLine], now_ms: int) -> tuple[list[Record], list[Record]]:
        clicks: list[Record] = []
        bad: list[Record] = []
        parse, identify = self._parser.parse, self._visitors.identify
        for raw in lines:
            text = raw.data.decode("utf-8", "backslashreplace")
            if not text or text.isspace():
                continue
            try:
                line = parse(text)
            except BadLine as reason:
                LOG.debug("%s line %d: %s", self._settings["file"], raw.number, reason)
                bad.append(self._bad_record(raw, text, str(reason), now_ms))
                continue
            user_id = identify(line.user, line.ip, line.agent, line.time_ms)
            clicks.append(_click_record(line, user_id))
        return clicks, bad

    def _bad_record(self, raw: RawLine, text: str, reason: str, now_ms: int) -> Record:
        value = {
            "filename": self._settings["file"],
            "line": raw.number,
            "position": raw.position,
            "reason": reason,
            "text": text,
        }
        return Record(str(raw.number).encode(), orjson.dumps(value), now_ms)

    def _offsets(self) -> dict[str, bytes]:
        """Return what to commit; nothing if it would be as before."""
        at = self._reader.at
        if at == self._told:
            return {}
        self._told = at
        offset = {
            **asdict(at),
            "records": self._records,
            "bad_lines": self._bad_lines,
            "visitors": len(self._visitors),
        }
        own = orjson.dumps({"partition": {"filename": self._settings["file"]}, "offset": offset})
        return {**self._visitors.offsets(), self._offset_name: own}

    def _due(self, lines: list[RawLine], now_ms: int) -> float | None:
        if self._reader.at.done:
            return None
        return now_ms if lines else now_ms + FOLLOW_MS

    def committed(self) -> None:
        """The visitors that were taken are durable."""
        self._visitors.committed()

    def close(self) -> None:
        """Close the file, and forget visitors whose records were not committed."""
        self._reader.close()
        self._visitors.roll_back()


def _click_record(line: LogLine, user_id: int) -> Record:
    """Return a click in the form that datagen makes: the same fields, status and bytes as text."""
    value = {
        "ip": line.ip,
        "userid": user_id,
        "remote_user": line.user,
        "time": line.time,
        "_time": line.time_ms,
        "request": line.request,
        "status": "0" if line.status == "-" else line.status,
        "bytes": "0" if line.bytes == "-" else line.bytes,
        "referrer": line.referrer,
        "agent": line.agent,
    }
    return Record(line.ip.encode(), orjson.dumps(value), line.time_ms)


def _user_record(visitor: Visitor) -> Record:
    """Return a user in the form that datagen makes; what a log does not tell is an empty text, not null.

    A null city would drop the visitor from tables that are grouped by it.
    """
    value = {
        "user_id": visitor.user_id,
        "username": visitor.username,
        "registered_at": visitor.seen_ms,
        "first_name": "",
        "last_name": "",
        "city": "",
        "level": "",
    }
    return Record(visitor.user_id.to_bytes(4, "big", signed=True), orjson.dumps(value), visitor.seen_ms)
