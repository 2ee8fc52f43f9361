"""The members of an aggregation's settings: which there are, and values of the right type.

Source: Elasticsearch reference, "Aggregations"; refusals compared with 7.10.2.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from clickstream.storage.documents.errors import (
    DocumentError,
    illegal_argument,
    parsing,
    unknown_field,
    unparsable,
)

__all__ = ["read_settings"]

LARGEST = 2**31 - 1


def read_settings(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with their values read. Raises: DocumentError."""
    known = _KNOWN.get(kind)
    if known is None:
        return dict(given)
    settings: dict[str, Any] = {}
    for key, value in given.items():
        if key == "script":
            raise parsing(f"[script] of [{kind}] is not supported")
        if key not in known:
            raise unknown_field(kind, key)
        if value is not None:
            settings[key] = _read(kind, key, known[key], value)
    if "field" in known and "field" not in settings:
        raise illegal_argument("Required one of fields [field, script], but none were specified. ")
    return settings


Reader = Callable[[Any], Any]


def _read(kind: str, key: str, reader: Reader, value: Any) -> Any:
    try:
        return reader(value)
    except DocumentError as error:
        raise unparsable(kind, key, error) from error


def _anything(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise illegal_argument("doesn't support values of that type")
    return str(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise illegal_argument("doesn't support values of that type")
    return value


def _whole(value: Any) -> int:
    number = _real(value)
    if abs(number) > LARGEST:
        raise illegal_argument(f"Value [{value}] is out of range for an integer")
    return int(number)


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise illegal_argument("doesn't support values of that type")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise DocumentError("number_format_exception", f'For input string: "{str(value)[:100]}"')
    return number


def _flag(value: Any) -> bool:
    if value not in (True, False, "true", "false"):
        raise illegal_argument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    return value in (True, "true")


def _reals(value: Any) -> list[float]:
    return [_real(item) for item in (value if isinstance(value, list) else [value])]


def _real_bounds(value: Any) -> dict[str, float]:
    return {key: _real(end) for key, end in _object(value).items() if end is not None}


def _scalar_bounds(value: Any) -> dict[str, Any]:
    return {key: _scalar(end) for key, end in _object(value).items() if end is not None}


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise illegal_argument("doesn't support values of that type")
    return value


def _ranges(read_end: Reader) -> Reader:
    def read(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise illegal_argument("doesn't support values of that type")
        return [_range(_object(item), read_end) for item in value]

    return read


def _range(given: Mapping[str, Any], read_end: Reader) -> dict[str, Any]:
    made = {side: read_end(given[side]) for side in ("from", "to") if given.get(side) is not None}
    return made if given.get("key") is None else {**made, "key": _text(given["key"])}


_VALUES: dict[str, Reader] = {"field": _text, "missing": _scalar, "format": _text, "value_type": _text}
_KNOWN: dict[str, dict[str, Reader]] = {
    "terms": _VALUES
    | {
        "size": _whole,
        "shard_size": _whole,
        "min_doc_count": _whole,
        "shard_min_doc_count": _whole,
        "order": _anything,
        "include": _anything,
        "exclude": _anything,
        "execution_hint": _text,
        "collect_mode": _text,
        "show_term_doc_count_error": _flag,
    },
    "date_histogram": _VALUES
    | {
        "interval": _text,
        "fixed_interval": _text,
        "calendar_interval": _text,
        "min_doc_count": _whole,
        "extended_bounds": _scalar_bounds,
        "offset": _text,
        "time_zone": _text,
        "order": _anything,
        "keyed": _flag,
    },
    "histogram": _VALUES
    | {
        "interval": _real,
        "min_doc_count": _whole,
        "extended_bounds": _real_bounds,
        "offset": _real,
        "order": _anything,
        "keyed": _flag,
    },
    "range": _VALUES | {"ranges": _ranges(_real), "keyed": _flag},
    "date_range": _VALUES | {"ranges": _ranges(_scalar), "keyed": _flag, "time_zone": _text},
    "missing": {"field": _text, "missing": _scalar, "value_type": _text},
    "max": _VALUES,
    "min": _VALUES,
    "avg": _VALUES,
    "sum": _VALUES,
    "stats": _VALUES,
    "extended_stats": _VALUES | {"sigma": _real},
    "value_count": _VALUES,
    "cardinality": _VALUES | {"precision_threshold": _whole, "rehash": _anything},
    "percentiles": _VALUES | {"percents": _reals, "keyed": _flag, "tdigest": _object, "hdr": _object},
    "top_hits": {
        "from": _whole,
        "size": _whole,
        "sort": _anything,
        "_source": _anything,
        "docvalue_fields": _anything,
        "version": _flag,
        "seq_no_primary_term": _flag,
        "explain": _flag,
        "highlight": _anything,
        "track_scores": _flag,
        "stored_fields": _anything,
        "script_fields": _anything,
        "fields": _anything,
    },
}
"""Kind → member → what reads its value."""
