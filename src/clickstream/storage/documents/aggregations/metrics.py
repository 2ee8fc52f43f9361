"""Metrics: one number, or a few, from the values of each bucket's documents.

`cardinality` and `percentiles` are exact here, where Elasticsearch estimates once there are many values;
for few values both agree.
Source: Elasticsearch reference, "Metrics aggregations"; compared with 7.10.2.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.aggregations.base import (
    Aggregation,
    Context,
    Group,
    encode_numbers,
    numbers_of,
    write_value,
)
from clickstream.storage.documents.errors import DocumentError, illegal_argument
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.selection import Ints

__all__ = [
    "Cardinality",
    "Floats",
    "Metric",
    "Numbers",
    "Percentiles",
    "SingleValue",
    "ValueCount",
    "check_property",
    "finite",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a group's documents: which bucket each is in, and the number."""

    field: FieldType | None
    owners: Ints
    values: Floats
    count: int

    def counts(self) -> Ints:
        """How many numbers each bucket has."""
        return np.bincount(self.owners, minlength=self.count)

    def sums(self, values: Floats | None = None) -> Floats:
        """The sum of each bucket."""
        weights = self.values if values is None else values
        return np.bincount(self.owners, weights, self.count).astype(np.float64, copy=False)

    def highest(self) -> Floats:
        """The highest of each bucket, −inf if it has none."""
        found = np.full(self.count, -math.inf)
        np.maximum.at(found, self.owners, self.values)
        return found

    def lowest(self) -> Floats:
        """The lowest of each bucket, inf if it has none."""
        found = np.full(self.count, math.inf)
        np.minimum.at(found, self.owners, self.values)
        return found

    def means(self) -> Floats:
        """The mean of each bucket, NaN if it has none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            means: Floats = self.sums() / self.counts()
        return means


class Metric(Aggregation):
    """A metric over one field."""

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        super().__init__(name)
        self.field = str(settings["field"])
        self._missing = settings.get("missing")
        self._format = settings.get("format")

    def numbers(self, context: Context, group: Group) -> Numbers:
        """Return the field's numbers. Raises: DocumentError for texts."""
        values = numbers_of(context, self.field, self.kind)
        if values is None:
            take, found = np.zeros(0, np.int64), np.zeros(0)
            lacking = np.arange(len(group.docs))
        else:
            take, found = values.of(group.docs)
            lacking = np.flatnonzero(~values.present[group.docs])
        owners, found = group.owners[take], found.astype(np.float64, copy=False)
        if self._missing is not None:
            filler = self._filler(values.field if values is not None else None)
            owners = np.concatenate([owners, group.owners[lacking]])
            found = np.concatenate([found, np.full(len(lacking), filler)])
        return Numbers(values.field if values else None, owners, found, group.count)

    def _filler(self, field_: FieldType | None) -> float:
        """Return what stands for missing values. Raises: DocumentError if it is no number of the field."""
        try:
            parsed = float(str(self._missing)) if field_ is None else field_.parse(self._missing)
        except ValueError:
            parsed = None
        if parsed is None:
            raise DocumentError("number_format_exception", f'For input string: "{self._missing}"')
        return float(parsed)

    def written(self, field_: FieldType | None, key: str, value: float | None) -> dict[str, str]:
        """Return the `…_as_string` member of dates and booleans."""
        if field_ is None or value is None or not math.isfinite(value):
            return {}
        text = write_value(field_, value, self._format)
        return {} if text is None else {key: text}


class SingleValue(Metric):
    """max, min, avg or sum."""

    def __init__(self, name: str, kind: str, settings: Mapping[str, Any]) -> None:
        super().__init__(name, settings)
        self.kind = kind
        self._reduce = _REDUCERS[kind]

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the value of each bucket."""
        numbers = self.numbers(context, group)
        values = self._reduce(numbers).tolist()
        plain = numbers.field is None or numbers.field.family not in ("date", "boolean")
        if plain:
            return [{"value": value if math.isfinite(value) else None} for value in values]
        finite = [value if math.isfinite(value) else None for value in values]
        return [{"value": value, **self.written(numbers.field, "value_as_string", value)} for value in finite]

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> Floats:
        """Return the value of each bucket."""
        check_property(self, path, ("value",))
        return self._reduce(self.numbers(context, group))


_REDUCERS: dict[str, Callable[[Numbers], Floats]] = {
    "max": Numbers.highest,
    "min": Numbers.lowest,
    "avg": Numbers.means,
    "sum": Numbers.sums,
}


class ValueCount(Metric):
    """How many values there are."""

    kind = "value_count"

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the count of each bucket."""
        return [{"value": int(count)} for count in self.order_values(context, group, ())]

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> Floats:
        """Return the count of each bucket."""
        values = context.selection.values(self.field)
        if values is None:
            return np.zeros(group.count)
        take, _ = values.of(group.docs)
        return np.bincount(group.owners[take], minlength=group.count).astype(np.float64)


