"""A record beside what a JSON test file expects of it, part by part."""

from collections.abc import Mapping
from typing import Any

from clickstream.core.records import Record
from clickstream.node.sqltest.decode import decode_record
from clickstream.node.sqltest.encode import json_text
from clickstream.node.sqltest.match import difference, matches
from clickstream.node.sqltest.results import Difference
from clickstream.sql.catalog import DataSource

__all__ = ["compared", "record_line"]


def compared(
    expected: Mapping[str, Any], record: Record | None, source: DataSource | None, *, timed: bool = True
) -> list[Difference]:
    """Return the parts of a record beside the expected ones; without a record, the latter alone.

    `timed` false leaves a time of 0 open, as for rows that were inserted at no time of their own.
    """
    if record is None:
        return [Difference(part, text, "", fits=False) for part, text in _parts(expected).items()]
    key, value, window = _decoded(record, source)
    wrong = _wrong_part(record, expected, source, timed=timed)
    actual = {"timestamp": record.timestamp_ms, "key": key, "window": window, "value": value}
    wanted, found = _parts(expected, like=value), _parts(actual)
    types = {c.name: c.type for c in source.schema.value} if source else {}
    differences = []
    for part in dict.fromkeys([*wanted, *found]):
        name = part.removeprefix("value.")
        fits = wrong != part.partition(".")[0]
        if not fits and part != name and isinstance(value, dict):
            want = _field(expected["value"], name)
            fits = part in wanted and part in found and matches(_field(value, name), want, types.get(name))
        differences.append(Difference(part, wanted.get(part, ""), found.get(part, ""), fits))
    if wrong and all(one.fits for one in differences):
        differences.append(Difference(wrong, str(expected.get(wrong)), str(record.headers), fits=False))
    return differences


def record_line(record: Record, source: DataSource | None) -> str:
    """Return a record on one line."""
    key, value, window = _decoded(record, source)
    parts = _parts({"timestamp": record.timestamp_ms, "key": key, "window": window, "value": value})
    return " ".join(f"{part}={text}" for part, text in parts.items())


# --------------------------------------------------------------------------------- private


def _decoded(record: Record, source: DataSource | None) -> tuple[Any, Any, Any]:
    try:
        return decode_record(record, source)
    except ValueError:
        return repr(record.key), repr(record.value), None


def _wrong_part(
    record: Record, expected: Mapping[str, Any], source: DataSource | None, *, timed: bool
) -> str | None:
    try:
        return difference(record, expected, source, any_time=not timed)
    except ValueError:
        return "value"


def _parts(data: Mapping[str, Any], like: Any = None) -> dict[str, str]:
    """Return a record's parts as text: a value's fields one by one, without those that are absent.

    Fields are called as they are in `like`, where only the case differs.
    """
    parts = {}
    if data.get("timestamp") is not None:
        parts["timestamp"] = str(data["timestamp"])
    parts["key"] = json_text(data.get("key"))
    if data.get("window") is not None:
        window = data["window"]
        parts["window"] = f"{window.get('start')} to {window.get('end')} {window.get('type')}"
    value = data.get("value")
    if isinstance(value, dict):
        for name, one in value.items():
            known = isinstance(like, dict) and name not in like and name.upper() in like
            parts[f"value.{name.upper() if known else name}"] = json_text(one)
    else:
        parts["value"] = "null (a tombstone)" if value is None else json_text(value)
    return parts


def _field(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        return None
    return value.get(name, value.get(name.upper()))
