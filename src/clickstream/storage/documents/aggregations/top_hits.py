"""`top_hits`: the first documents of each bucket."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from clickstream.storage.documents.aggregations.base import Aggregation, Context, Group
from clickstream.storage.documents.errors import ShardsFailed, illegal_argument
from clickstream.storage.documents.selection import Selection
from clickstream.storage.documents.sort import best, parse_sort

__all__ = ["TopHits"]

MAX_HITS = 100


class TopHits(Aggregation):
    """The best documents of each bucket, written as hits."""

    kind = "top_hits"

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        super().__init__(name)
        self._settings = dict(settings)
        self._from = int(settings.get("from", 0))
        self._size = int(settings.get("size", 3))
        self._sort = parse_sort(settings.get("sort"))
        if self._from + self._size > MAX_HITS:
            raise ShardsFailed(
                illegal_argument(
                    f"Top hits result window is too large, the top hits aggregator [{name}]'s from + size "
                    f"must be less than or equal to: [{MAX_HITS}] but was [{self._from + self._size}]. This "
                    "limit can be set by changing the [index.max_inner_result_window] index level setting."
                )
            )

    def run(self, context: Context, group: Group) -> list[dict[str, Any]]:
        """Return the hits of each bucket."""
        order = np.argsort(group.owners, kind="stable")
        ends = np.searchsorted(group.owners[order], np.arange(group.count + 1))
        return [self._hits(context, group.docs[order[ends[at] : ends[at + 1]]]) for at in range(group.count)]

    def _hits(self, context: Context, docs: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, Any]:
        within = _subset(context.selection, docs)
        positions, values = best(within, self._sort, None, self._from + self._size)
        docs = np.sort(docs)
        shown = context.hits_of(
            docs[positions[self._from :]], values[self._from :] if self._sort else None, self._settings
        )
        scored = None if self._sort or not len(docs) else 1.0
        total = {"value": len(docs), "relation": "eq"}
        return {"hits": {"total": total, "max_score": scored, "hits": shown}}


def _subset(selection: Selection, docs: np.ndarray[Any, np.dtype[np.int64]]) -> Selection:
    """Return the selection of some positions only; its positions are those of the sorted `docs`."""
    ordered = np.sort(docs)
    parts = []
    base = 0
    for index, rows in selection.parts:
        inside = ordered[(ordered >= base) & (ordered < base + len(rows))] - base
        parts.append((index, rows[inside]))
        base += len(rows)
    return Selection(parts)
