"""Every error the project raises on purpose.

ClickstreamError(message, *, hint=None)
├─ SettingsError            bad option, environment variable or file
├─ BackendError             a backend cannot be started, stopped or reached
│   ├─ DockerMissing
│   ├─ ComposeFailed(argv, returncode)
│   ├─ PortInUse(port)
│   └─ FolderInUse(path, pid)
├─ ServiceError             a service answered with a refusal, or not at all
│   ├─ ServiceUnavailable   worth a retry: not listening, 429, 503, 409 while rebalancing
│   └─ ServiceRejected(status, code, body)
├─ SqlError                 a statement is refused
│   ├─ SqlSyntaxError(line, column, snippet)
│   ├─ UnknownName(name, suggestions)
│   ├─ TypeMismatch
│   └─ Unsupported(feature)
├─ NotFound                 source, query, connector, index, dashboard
├─ Conflict                 it exists already, or is in use
├─ ConnectorError           a connector's configuration or one of its tasks
│   ├─ InvalidConnectorConfig
│   ├─ UnknownPlugin(name)
│   └─ TaskFailed(kind)     ends the task, never the process
├─ StateError               files of the data folder
│   ├─ CorruptState(path, offset)
│   ├─ IncompatibleFormat(path, found, wanted)
│   └─ OffsetRegression(topic, found, wanted)
└─ RecordError              one record; counted and logged, never stops a query
    ├─ BadRecord(topic, offset, reason)
    └─ LateRecord(topic, offset, timestamp_ms, stream_time_ms)

Classes hold facts. Exit codes are mapped in `cli/main.py`, HTTP answers in `server/<api>/errors.py`,
both by walking the class's MRO.
"""

from collections.abc import Sequence

__all__ = [
    "BackendError",
    "BadRecord",
    "ClickstreamError",
    "ComposeFailed",
    "Conflict",
    "ConnectorError",
    "CorruptState",
    "DockerMissing",
    "FolderInUse",
    "IncompatibleFormat",
    "InvalidConnectorConfig",
    "LateRecord",
    "NotFound",
    "OffsetRegression",
    "PortInUse",
    "RecordError",
    "ServiceError",
    "ServiceRejected",
    "ServiceUnavailable",
    "SettingsError",
    "SqlError",
    "SqlSyntaxError",
    "StateError",
    "TaskFailed",
    "TypeMismatch",
    "UnknownName",
    "UnknownPlugin",
    "Unsupported",
]


class ClickstreamError(Exception):
    """Base of every error raised on purpose; `hint` is the next thing to try."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(ClickstreamError):
    """An option, an environment variable or a settings file is wrong."""


class BackendError(ClickstreamError):
    """A backend cannot be started, stopped or reached."""


class DockerMissing(BackendError):
    """Docker, its daemon or Compose v2 is not usable."""


class ComposeFailed(BackendError):
    """`docker compose` ended with a non-zero exit code."""

    def __init__(self, argv: Sequence[str], returncode: int, *, hint: str | None = None) -> None:
        super().__init__(f"`{' '.join(argv)}` failed with exit code {returncode}", hint=hint)
        self.argv = tuple(argv)
        self.returncode = returncode


class PortInUse(BackendError):
    """Another process listens on a port that a service needs."""

    def __init__(self, port: int, *, service: str = "", hint: str | None = None) -> None:
        what = f" ({service})" if service else ""
        super().__init__(f"port {port}{what} is in use by another process", hint=hint)
        self.port = port


class FolderInUse(BackendError):
    """Another server holds the data folder."""

    def __init__(self, path: str, pid: int | None = None, *, hint: str | None = None) -> None:
        owner = f" by process {pid}" if pid else " by another server"
        super().__init__(f"data folder {path} is in use{owner}", hint=hint)
        self.path = path
        self.pid = pid


class ServiceError(ClickstreamError):
    """A service refused a request or did not answer."""


class ServiceUnavailable(ServiceError):
    """The service is not up, overloaded or rebalancing; the same request may succeed later."""


class ServiceRejected(ServiceError):
    """The service understood the request and refused it."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: int | None = None,
        body: object = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.body = body


