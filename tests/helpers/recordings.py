"""Recorded requests and answers of the real servers, and when an answer of ours counts as equal.

Equal are: status, content type, JSON shape, `@type`, error codes, names, types and rows. Different from
one installation to the next, and so not compared: ids, host names, paths, timings, offsets, topologies,
how a syntax error goes on after its position.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNCOMPARED = frozenset(
    [
        "kafkaClusterId",
        "kafka-cluster",
        "timestamp",
        "host",
        "worker_id",
        "topology",
        "statistics",
        "clusterStatistics",
        "clusterErrorStats",
        "tasksMetadata",
        "topicSummaries",
        "overriddenProperties",
        "description",
        "trace",
        "commit",
        "documentation",
        "kafka_cluster_id",
        "seed",
        "iteration",
        "generation",
    ]
)
"""Keys whose values say something of the installation, the clock or the load, or are prose."""

UNORDERED = frozenset(
    [
        "streams",
        "tables",
        "queries",
        "queryDescriptions",
        "sourceDescriptions",
        "readQueries",
        "writeQueries",
        "topics",
        "sourceConstraints",
        "sources",
        "functions",
        "properties",
        "defaultProperties",
        "connectors",
        "connectors_plugins",
    ]
)
"""Lists whose order the real server leaves to its hash maps."""

OURS_ONLY = frozenset(["KSQL_PROCESSING_LOG", "ksql-clusterksql_processing_log"])
"""What every embedded server has and the recorded one was run without: the processing log."""

CONNECT_WAITS = frozenset(
    ["022", "023", "027", "033", "035", "040", "043", "046", "055", "058", "063", "064", "073", "079", "085"]
)
"""Recordings of the folder `connect` before which the client waited for what it had asked for."""

CONNECT_WAIT_S = 0.75
"""Longer than a generator waits for its first record: 500 ms at most, and the rest of a round of 200 ms."""

CONNECT_INSTALLED = frozenset(["004_connector_plugins", "005_connector_plugins_all", "083_admin_loggers"])
"""Recordings of the folder `connect` that list plugins and loggers."""

NORMALISE = (
    (re.compile(r"(transient_[A-Za-z_]*?_)\d{6,}(_\d{13})?"), r"\1N"),
    (re.compile(r"query_\d{13}"), "query_N"),
    (re.compile(r"(https?://)?(127\.0\.0\.1|localhost)(:\d+)?"), "HOST"),
    (re.compile(r"^/\S*$"), "PATH"),
    (re.compile(r"(line \d+:\d+: Syntax Error).*", re.DOTALL | re.IGNORECASE), r"\1"),
    (re.compile(r"(Invalid JSON in request:).*", re.DOTALL), r"\1"),
    (re.compile(r"(Validation error:).*", re.DOTALL), r"\1"),
    (re.compile(r"(available connectors are:).*", re.DOTALL), r"\1"),
    (re.compile(r"(Connector config \{).*(\} contains no connector type)"), r"\1\2"),
    (re.compile(r"(Unrecognized field \"[^\"]*\").*", re.DOTALL), r"\1"),
    (re.compile(r"(Unexpected )(?:end-of-)?(input).*", re.DOTALL), r"\1\2"),
    (re.compile(r"(Invalid Predicate:).*( expression:)", re.DOTALL), r"\1\2"),
)
"""What is cut out of texts before they are compared."""


@dataclass(frozen=True)
class Answer:
    """Status, content type without parameters (None where there is none) and text."""

    status: int
    content_type: str | None
    text: str


@dataclass(frozen=True)
class Recording:
    """One request of the folder and what the real server answered. `closed_after_s`: by the client."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    answer: Answer
    closed_after_s: float | None = None

    @property
    def statement(self) -> str:
        """The statement sent, empty where the request has none."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return ""
        return str(body.get("ksql") or body.get("sql") or "") if isinstance(body, dict) else ""


def load(folder: Path) -> list[Recording]:
    """Return the recordings of a folder in the order they were sent."""
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> Recording:
    data = json.loads(path.read_text())
    request, response = data["request"], data["response"]
    closed = re.fullmatch(r"client closed after ([\d.]+)s", response.get("ended", ""))
    body = request.get("body_raw")
    if body is None and request.get("body_json") is not None:
        body = request["body_json"]
    return Recording(
        name=path.stem,
        method=request["method"],
        path=request["path"],
        headers={k: v for k, v in request.get("headers", {}).items() if v},
        body=body if isinstance(body, str) else "" if body is None else json.dumps(body),
        answer=Answer(
            response["status"],
            media_type(_header(response["headers"], "content-type")),
            response.get("body_raw") or "",
        ),
        closed_after_s=float(closed[1]) if closed else None,
    )


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def media_type(header: str | None) -> str | None:
    """Return a content type without its parameters."""
    return None if header is None else header.split(";")[0].strip().lower()


# --------------------------------------------------------------------------------- comparing


@dataclass(frozen=True)
class Rules:
    """What a folder's recordings ask for beyond the general rules.

    `live`: recordings whose rows came from a running generator; only their width and types compare.
    `unsorted`: recordings whose rows come in the order of a store; they compare as a set.
    `any_rowtime`: printed records that were stamped when they were inserted.
    `installed`: lists of what an installation happens to have; only the form of an entry compares.
    """

    live: frozenset[str] = frozenset()
    unsorted: frozenset[str] = frozenset()
    any_rowtime: frozenset[str] = frozenset()
    installed: frozenset[str] = frozenset()


def differences(recording: Recording, ours: Answer, rules: Rules) -> list[str]:
    """Return one line for everything in which our answer differs; none if it is equal."""
    theirs = recording.answer
    if ours.status != theirs.status:
        return [f"status {theirs.status} is {ours.status}: {ours.text[:300]}"]
    found = []
    if ours.content_type != theirs.content_type:
        found.append(f"content type {theirs.content_type} is {ours.content_type}")
    if theirs.status == 200 and recording.path in ("/query", "/query-stream", "/inserts-stream"):
        return found + _stream_differences(recording, ours, rules)
    if recording.name in rules.installed:
        return found + _shape_differences(_entries(theirs.text), _entries(ours.text))
    return found + _text_differences(theirs.text, ours.text)


def _entries(text: str) -> list[Any]:
    body = json.loads(text)
    return list(body.values()) if isinstance(body, dict) else body


def _text_differences(theirs: str, ours: str) -> list[str]:
    try:
        expected = json.loads(theirs)
    except ValueError:
        return [] if theirs == ours else [f"body {theirs[:200]!r} is {ours[:200]!r}"]
    try:
        actual = json.loads(ours)
    except ValueError:
        return [f"body is not JSON: {ours[:200]!r}"]
    return list(_tree_differences(expected, actual, ""))


def _tree_differences(theirs: Any, ours: Any, path: str) -> Iterable[str]:
    key = path.rsplit(".", 1)[-1]
    if key in UNCOMPARED:
        if (theirs is None) != (ours is None) and key != "trace":
            yield f"{path}: {_short(theirs)} is {_short(ours)}"
    elif isinstance(theirs, dict) and isinstance(ours, dict):
        yield from _object_differences(theirs, ours, path)
    elif isinstance(theirs, list) and isinstance(ours, list):
        yield from _list_differences(theirs, ours, path)
    elif normalise(theirs) != normalise(ours) or isinstance(theirs, bool) != isinstance(ours, bool):
        yield f"{path}: {_short(theirs)} is {_short(ours)}"


def _object_differences(theirs: dict[str, Any], ours: dict[str, Any], path: str) -> Iterable[str]:
    theirs = {normalise(name): value for name, value in theirs.items()}
    ours = {normalise(name): value for name, value in ours.items()}
    missing, extra = theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
    if missing or extra:
        yield f"{path}: keys missing {sorted(missing)[:8]}, extra {sorted(extra)[:8]}"
    for name in sorted(theirs.keys() & ours.keys()):
        yield from _tree_differences(theirs[name], ours[name], f"{path}.{name}")


def _list_differences(theirs: list[Any], ours: list[Any], path: str) -> Iterable[str]:
    names_only = all(isinstance(item, str) for item in (*theirs, *ours))
    if path.rsplit(".", 1)[-1] in UNORDERED or (not path and names_only):
        theirs, ours = _sorted(theirs), _sorted(ours)
    if len(theirs) != len(ours):
        names_theirs, names_ours = {_name(x) for x in theirs}, {_name(x) for x in ours}
        yield (
            f"{path}: {len(theirs)} items are {len(ours)}: missing "
            f"{sorted(names_theirs - names_ours)[:10]}, extra {sorted(names_ours - names_theirs)[:10]}"
        )
        return
    for index, (their_item, our_item) in enumerate(zip(theirs, ours, strict=True)):
        yield from _tree_differences(their_item, our_item, f"{path}[{index}]")


def _sorted(items: list[Any]) -> list[Any]:
    shown = (i for i in items if not _name(i).startswith("_") and _name(i) not in OURS_ONLY)
    return sorted(shown, key=_name)


def _name(item: Any) -> str:
    if isinstance(item, dict):
        name = item.get("name") or item.get("id") or item.get("className") or json.dumps(item)
        return str(normalise(str(name)))
    return str(item)


def normalise(value: Any) -> Any:
    """Return a text without the parts that differ between installations, anything else as it is."""
    if not isinstance(value, str):
        return value
    for pattern, replacement in NORMALISE:
        value = pattern.sub(replacement, value)
    return value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 240 else text[:240] + "…"


# --------------------------------------------------------------------------------- streams


def _stream_differences(recording: Recording, ours: Answer, rules: Rules) -> list[str]:
    expected, actual = parse_stream(recording.answer.text), parse_stream(ours.text)
    if not expected:
        return [] if not actual else [f"{len(actual)} lines where none is expected"]
    if not actual:
        return ["no line at all"]
    if recording.closed_after_s is not None:
        actual = actual[: len(expected)]
    if recording.name in rules.live:
        found = list(_tree_differences(expected[0], actual[0], "header")) if len(expected) > 1 else []
        return found + _shape_differences(expected[1:], actual[1:])
    found = list(_tree_differences(expected[0], actual[0], "header"))
    theirs, rows = expected[1:], actual[1:]
    if recording.name in rules.any_rowtime:
        theirs, rows = _without_rowtime(theirs), _without_rowtime(rows)
    if recording.name in rules.unsorted:
        theirs, rows = sorted(theirs, key=str), sorted(rows, key=str)
    return found + list(_list_differences(theirs, rows, "rows"))[:6]


def _without_rowtime(rows: list[Any]) -> list[str]:
    return [re.sub(r"rowtime: \S+ \S+", "rowtime:", str(row)) for row in rows]


def _shape_differences(theirs: list[Any], ours: list[Any]) -> list[str]:
    if theirs and not ours:
        return ["no row at all"]
    known = {_shape(row) for row in theirs}
    return sorted({f"shape {_shape(row)} is not recorded" for row in ours if _shape(row) not in known})[:3]


def _shape(row: Any) -> str:
    if isinstance(row, dict):
        return json.dumps({key: _shape(value) for key, value in row.items()})
    if isinstance(row, list):
        return json.dumps([type(value).__name__ for value in row])
    return type(row).__name__


def parse_stream(text: str) -> list[Any]:
    """Return header, rows and what follows them of any of the response forms; PRINT's text as lines."""
    try:
        whole = json.loads(text)
    except ValueError:
        lines = [line.strip().rstrip(",") for line in text.splitlines() if line.strip()]
        return [_line(line) for line in lines]
    return whole if isinstance(whole, list) else [whole]


def _line(line: str) -> Any:
    for candidate in (line, line.removeprefix("["), line.removesuffix("]")):
        try:
            return json.loads(candidate)
        except ValueError:
            continue
    return line
