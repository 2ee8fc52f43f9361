"""`stats` and `extended_stats`: several numbers at once.

Source: Elasticsearch reference, "Stats aggregation" and "Extended stats aggregation"; compared with 7.10.2.
Of dates, `extended_stats` writes only the members that `stats` has as text too.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from clickstream.storage.documents.aggregations.base import Context, Group
from clickstream.storage.documents.aggregations.metrics import Floats, Metric, Numbers, check_property, finite

__all__ = ["ExtendedStats", "Stats"]


class Stats(Metric):
    """Count, min, max, avg and sum at once."""

    kind = "stats"

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the numbers of each bucket."""
        numbers = self.numbers(context, group)
        columns = self._columns(numbers)
        names = list(columns)
        answers = []
        for row in zip(*(column.tolist() for column in columns.values()), strict=True):
            answer = dict(zip(names, (finite(value) for value in row), strict=True))
            for key in ("min", "max", "avg", "sum"):
                if answer["count"]:
                    answer.update(self._written(numbers, key, answer[key]))
            answers.append(self._finish(answer))
        return answers

    def order_values(self, context: Context, group: Group, path: Sequence[str]) -> Floats:
        """Return the named one of the numbers."""
        columns = self._columns(self.numbers(context, group))
        check_property(self, path, tuple(columns), needed=True)
        return columns[path[0]].astype(np.float64)

    def _written(self, numbers: Numbers, key: str, value: float) -> dict[str, Any]:
        # Booleans are written as such here, and as text by the single-value metrics.
        if numbers.field is not None and numbers.field.family == "boolean":
            return {f"{key}_as_string": bool(value)}
        return self.written(numbers.field, f"{key}_as_string", value)

    def _columns(self, numbers: Numbers) -> dict[str, npt.NDArray[Any]]:
        return {
            "count": numbers.counts(),
            "min": numbers.lowest(),
            "max": numbers.highest(),
            "avg": numbers.means(),
            "sum": numbers.sums(),
        }

    def _finish(self, answer: dict[str, Any]) -> dict[str, Any]:
        return answer


class ExtendedStats(Stats):
    """Stats, with variance and deviation."""

    kind = "extended_stats"

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        super().__init__(name, settings)
        self._sigma = float(settings.get("sigma") or 2.0)

    def _columns(self, numbers: Numbers) -> dict[str, npt.NDArray[Any]]:
        columns = super()._columns(numbers)
        squares = numbers.sums(numbers.values**2)
        count = columns["count"].astype(np.float64)
        # From the mean, not from the sum of squares: dates would lose all their digits.
        spread = numbers.sums((numbers.values - columns["avg"][numbers.owners]) ** 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            population, sampling = spread / count, spread / (count - 1)
            population[count == 0] = math.nan
            sampling[count < 2] = math.nan
        columns |= {
            "sum_of_squares": squares,
            "variance": population,
            "variance_population": population,
            "variance_sampling": sampling,
            "std_deviation": np.sqrt(population),
            "std_deviation_population": np.sqrt(population),
            "std_deviation_sampling": np.sqrt(sampling),
        }
        return columns

    def _finish(self, answer: dict[str, Any]) -> dict[str, Any]:
        bounds: dict[str, float | str | None] = {}
        for suffix, key in (("", "std_deviation"), ("_population",) * 2, ("_sampling",) * 2):
            deviation = answer[key if suffix == "" else f"std_deviation{suffix}"]
            for edge, sign in (("upper", 1), ("lower", -1)):
                bounds[edge + suffix] = (
                    None
                    if not answer["count"]
                    else "NaN"
                    if deviation is None
                    else answer["avg"] + sign * deviation * self._sigma
                )
        if answer["count"] == 1:
            answer["variance_sampling"] = answer["std_deviation_sampling"] = "NaN"
        if not answer["count"]:
            answer["sum_of_squares"] = None
        answer["std_deviation_bounds"] = bounds
        return answer
