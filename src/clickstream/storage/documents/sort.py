"""Sorting hits: by fields, score or order of writing; `search_after`; values shown beside each hit.

Source: Elasticsearch reference, "Sort search results"; compared with 7.10.2.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.dates import date_format
from clickstream.storage.documents.errors import DocumentError, illegal_argument, unknown_field
from clickstream.storage.documents.fields import FIELD_TYPES, FieldType
from clickstream.storage.documents.selection import Ints, Selection

__all__ = ["SortKey", "best", "no_fielddata", "parse_sort"]

_MISSING_INT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key. `missing` is `_last`, `_first` or a value; `mode` chooses among several values."""

    field: str
    descending: bool = False
    missing: Any = "_last"
    unmapped_type: str | None = None
    mode: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """A key's values, ready to compare: ascending `keys` are the wanted order; `shown` is for the hit."""

    keys: npt.NDArray[np.float64] | Ints
    shown: Sequence[Any] | npt.NDArray[Any]


def parse_sort(given: Any) -> list[SortKey]:
    """Return the keys of a `sort`. Raises: DocumentError."""
    if given is None:
        return []
    return [_parse_key(item) for item in (given if isinstance(given, list) else [given])]


def _parse_key(item: Any) -> SortKey:
    if isinstance(item, str):
        field, _, order = item.partition(":")
        return _key(field, {"order": order} if order else {})
    if not isinstance(item, Mapping) or len(item) != 1:
        raise illegal_argument(
            "malformed sort format, within the sort array, an object, or an actual string are allowed"
        )
    ((field, options),) = item.items()
    if not isinstance(options, str | Mapping):
        raise illegal_argument("malformed sort format, either start with array, object, or an actual string")
    return _key(field, {"order": options} if isinstance(options, str) else options)


def _key(field: str, options: Mapping[str, Any]) -> SortKey:
    known = {"order", "missing", "unmapped_type", "mode", "format", "numeric_type"}
    for key in options:
        if key not in known:
            raise unknown_field("field_sort", key)
    order = str(options.get("order", "desc" if field == "_score" else "asc")).lower()
    if order not in ("asc", "desc"):
        raise illegal_argument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{order.upper()}")
    return SortKey(
        field,
        order == "desc",
        options.get("missing", "_last"),
        _named(options, "unmapped_type"),
        _named(options, "mode"),
        _named(options, "format"),
    )


def _named(options: Mapping[str, Any], key: str) -> str | None:
    return None if options.get(key) is None else str(options[key])


def best(
    selection: Selection,
    keys: Sequence[SortKey],
    scores: npt.NDArray[np.float64] | None,
    wanted: int,
    after: Sequence[Any] | None = None,
) -> tuple[Ints, list[list[Any]]]:
    """Return the positions of the first `wanted` documents in order, and each one's sort values.

    Raises: DocumentError if a field is not there or cannot be sorted by.
    """
    columns = [_column(selection, key, scores) for key in keys]
    candidates = np.arange(selection.size)
    if after is not None:
        candidates = candidates[_after(selection, keys, columns, after)]
    if columns and wanted < len(candidates):
        candidates = _first_by(columns[0].keys, candidates, wanted)
    tie = (selection.seq_no()[candidates], selection.ordinal()[candidates])
    ordered = np.lexsort((*tie, *(column.keys[candidates] for column in reversed(columns))))
    positions = candidates[ordered[:wanted]]
    shown = [[_plain(column.shown[at]) for column in columns] for at in positions.tolist()]
    return positions, shown


def _first_by(keys: npt.NDArray[Any], candidates: Ints, wanted: int) -> Ints:
    """Return the candidates that can be among the first `wanted`, by the first key alone."""
    if wanted == 0:
        return candidates[:0]
    mine = keys[candidates]
    limit = np.partition(mine, wanted - 1)[wanted - 1]
    chosen: Ints = candidates[mine <= limit]
    return chosen


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


# ------------------------------------------------------------------------------------------------ columns


def _column(selection: Selection, key: SortKey, scores: npt.NDArray[np.float64] | None) -> _Column:
    if key.field == "_score":
        values = np.zeros(selection.size) if scores is None else scores
        return _Column(-values if key.descending else values, values)
    if key.field in ("_doc", "_seq_no", "_shard_doc"):
        seq_no = selection.seq_no()
        return _Column(-seq_no if key.descending else seq_no, seq_no)
    if key.field in ("_id", "_index"):
        return _label_column(selection, key)
    values_ = selection.values(key.field)
    if values_ is None:
        if key.unmapped_type is None and selection.indices:
            raise DocumentError(
                "query_shard_exception", f"No mapping found for [{key.field}] in order to sort on"
            )
        return _unmapped(selection.size, key)
    if values_.terms is not None:
        if values_.field.family == "text":
            raise no_fielddata(values_.field)
        return _text_column(selection, key)
    return _number_column(selection, key)


def no_fielddata(field: FieldType) -> DocumentError:
    """Return the refusal to sort or group by the words of a text field."""
    return illegal_argument(
        "Text fields are not optimised for operations that require per-document field data like aggregations "
        "and sorting, so these operations are disabled by default. Please use a keyword field instead. "
        f"Alternatively, set fielddata=true on [{field.name}] in order to load field data by uninverting the "
        "inverted index. Note that this can use significant memory."
    )


