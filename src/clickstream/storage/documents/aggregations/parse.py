"""A request's `aggs` become a tree of aggregations.

Source: Elasticsearch reference, "Aggregations"; refusals compared with 7.10.2.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clickstream.storage.documents.aggregations.base import Aggregation
from clickstream.storage.documents.aggregations.filters import Filter, Filters, Global, Missing, Ranges
from clickstream.storage.documents.aggregations.histogram import DateHistogram, Histogram
from clickstream.storage.documents.aggregations.metrics import (
    Cardinality,
    Percentiles,
    SingleValue,
    ValueCount,
)
from clickstream.storage.documents.aggregations.settings import read_settings
from clickstream.storage.documents.aggregations.stats import ExtendedStats, Stats
from clickstream.storage.documents.aggregations.terms import Terms
from clickstream.storage.documents.aggregations.top_hits import TopHits
from clickstream.storage.documents.errors import (
    DocumentError,
    ShardsFailed,
    parsing,
)

__all__ = ["parse_aggregations"]

UNSUPPORTED = {
    "adjacency_matrix",
    "auto_date_histogram",
    "avg_bucket",
    "bucket_script",
    "bucket_selector",
    "bucket_sort",
    "children",
    "composite",
    "cumulative_sum",
    "derivative",
    "diversified_sampler",
    "extended_stats_bucket",
    "geo_bounds",
    "geo_centroid",
    "geo_distance",
    "geohash_grid",
    "geotile_grid",
    "ip_range",
    "matrix_stats",
    "max_bucket",
    "median_absolute_deviation",
    "min_bucket",
    "moving_avg",
    "moving_fn",
    "nested",
    "parent",
    "percentile_ranks",
    "percentiles_bucket",
    "rare_terms",
    "reverse_nested",
    "sampler",
    "scripted_metric",
    "serial_diff",
    "significant_terms",
    "significant_text",
    "stats_bucket",
    "sum_bucket",
    "variable_width_histogram",
    "weighted_avg",
}
"""Aggregations of Elasticsearch that are refused by name here."""

_NAME = re.compile(r"[^\[\]>]+")

_METRICS: dict[str, Callable[[str, Mapping[str, Any]], Aggregation]] = {
    "max": lambda name, settings: SingleValue(name, "max", settings),
    "min": lambda name, settings: SingleValue(name, "min", settings),
    "avg": lambda name, settings: SingleValue(name, "avg", settings),
    "sum": lambda name, settings: SingleValue(name, "sum", settings),
    "stats": Stats,
    "extended_stats": ExtendedStats,
    "value_count": ValueCount,
    "cardinality": Cardinality,
    "percentiles": Percentiles,
    "top_hits": TopHits,
}

Children = Sequence[Aggregation]
_BUCKETS: dict[str, Callable[[str, Any, Children], Aggregation]] = {
    "terms": Terms,
    "date_histogram": DateHistogram,
    "histogram": Histogram,
    "filter": Filter,
    "filters": Filters,
    "missing": Missing,
    "global": lambda name, settings, children: Global(name, children),
    "range": lambda name, settings, children: Ranges(name, "range", settings, children),
    "date_range": lambda name, settings, children: Ranges(name, "date_range", settings, children),
}


def parse_aggregations(body: Any, *, top: bool = True) -> list[Aggregation]:
    """Return the aggregations of an `aggs` object. Raises: DocumentError."""
    if not isinstance(body, Mapping):
        raise parsing("Expected [START_OBJECT] under [aggs]")
    made = []
    for name, definition in body.items():
        aggregation = _parse_one(str(name), definition, top=top)
        aggregation.meta = definition.get("meta")
        made.append(aggregation)
    return made


def _parse_one(name: str, definition: Any, *, top: bool) -> Aggregation:
    if not _NAME.fullmatch(name):
        raise parsing(
            f"Invalid aggregation name [{name}]. Aggregation names can contain any character except '[', "
            "']', and '>'"
        )
    if not isinstance(definition, Mapping):
        raise parsing(
            f"Aggregation definition for [{name}] starts with a [VALUE], expected a [START_OBJECT]."
        )
    kinds = [key for key in definition if key not in ("aggs", "aggregations", "meta")]
    if not kinds:
        raise parsing(f"Missing definition for aggregation [{name}]")
    if len(kinds) > 1:
        raise parsing(f"Found two aggregation type definitions in [{name}]: [{kinds[0]}] and [{kinds[1]}]")
    kind, settings = kinds[0], definition[kinds[0]]
    _check_kind(kind)
    if not isinstance(settings, Mapping):
        raise parsing(f"Expected [START_OBJECT] under [{kind}], but got a [VALUE] in [{name}]")
    nested = definition.get("aggs", definition.get("aggregations", {}))
    children = parse_aggregations(nested, top=False)
    settings = read_settings(kind, settings)
    if kind in _BUCKETS:
        if kind == "global" and not top:
            raise ShardsFailed(
                DocumentError(
                    "aggregation_execution_exception",
                    f"Aggregation [{name}] cannot have a global sub-aggregation [global]. Global "
                    "aggregations can only be defined as top level aggregations",
                )
            )
        return _BUCKETS[kind](name, settings, children)
    if children:
        raise DocumentError(
            "aggregation_initialization_exception",
            f"Aggregator [{name}] of type [{kind}] cannot accept sub-aggregations",
        )
    return _METRICS[kind](name, settings)


def _check_kind(kind: str) -> None:
    if kind in _BUCKETS or kind in _METRICS:
        return
    if kind in UNSUPPORTED:
        raise parsing(f"aggregation [{kind}] is not supported")
    raise parsing(
        f"Unknown aggregation type [{kind}]",
        cause=DocumentError("named_object_not_found_exception", f"unknown field [{kind}]"),
    )
