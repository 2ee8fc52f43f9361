"""`terms`: a bucket for each value of a field.

Source: Elasticsearch reference, "Terms aggregation"; compared with 7.10.2, its shard size and what it counts
as other documents included.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.aggregations.base import (
    Aggregation,
    Buckets,
    Context,
    Group,
    encode_numbers,
    group_by,
    run_all,
    unsupported_field,
    write_value,
)
from clickstream.storage.documents.aggregations.order import BucketOrder, order_columns, parse_order
from clickstream.storage.documents.automaton import regular_expression
from clickstream.storage.documents.columns import TextColumn
from clickstream.storage.documents.errors import illegal_argument, unparsable
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.selection import Ints, Selection, Values, distinct
from clickstream.storage.documents.sort import no_fielddata

__all__ = ["Terms"]

_BY_COUNT = (BucketOrder("_count", True), BucketOrder("_key", False))


@dataclass(frozen=True, slots=True)
class _Entries:
    """Every value of the group's documents as a code into `keys`, which are in no order for texts."""

    docs: Ints
    owners: Ints
    codes: Ints
    keys: Sequence[Any]
    field: FieldType | None


class Terms(Aggregation):
    """Buckets by value."""

    kind = "terms"

    def __init__(self, name: str, settings: Mapping[str, Any], children: Sequence[Aggregation]) -> None:
        super().__init__(name, children)
        self.field = str(settings["field"])
        self._size = int(settings.get("size", 10))
        if self._size <= 0:
            cause = illegal_argument(f"[size] must be greater than 0. Found [{self._size}] in [{name}]")
            raise unparsable("terms", "size", cause)
        self._order = parse_order(settings.get("order"), _BY_COUNT, self.kind)
        self._min_doc_count = int(settings.get("min_doc_count", 1))
        self._missing = settings.get("missing")
        self._format = settings.get("format")
        self._accepts = _acceptor(settings.get("include"), settings.get("exclude"))
        by_key = self._order[0].by_key
        usual = self._size if by_key else int(self._size * 1.5 + 10)
        self._shard_size = max(int(settings.get("shard_size", usual)), self._size)

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the buckets of each owner."""
        entries = self._entries(context, group)
        buckets = group_by(entries.owners, entries.codes, group.count, max(len(entries.keys), 1))
        if self._min_doc_count == 0:
            buckets = _with_empty(buckets, _codes_in_use(context.selection, self.field, entries), group.count)
        ranks = _ranks(entries, buckets)
        inner = Group(entries.docs, buckets.of_entry, len(buckets.owner))
        columns = order_columns(self._order, ranks, buckets.count, self.children, context, inner)
        ordered = np.lexsort((*reversed(columns), buckets.owner))
        owners = buckets.owner[ordered]
        starts = np.searchsorted(owners, np.arange(group.count))
        place = np.arange(len(ordered)) - starts[owners]
        kept, others, truncated = self._choose(ordered, owners, place, buckets.count[ordered], group.count)
        shown = self._shown(context, entries, buckets, kept)
        return self._answers(shown, buckets.owner[kept], others, truncated, group.count)

    def _choose(
        self, ordered: Ints, owners: Ints, place: Ints, counts: Ints, owner_count: int
    ) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        """Return the buckets to show in order, and what each owner's others count."""
        on_shard = place < self._shard_size
        enough = on_shard & (counts >= self._min_doc_count)
        # The place among those that are frequent enough.
        running: Ints = np.cumsum(enough, dtype=np.int64) - enough
        starts = np.searchsorted(owners, np.arange(owner_count))
        base = np.append(running, 0)[starts]
        shown = enough & (running - base[owners] < self._size)
        left_out = ~on_shard | (enough & ~shown)
        others = np.bincount(owners[left_out], counts[left_out], owner_count)
        truncated = np.bincount(owners[on_shard], minlength=owner_count) >= self._shard_size
        return ordered[shown], others.astype(np.int64), truncated

    def _shown(
        self, context: Context, entries: _Entries, buckets: Buckets, kept: Ints
    ) -> list[dict[str, Any]]:
        context.add_buckets(len(kept))
        place = np.full(len(buckets.owner), -1, np.int64)
        place[kept] = np.arange(len(kept))
        made = [
            {**self._key(entries.keys[code], entries.field), "doc_count": count}
            for code, count in zip(buckets.code[kept].tolist(), buckets.count[kept].tolist(), strict=True)
        ]
        if self.children:
            owner = place[buckets.of_entry]
            inside = owner >= 0
            group = Group(entries.docs[inside], owner[inside], len(kept))
            for bucket, answers in zip(made, run_all(self.children, context, group), strict=True):
                bucket.update(answers)
        return made

    def _answers(
        self,
        shown: list[dict[str, Any]],
        owners: Ints,
        others: Ints,
        truncated: npt.NDArray[np.bool_],
        owner_count: int,
    ) -> list[dict[str, Any]]:
        bounds = np.searchsorted(owners, np.arange(owner_count + 1))
        exact = self._order[0].by_key or (self._order[0].by_count and self._order[0].descending)
        return [
            {
                "doc_count_error_upper_bound": 0 if exact or not truncated[owner] else -1,
                "sum_other_doc_count": int(others[owner]),
                "buckets": shown[bounds[owner] : bounds[owner + 1]],
            }
            for owner in range(owner_count)
        ]

    def _key(self, key: Any, field: FieldType | None) -> dict[str, Any]:
        if isinstance(key, str):
            return {"key": key}
        text = None if field is None else write_value(field, key, self._format)
        return {"key": key} if text is None else {"key": key, "key_as_string": text}

    # ------------------------------------------------------------------------------------ entries

    def _entries(self, context: Context, group: Group) -> _Entries:
        values = context.selection.values(self.field)
        if values is None:
            return self._unmapped(group)
        if values.field.family == "text":
            raise no_fielddata(values.field)
        take, found = values.of(group.docs)
        keys, codes = _encoded(values, found)
        once = distinct(values, take, codes)
        take, codes = take[once], codes[once]
        docs, owners = group.docs[take], group.owners[take]
        if self._missing is not None:
            lacking = np.flatnonzero(~values.present[group.docs])
            keys, code = _with_key(keys, self._missing_key(values.field))
            docs = np.concatenate([docs, group.docs[lacking]])
            owners = np.concatenate([owners, group.owners[lacking]])
            codes = np.concatenate([codes, np.full(len(lacking), code)])
        if self._accepts is not None:
            accepted = np.array([self._accepts(str(key)) for key in keys], np.bool_)
            inside = accepted[codes] if len(keys) else np.zeros(0, np.bool_)
            docs, owners, codes = docs[inside], owners[inside], codes[inside]
        return _Entries(docs, owners, codes, keys, values.field)

    def _unmapped(self, group: Group) -> _Entries:
        if self._missing is None:
            nothing = np.zeros(0, np.int64)
            return _Entries(nothing, nothing, nothing, [], None)
        codes = np.zeros(len(group.docs), np.int64)
        return _Entries(group.docs, group.owners, codes, [self._missing], None)

    def _missing_key(self, field: FieldType) -> Any:
        parsed = field.parse(self._missing)
        if parsed is None:
            raise unsupported_field(field, self.kind)
        return parsed