def _unmapped(size: int, key: SortKey) -> _Column:
    family = FIELD_TYPES.get(key.unmapped_type or "", "integer")
    nothing = np.zeros(size, np.bool_)
    if family in ("keyword", "text", "ip"):
        return _Column(np.zeros(size, np.int64), [None] * size)
    high = key.descending == (key.missing == "_first")
    numbers = np.zeros(size, np.float64 if family == "float" else np.int64)
    return _Column(np.zeros(size, np.int64), _Shown(numbers, nothing, family == "float", high, None))


def _label_column(selection: Selection, key: SortKey) -> _Column:
    labels = [
        index.ids[row] if key.field == "_id" else index.info.name
        for index, rows in selection.parts
        for row in rows.tolist()
    ]
    place = {label: at for at, label in enumerate(sorted(set(labels)))}
    ranks = np.array([place[label] for label in labels], np.int64)
    return _Column(-ranks if key.descending else ranks, labels)


def _number_column(selection: Selection, key: SortKey) -> _Column:
    values = selection.values(key.field)
    assert values is not None
    numbers, present = values.first.copy(), values.present
    if len(values.more):
        _choose(numbers, values.more_at, values.more, key.mode or ("max" if key.descending else "min"))
    floating = numbers.dtype == np.float64
    lowest, highest = (-math.inf, math.inf) if floating else (-_MISSING_INT, _MISSING_INT)
    if key.missing in ("_last", "_first"):
        at_end = (key.missing == "_last") != key.descending
        numbers[~present] = highest if at_end else lowest
    else:
        parsed = values.field.parse(key.missing)
        if parsed is None:
            raise DocumentError("number_format_exception", f'For input string: "{key.missing}"')
        numbers[~present] = parsed
        present = np.ones(len(numbers), np.bool_)
    keys = -numbers if key.descending else numbers
    return _Column(
        keys, _Shown(numbers, present, floating, key.descending == (key.missing == "_first"), key.format)
    )


class _Shown(Sequence[Any]):
    """The sort values of numbers: Elasticsearch shows a missing one as the extreme it was sorted as."""

    def __init__(
        self,
        numbers: npt.NDArray[Any],
        present: npt.NDArray[np.bool_],
        floating: bool,
        high: bool,
        format_: str | None,
    ) -> None:
        self._numbers, self._present, self._floating, self._high = numbers, present, floating, high
        self._format = date_format(format_) if format_ else None

    def __getitem__(self, at: Any) -> Any:
        if self._present[at]:
            value = self._numbers[at].item()
            return self._format.write(value) if self._format is not None else value
        if self._floating:
            return "Infinity" if self._high else "-Infinity"
        return _MISSING_INT if self._high else -_MISSING_INT - 1

    def __len__(self) -> int:
        return len(self._numbers)


def _choose(numbers: npt.NDArray[Any], at: Ints, more: npt.NDArray[Any], mode: str) -> None:
    """Let each position with several values stand for the one that `mode` says."""
    if mode == "min":
        np.minimum.at(numbers, at, more)
    elif mode == "max":
        np.maximum.at(numbers, at, more)
    elif mode in ("sum", "avg"):
        np.add.at(numbers, at, more)
        if mode == "avg":
            places, counts = np.unique(at, return_counts=True)
            numbers[places] = numbers[places] / (counts + 1)
    else:
        raise illegal_argument(f"Unknown SortMode [{mode}]")


def _text_column(selection: Selection, key: SortKey) -> _Column:
    values = selection.values(key.field)
    assert values is not None
    assert values.terms is not None
    terms = values.terms
    ranks_of = np.empty(len(terms) + 1, np.int64)
    ranks_of[sorted(range(len(terms)), key=terms.__getitem__)] = np.arange(len(terms))
    ranks_of[-1] = -1
    ranks = ranks_of[values.first]
    if len(values.more):
        _choose(
            ranks, values.more_at, ranks_of[values.more], key.mode or ("max" if key.descending else "min")
        )
    by_rank = sorted(terms)
    shown: list[str | None] = [by_rank[rank] if rank >= 0 else None for rank in ranks.tolist()]
    last = (key.missing != "_first") != key.descending
    keys = np.where(values.present, ranks, len(terms) if last else -1)
    return _Column(-keys if key.descending else keys, shown)


# ------------------------------------------------------------------------------------------- search_after


def _after(
    selection: Selection, keys: Sequence[SortKey], columns: Sequence[_Column], after: Sequence[Any]
) -> npt.NDArray[np.bool_]:
    if len(after) != len(keys):
        raise illegal_argument(f"search_after has {len(after)} value(s) but sort has {len(keys)}.")
    beyond = np.zeros(selection.size, np.bool_)
    equal = np.ones(selection.size, np.bool_)
    for key, column, limit in zip(keys, columns, after, strict=True):
        greater, same = _compared(selection, key, column, limit)
        beyond |= equal & greater
        equal &= same
    return beyond


def _compared(
    selection: Selection, key: SortKey, column: _Column, limit: Any
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    values = None if key.field.startswith("_") else selection.values(key.field)
    if (values is not None and values.terms is not None) or key.field in ("_id", "_index"):
        text = str(limit)
        later = [
            label is not None and ((label < text) if key.descending else (label > text))
            for label in column.shown
        ]
        same = [label == text for label in column.shown]
        return np.array(later, np.bool_), np.array(same, np.bool_)
    if isinstance(limit, str):
        field = None if values is None else values.field
        if field is None or field.family != "date":
            raise illegal_argument(f"Failed to parse search_after value for field [{key.field}].")
        limit = (date_format(key.format) if key.format else field.format).parse(limit)
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        raise illegal_argument(f"Failed to parse search_after value for field [{key.field}].")
    bound = -limit if key.descending else limit
    return column.keys > bound, column.keys == bound