class Cardinality(Metric):
    """How many distinct values there are."""

    kind = "cardinality"

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the count of each bucket."""
        return [{"value": int(count)} for count in self.order_values(context, group, ())]

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> Floats:
        """Return the count of each bucket."""
        values = context.selection.values(self.field)
        if values is None:
            return np.zeros(group.count)
        take, found = values.of(group.docs)
        owners = group.owners[take]
        if values.terms is None:
            keys, codes = encode_numbers(found)
            width = len(keys)
        else:
            codes, width = found.astype(np.int64), len(values.terms)
        cells = group.count * width
        if cells <= max(16_000_000, len(codes)):
            seen = np.zeros(cells, np.bool_)
            seen[owners * width + codes] = True
            counts = seen.reshape(group.count, width).sum(1) if width else np.zeros(group.count)
        else:
            counts = np.bincount(np.unique(owners * width + codes) // width, minlength=group.count)
        return counts.astype(np.float64)


class Percentiles(Metric):
    """Values below which given shares of all values lie, between values by straight lines."""

    kind = "percentiles"
    _DEFAULT = (1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0)

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        super().__init__(name, settings)
        self._percents = [float(percent) for percent in settings.get("percents") or self._DEFAULT]
        self._keyed = settings.get("keyed", True) in (True, "true")
        if any(not 0 <= percent <= 100 for percent in self._percents):
            bad = next(percent for percent in self._percents if not 0 <= percent <= 100)
            cause = illegal_argument(f"percent must be in [0,100], got [{bad}]: [{name}]")
            reason = "Failed to build [percentiles] after last required field arrived"
            raise DocumentError("x_content_parse_exception", reason, cause=cause)

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the percentiles of each bucket."""
        numbers = self.numbers(context, group)
        rows = self._quantiles(numbers)
        answers: list[dict[str, Any]] = []
        for row in rows:
            pairs = [(percent, finite(value)) for percent, value in zip(self._percents, row, strict=True)]
            if self._keyed:
                shown: dict[str, Any] = {}
                for percent, value in pairs:
                    shown[str(percent)] = value
                    shown.update(self.written(numbers.field, f"{percent}_as_string", value))
                answers.append({"values": shown})
            else:
                answers.append({"values": [{"key": percent, "value": value} for percent, value in pairs]})
        return answers

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> Floats:
        """Return the named percentile of each bucket."""
        wanted = [str(percent) for percent in self._percents]
        asked = str(float(path[0])) if path else wanted[0]
        return np.array([row[wanted.index(asked)] for row in self._quantiles(self.numbers(context, group))])

    def _quantiles(self, numbers: Numbers) -> list[list[float]]:
        order = np.lexsort((numbers.values, numbers.owners))
        values = numbers.values[order]
        ends = np.cumsum(numbers.counts())
        rows = []
        start = 0
        for end in ends.tolist():
            part = values[start:end]
            start = end
            rows.append(
                np.percentile(part, self._percents, method="hazen").tolist()
                if len(part)
                else [math.nan] * len(self._percents)
            )
        return rows


def finite(value: Any) -> Any:
    """Return a number, None if it is infinite or none."""
    return value if math.isfinite(value) else None


def check_property(
    metric: Metric, path: Sequence[str], known: tuple[str, ...], *, needed: bool = False
) -> None:
    """Refuse an order's path that names no number of the metric. Raises: DocumentError."""
    if (path and path[0] not in known) or (needed and not path):
        shown = path[0] if path else ""
        raise illegal_argument(
            f"Unknown value key [{shown}] for multi-value metric aggregation [{metric.name}]."
        )
