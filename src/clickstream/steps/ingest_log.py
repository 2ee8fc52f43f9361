"""Reads access logs: a connector for each file, and the pipeline that counts its lines.

Files are read one after another, oldest first: windows take events up to a day late and no later.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from clickstream.core.errors import Conflict, NotFound, ServiceUnavailable, SettingsError
from clickstream.steps.bring_up import dashboards, sinks, statements, templates
from clickstream.steps.context import StepContext
from clickstream.steps.run_statements import read_statements, run_statements
from clickstream.steps.wait_topics import refuse_failed

__all__ = ["BadLine", "Ingested", "LogFormat", "ingest_log"]

LogFormat = Literal["auto", "combined", "common"]

LOG_CLASS = "clickstream.connect.AccessLogSource"
DATAGEN_CLASS = "io.confluent.kafka.connect.datagen.DatagenConnector"
CLICK_TOPIC = "clickstream"
BAD_LINES_TOPIC = "clickstream_bad_lines"
TIME = re.compile(r"\[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\]")
TIME_FORMAT = "%d/%b/%Y:%H:%M:%S %z"
LOOKED_AT_LINES = 100
"""Lines that are searched for the first time in a file; it may begin with damaged ones."""
SHOWN_BAD_LINES = 20
READ_BAD_LINES = 10_000
BAD_LINES_IDLE_S = 0.5


@dataclass(frozen=True)
class BadLine:
    """A line that is no request."""

    number: int
    reason: str
    text: str


@dataclass(frozen=True)
class Ingested:
    """What came of one file. `bad` has the first bad lines; all are kept in `kept_in`."""

    path: str
    connector: str
    lines: int
    records: int
    bad_lines: int
    visitors: int
    kept_in: str = ""
    bad: Sequence[BadLine] = field(default=())


@dataclass(frozen=True)
class Reading:
    """How far the connector of a file is. Units: `position`, `size` — bytes."""

    line: int
    position: int
    size: int
    done: bool
    records: int
    bad_lines: int
    visitors: int

    @classmethod
    def of(cls, offset: dict[str, Any]) -> "Reading":
        """Return the reading that an offset of the connector tells."""
        return cls(**{name: offset.get(name, 0) for name in cls.__dataclass_fields__})


def ingest_log(
    context: StepContext,
    paths: Sequence[Path],
    *,
    log_format: LogFormat = "auto",
    follow: bool = False,
    mixed: bool = False,
) -> Iterator[Ingested]:
    """Read the files and yield what came of each; with `follow` the last one is read on as it grows.

    Raises: SettingsError if a file cannot be read; Conflict if generated clicks are there and not `mixed`.
    """
    ordered = sorted((checked(path) for path in paths), key=first_time)
    if not mixed:
        refuse_generated(context)
    if context.pipeline.ingest:
        run_statements(context, read_statements(context, [context.pipeline.ingest]))
    for path in ordered:
        is_last = path == ordered[-1]
        name = start_reading(context, path, log_format, follow=follow and is_last)
        wait_clicks(context, name)
        load_rest(context)
        reading = wait_read(context, name, path)
        yield summary(context, path, name, reading)


def checked(path: Path) -> Path:
    """Return the file's whole path. Raises: SettingsError if it is no file that can be read."""
    whole = path.expanduser().absolute()
    try:
        with whole.open("rb"):
            return whole
    except IsADirectoryError as error:
        raise SettingsError(f"{path} is a folder, not a log", hint="name its files: `DIR/*.log`") from error
    except OSError as error:
        raise SettingsError(
            f"log {path} cannot be read: {error.strerror}", hint="check path and rights"
        ) from error


def first_time(path: Path) -> float:
    """Return when a log begins, in epoch seconds; 0 if its first lines do not tell."""
    with path.open(encoding="utf-8", errors="replace") as log:
        for _, line in zip(range(LOOKED_AT_LINES), log, strict=False):
            if found := TIME.search(line):
                return datetime.strptime(found[1], TIME_FORMAT).timestamp()
    return 0.0


def refuse_generated(context: StepContext) -> None:
    """Raise Conflict if generated clicks go to the same topic: the log's would come years too late there."""
    for name in context.connect.names():
        config = context.connect.config(name)
        if config.get("connector.class") == DATAGEN_CLASS and config.get("kafka.topic") == CLICK_TOPIC:
            raise Conflict(
                f"connector {name} writes generated clicks of now; windows would drop older ones as too late",
                hint="begin with an empty pipeline: `clickstream down --purge`, `clickstream up --no-load`, "
                "then this again; `--mixed` reads the log all the same",
            )


