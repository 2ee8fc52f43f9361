"""Reading documents back column by column: what most documents are like needs no look at each one.

`whole_columns` takes documents whose values are of exactly the types their fields hold; if a single one is
not so, it gives up and the caller parses document by document. Both ways give the same columns.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
import orjson

from clickstream.storage.documents.columns import Scalar
from clickstream.storage.documents.dates import DEFAULT_FORMAT
from clickstream.storage.documents.fields import FieldType
from clickstream.storage.documents.mapping import IndexMapping

__all__ = ["WholeColumn", "no_collection", "whole_columns"]

WholeColumn = tuple[list[int], Sequence[Scalar]]
"""Places among the documents, and each one's value."""

_PLAIN_TYPES: dict[str, set[type]] = {
    "integer": {int},
    "date": {int},
    "float": {int, float},
    "boolean": {bool},
    "keyword": {str},
}
_CHANGING = {"ignore_above", "null_value", "normalizer", "ignore_malformed"}
"""Settings of fields that make a value another than it was sent."""


def whole_columns(mapping: IndexMapping, sources: Sequence[bytes]) -> dict[str, WholeColumn] | None:
    """Return the values of all fields, None if the documents have to be looked at one by one."""
    try:
        documents: list[dict[str, Any]] = orjson.loads(b"[" + b",".join(sources) + b"]")
    except orjson.JSONDecodeError:
        return None
    names = set(chain.from_iterable(documents))
    columns: dict[str, WholeColumn] = {}
    for name in names:
        field = mapping.fields.get(name)
        if field is None or not _is_plain(mapping, field):
            return None
        column = _column(field, [document.get(name) for document in documents])
        if column is None:
            return None
        columns[name] = column
    return columns


def _is_plain(mapping: IndexMapping, field: FieldType) -> bool:
    return (
        field.family in _PLAIN_TYPES
        and not mapping.has_subfields(field.name)
        and not field.settings.keys() & _CHANGING
        and (field.family != "date" or field.settings.get("format", DEFAULT_FORMAT) == DEFAULT_FORMAT)
    )


def _column(field: FieldType, values: list[Any]) -> WholeColumn | None:
    types = set(map(type, values))
    places = list(range(len(values)))
    if type(None) in types:
        types.discard(type(None))
        places = [at for at in places if values[at] is not None]
        values = [values[at] for at in places]
    if not types <= _PLAIN_TYPES[field.family]:
        return None
    if field.family == "float" and field.type != "double":
        with np.errstate(over="ignore"):
            small = np.array(values, np.float64).astype(np.float32).astype(np.float64)
        return (places, small.tolist()) if np.isfinite(small).all() else None
    return places, values


@contextmanager
def no_collection() -> Iterator[None]:
    """Hold the garbage collector off: it would walk millions of new values that all stay."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