class SqlError(ClickstreamError):
    """A statement is refused; `statement` is its text where known."""

    def __init__(self, message: str, *, statement: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.statement = statement


class SqlSyntaxError(SqlError):
    """The text is not a statement. `line` counts from 1 and `column` from 0 or 1 as the parser says."""

    def __init__(
        self,
        message: str,
        *,
        line: int,
        column: int,
        snippet: str = "",
        statement: str = "",
        hint: str | None = None,
    ) -> None:
        super().__init__(message, statement=statement, hint=hint)
        self.line = line
        self.column = column
        self.snippet = snippet


class UnknownName(SqlError):
    """A source, column, function or type does not exist.

    `suggestions` are the nearest names, which the hint offers if no other is given.
    """

    def __init__(
        self,
        message: str,
        *,
        name: str = "",
        suggestions: Sequence[str] = (),
        statement: str = "",
        hint: str | None = None,
    ) -> None:
        if hint is None and suggestions:
            hint = f"Did you mean {' or '.join(suggestions)}?"
        super().__init__(message, statement=statement, hint=hint)
        self.name = name
        self.suggestions = tuple(suggestions)


class TypeMismatch(SqlError):
    """An expression's operands or a function's arguments have the wrong types."""


class Unsupported(SqlError):
    """The statement is ksqlDB's, but this engine refuses it by name."""

    def __init__(
        self, feature: str, *, reason: str = "", statement: str = "", hint: str | None = None
    ) -> None:
        detail = f": {reason}" if reason else ""
        super().__init__(f"{feature} is not supported{detail}", statement=statement, hint=hint)
        self.feature = feature


class NotFound(ClickstreamError):
    """A source, query, connector, index or dashboard does not exist."""


class Conflict(ClickstreamError):
    """Something of that name exists already, or is in use."""


class ConnectorError(ClickstreamError):
    """A connector cannot be created, or one of its tasks cannot go on."""


class InvalidConnectorConfig(ConnectorError):
    """A connector's configuration is refused; the message is Connect's own."""


class UnknownPlugin(ConnectorError):
    """No connector class has that name."""

    def __init__(self, message: str, *, name: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.name = name


class TaskFailed(ConnectorError):
    """A task ends in the state FAILED; `kind` is the class name that Connect's trace begins with."""

    def __init__(
        self,
        message: str,
        *,
        kind: str = "org.apache.kafka.connect.errors.ConnectException",
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


class StateError(ClickstreamError):
    """The files of the data folder cannot be used."""


class CorruptState(StateError):
    """A file of the data folder is damaged."""

    def __init__(
        self, path: str, offset: int | None = None, *, reason: str = "", hint: str | None = None
    ) -> None:
        where = f" at byte {offset}" if offset is not None else ""
        detail = f": {reason}" if reason else ""
        super().__init__(f"{path} is damaged{where}{detail}", hint=hint)
        self.path = path
        self.offset = offset


class IncompatibleFormat(StateError):
    """A file was written by another version's format."""

    def __init__(self, path: str, found: int, wanted: int, *, hint: str | None = None) -> None:
        super().__init__(f"{path} has format {found}, this version reads format {wanted}", hint=hint)
        self.path = path
        self.found = found
        self.wanted = wanted


class OffsetRegression(StateError):
    """A consumer's offset would go back."""

    def __init__(self, topic: str, found: int, wanted: int) -> None:
        super().__init__(f"offset of {topic} would go back from {found} to {wanted}")
        self.topic = topic
        self.found = found
        self.wanted = wanted


class RecordError(ClickstreamError):
    """One record cannot be processed; it is counted and logged, and the query goes on."""


class BadRecord(RecordError):
    """A record's bytes do not fit the schema."""

    def __init__(self, topic: str, offset: int, reason: str) -> None:
        super().__init__(f"{topic}@{offset}: {reason}")
        self.topic = topic
        self.offset = offset
        self.reason = reason


class LateRecord(RecordError):
    """A record is older than its window's end plus grace."""

    def __init__(self, topic: str, offset: int, timestamp_ms: int, stream_time_ms: int) -> None:
        super().__init__(
            f"{topic}@{offset}: {timestamp_ms} ms is too late at stream time {stream_time_ms} ms"
        )
        self.topic = topic
        self.offset = offset
        self.timestamp_ms = timestamp_ms
        self.stream_time_ms = stream_time_ms
