"""What is shown of a hit: parts of its source, and fields' values.

Source: Elasticsearch reference, "Retrieve selected fields"; compared with 7.10.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream.storage.documents.columns import NumberColumn, TextColumn
from clickstream.storage.documents.dates import date_format
from clickstream.storage.documents.errors import DocumentError, illegal_argument, parsing
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.index import Index
from clickstream.storage.documents.mapping import field_names
from clickstream.storage.documents.names import matches

__all__ = ["FieldRequest", "SourceFilter", "doc_values", "parse_fields", "source_fields"]


class SourceFilter:
    """Which part of a source is shown: all, nothing, or what patterns include and do not exclude."""

    def __init__(
        self, *, show: bool = True, includes: Sequence[str] = (), excludes: Sequence[str] = ()
    ) -> None:
        self.show = show
        self._includes = tuple(includes)
        self._excludes = tuple(excludes)

    @classmethod
    def parse(cls, given: Any) -> "SourceFilter":
        """Return the filter of a `_source`. Raises: DocumentError."""
        if given is None or isinstance(given, bool):
            return cls(show=given is not False)
        if isinstance(given, str):
            return cls(includes=[given])
        if isinstance(given, list):
            return cls(includes=[str(item) for item in given])
        if isinstance(given, Mapping):
            return cls(
                includes=_listed(given.get("includes", given.get("include"))),
                excludes=_listed(given.get("excludes", given.get("exclude"))),
            )
        raise parsing("Expected one of [VALUE_BOOLEAN, START_OBJECT, START_ARRAY] in [_source]")

    @property
    def whole(self) -> bool:
        """Whether a source is shown as it is."""
        return self.show and not self._includes and not self._excludes

    def apply(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of `source` that is shown."""
        return _filtered(source, "", self._includes, self._excludes)


def _listed(given: Any) -> list[str]:
    if given is None:
        return []
    return [str(item) for item in given] if isinstance(given, list) else [str(given)]


def _within(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether the path, or an object it is in, fits one of the patterns."""
    parts = path.split(".")
    prefixes = [".".join(parts[: count + 1]) for count in range(len(parts))]
    return any(matches(pattern, prefix) for pattern in patterns for prefix in prefixes)


def _filtered(
    source: Mapping[str, Any], prefix: str, includes: tuple[str, ...], excludes: tuple[str, ...]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, value in source.items():
        path = prefix + key
        if excludes and _within(path, excludes):
            continue
        if isinstance(value, dict):
            inner = _filtered(value, path + ".", includes, excludes)
            if inner or (not includes or _within(path, includes)):
                shown[key] = inner
        elif not includes or _within(path, includes):
            shown[key] = value
    return shown


# ------------------------------------------------------------------------------------------------ fields


@dataclass(frozen=True, slots=True)
class FieldRequest:
    """A field, or a pattern of fields, to be shown; `format` writes dates."""

    pattern: str
    format: str | None = None


def parse_fields(given: Any) -> list[FieldRequest]:
    """Return the requests of `docvalue_fields` or `fields`. Raises: DocumentError."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise parsing("[docvalue_fields] must be an array")
    requests = []
    for item in given:
        if isinstance(item, str):
            requests.append(FieldRequest(item))
        elif isinstance(item, Mapping) and "field" in item:
            given_format = item.get("format")
            named = given_format not in (None, "use_field_mapping")
            requests.append(FieldRequest(str(item["field"]), str(given_format) if named else None))
        else:
            raise illegal_argument("Required [field]")
    return requests


def doc_values(index: Index, row: int, requests: Iterable[FieldRequest]) -> dict[str, list[Any]]:
    """Return the values that the columns hold for one document."""
    shown: dict[str, list[Any]] = {}
    for request in requests:
        for name in field_names(index.mapping, request.pattern):
            field = index.mapping.fields[name]
            values = _column_values(index, row, field)
            if field.family == "text":
                continue
            if values:
                shown.setdefault(name, []).extend(_written(field, value, request.format) for value in values)
    return shown


def _column_values(index: Index, row: int, field: FieldType) -> list[Any]:
    column = index.column(field.name)
    if isinstance(column, NumberColumn) and column.present[row]:
        return [column.values[row].item(), *column.extra.get(row, ())]
    if isinstance(column, TextColumn) and column.codes[row] >= 0:
        return [column.terms[code] for code in (column.codes[row], *column.extra.get(row, ()))]
    return []


def _written(field: FieldType, value: Any, format_: str | None) -> Any:
    if field.family == "date":
        return (date_format(format_) if format_ else field.format).write(int(value))
    if field.family == "boolean":
        return bool(value)
    return value


def source_fields(
    index: Index, source: Mapping[str, Any], requests: Iterable[FieldRequest]
) -> dict[str, list[Any]]:
    """Return the values that the source has for the fields, written as the mapping says."""
    shown: dict[str, list[Any]] = {}
    for request in requests:
        for name in field_names(index.mapping, request.pattern):
            field = index.mapping.fields[name]
            found = [_from_source(field, value, request.format) for value in _at_path(source, name)]
            if found:
                shown[name] = found
    return shown


def _from_source(field: FieldType, value: Any, format_: str | None) -> Any:
    try:
        parsed = field.parse(value)
    except DocumentError:
        return value
    return value if parsed is None else _written(field, parsed, format_)


def _at_path(source: Any, path: str) -> list[Any]:
    if isinstance(source, list):
        return [value for item in source for value in _at_path(item, path)]
    if not path:
        return [] if source is None else [source]
    if not isinstance(source, Mapping):
        return [source] if path == "keyword" and source is not None else []
    if path in source:
        return _at_path(source[path], "")
    head, _, rest = path.partition(".")
    return _at_path(source[head], rest) if head in source else []