def _encoded(values: Values, found: npt.NDArray[Any]) -> tuple[Sequence[Any], Ints]:
    if values.terms is not None:
        return values.terms, found.astype(np.int64)
    keys, codes = encode_numbers(found)
    return keys.tolist(), codes


def _with_key(keys: Sequence[Any], key: Any) -> tuple[Sequence[Any], int]:
    try:
        return keys, keys.index(key)
    except ValueError:
        return [*keys, key], len(keys)


def _ranks(entries: _Entries, buckets: Buckets) -> Ints:
    """Return each bucket's place by its key."""
    used = np.unique(buckets.code).tolist()
    by_key = sorted(used, key=lambda code: entries.keys[code])
    ranks = np.zeros(len(entries.keys) or 1, np.int64)
    ranks[by_key] = np.arange(len(by_key))
    return ranks[buckets.code]


def _codes_in_use(selection: Selection, name: str, entries: _Entries) -> Ints:
    """Return the codes of all values that living documents have, those outside the query included."""
    wanted: set[Any] = set()
    for index in selection.indices:
        column = index.column(name)
        if column is None:
            continue
        rows = np.flatnonzero(index.live & column.present[: index.size])
        if isinstance(column, TextColumn):
            wanted.update(column.terms[code] for code in np.unique(column.codes[rows]).tolist())
        else:
            wanted.update(np.unique(column.values[rows]).tolist())
    place = {key: code for code, key in enumerate(entries.keys)}
    return np.array(sorted(place[key] for key in wanted if key in place), np.int64)


def _with_empty(buckets: Buckets, codes: Ints, owner_count: int) -> Buckets:
    """Return the buckets, with an empty one for each owner and code that has none."""
    have = set(zip(buckets.owner.tolist(), buckets.code.tolist(), strict=True))
    lacking = [
        (owner, code) for owner in range(owner_count) for code in codes.tolist() if (owner, code) not in have
    ]
    if not lacking:
        return buckets
    owners, more = np.array(lacking, np.int64).T
    return Buckets(
        np.concatenate([buckets.owner, owners]),
        np.concatenate([buckets.code, more]),
        np.concatenate([buckets.count, np.zeros(len(more), np.int64)]),
        buckets.of_entry,
    )


def _acceptor(include: Any, exclude: Any) -> Callable[[str], bool] | None:
    if include is None and exclude is None:
        return None
    wanted, unwanted = _matcher(include), _matcher(exclude)
    return lambda key: (wanted is None or wanted(key)) and not (unwanted is not None and unwanted(key))


def _matcher(given: Any) -> Callable[[str], bool] | None:
    if given is None:
        return None
    if isinstance(given, list):
        listed = {str(item) for item in given}
        return lambda key: key in listed
    if not isinstance(given, str):
        raise illegal_argument("[include] and [exclude] take a regular expression or a list")
    return regular_expression(given).matches