def start_reading(context: StepContext, path: Path, log_format: LogFormat, *, follow: bool) -> str:
    """Create the file's connector, or wake the one it has, and return its name."""
    name = connector_name(path)
    config = {
        "connector.class": LOG_CLASS,
        "tasks.max": "1",
        "file": str(path),
        "format": log_format,
        "follow": "true" if follow else "false",
    }
    is_known = name in context.connect.names()
    context.waiter.until(lambda: context.connect.put_config(name, config), f"connector {name} is created")
    if is_known:
        context.connect.restart(name)
    return name


def connector_name(path: Path) -> str:
    """Return the name of a file's connector; a file of the same name elsewhere has another."""
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:6]
    return f"access_log_{re.sub(r'[^A-Za-z0-9.]+', '_', path.name)}_{digest}"


def wait_clicks(context: StepContext, name: str) -> None:
    """Return once the first clicks are there, for a statement over an absent topic is refused.

    Raises: SettingsError if the file is at its end without a request; ServiceRejected if the connector
            failed.
    """

    def probe() -> None:
        if context.ksqldb.has_records(CLICK_TOPIC, idle_timeout_s=0.5):
            return
        reading = read_offset(context, name)
        if reading is not None and reading.done and not reading.records:
            raise SettingsError(
                f"no line of the log is a request in a known format ({reading.bad_lines} bad lines)",
                hint=f"`clickstream print {BAD_LINES_TOPIC} --from-beginning --limit 3` shows why",
            )
        refuse_failed(context.connect.status(name))
        raise ServiceUnavailable("no line is read yet")

    context.waiter.until(probe, f"topic {CLICK_TOPIC} has data")


def load_rest(context: StepContext) -> None:
    """Load what counts and shows the clicks, where it is not there yet."""
    for step in (statements, templates, sinks, dashboards):
        result = step(context)
        if result.changed:
            context.progress.note(f"{result.name}: {result.summary}")


def read_offset(context: StepContext, name: str) -> Reading | None:
    """Return how far the connector is, None if it has committed nothing."""
    try:
        offsets = context.connect.offsets(name)
    except NotFound:
        return None
    return Reading.of(offsets[0]["offset"]) if offsets and offsets[0].get("offset") else None


def wait_read(context: StepContext, name: str, path: Path) -> Reading:
    """Return the last reading once the whole file is read; the deadline is for one without any progress.

    Raises: ServiceRejected if the connector failed; ServiceUnavailable if reading stands still.
    """
    clock, size = context.waiter.clock, path.stat().st_size
    seen, moved_at = -1, clock.monotonic_s()
    while True:
        reading = read_offset(context, name)
        if reading is not None:
            if reading.done or reading.position >= size:
                return reading
            if reading.position > seen:
                seen, moved_at = reading.position, clock.monotonic_s()
            share = 100 * reading.position / max(1, reading.size or size)
            context.progress.waiting(f"{path.name}: {reading.line} lines read ({share:.0f} %)")
        refuse_failed(context.connect.status(name))
        if clock.monotonic_s() - moved_at > context.waiter.deadline_s:
            raise ServiceUnavailable(f"reading {path} has stood still for {context.waiter.deadline_s:.0f} s")
        context.waiter.sleep(context.waiter.interval_s)


def summary(context: StepContext, path: Path, name: str, reading: Reading) -> Ingested:
    """Return what came of the file, with its first bad lines."""
    bad = read_bad_lines(context, str(path)) if reading.bad_lines else []
    return Ingested(
        str(path),
        name,
        reading.line,
        reading.records,
        reading.bad_lines,
        reading.visitors,
        f"topic {BAD_LINES_TOPIC}" if reading.bad_lines else "",
        tuple(bad[:SHOWN_BAD_LINES]),
    )


def read_bad_lines(context: StepContext, path: str) -> list[BadLine]:
    """Return the kept bad lines of a file, by number."""
    found: dict[int, BadLine] = {}
    with context.ksqldb.print_topic(
        BAD_LINES_TOPIC, from_beginning=True, limit=READ_BAD_LINES, idle_timeout_s=BAD_LINES_IDLE_S
    ) as lines:
        for line in lines:
            kept = printed_value(line)
            if kept and kept.get("filename") == path:
                number = int(kept["line"])
                found[number] = BadLine(number, str(kept["reason"]), str(kept["text"]))
    return [found[number] for number in sorted(found)]


def printed_value(line: str) -> dict[str, Any] | None:
    """Return the value of a printed record, None if the line is none or its value is no JSON object."""
    _, begun, rest = line.partition(", value: ")
    text, _, _ = rest.rpartition(", partition: ")
    if not line.startswith("rowtime:") or not begun:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
