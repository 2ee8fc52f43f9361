from typing import Any

import numpy as np
import orjson
import pytest

from clickstream.storage.documents.columns import NumberColumn, TextColumn
from clickstream.storage.documents.index import Index, IndexInfo
from clickstream.storage.documents.loading import whole_columns
from clickstream.storage.documents.mapping import IndexMapping

MAPPING = {
    "properties": {
        "N": {"type": "long"},
        "T": {"type": "date"},
        "F": {"type": "float"},
        "B": {"type": "boolean"},
        "K": {"type": "keyword"},
        "S": {"type": "text"},
        "SHORT": {"type": "keyword", "ignore_above": 2},
    }
}


@pytest.mark.parametrize(
    "sources",
    [
        [{"N": 1}, {"N": "2"}],
        [{"N": [1, 2]}],
        [{"S": "text"}],
        [{"SHORT": "abc"}],
        [{"new": 1}],
        [{"T": "2026-01-01"}],
        [{"B": "true"}],
        [{"N": 1.5}],
    ],
)
def test_anything_unusual_is_left_to_the_parser(sources: list[dict[str, Any]]) -> None:
    assert whole_columns(IndexMapping(MAPPING), [orjson.dumps(source) for source in sources]) is None


def test_json_that_the_quick_decoder_refuses_is_left_too() -> None:
    assert whole_columns(IndexMapping(MAPPING), [b'{"N":NaN}']) is None


def columns(index: Index) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, column in index.columns.items():
        present = column.present[: index.size]
        if isinstance(column, NumberColumn):
            shown[name] = (np.where(present, column.values[: index.size], 0).tolist(), present.tolist())
        elif isinstance(column, TextColumn):
            shown[name] = [column.terms[code] if code >= 0 else None for code in column.codes[: index.size]]
    return shown


def test_both_ways_of_loading_give_the_same_columns() -> None:
    rows = [{"N": 1, "T": 5, "F": 1.1, "B": True, "K": "x"}, {"K": "y", "N": None}, {"F": 2, "K": "x"}, {}]
    stored = [(at * 2, f"id{at}", at + 1, at + 10, orjson.dumps(row)) for at, row in enumerate(rows)]
    quick = Index(IndexInfo(1, "rows", "u", 0), IndexMapping(MAPPING))
    quick.load(stored)
    slow = Index(IndexInfo(1, "rows", "u", 0), IndexMapping(MAPPING))
    odd = (8, "odd", 1, 1, b'{"N":["7"]}')
    slow.load([*stored, odd])
    slow.delete("odd")
    slow.flush()
    assert columns(quick) == {name: _cut(values, quick.size) for name, values in columns(slow).items()}
    assert quick.rows == {"id0": 0, "id1": 2, "id2": 4, "id3": 6}
    assert quick.count == 4
    assert quick.last_seq_no() == 13


def _cut(values: Any, size: int) -> Any:
    return tuple(part[:size] for part in values) if isinstance(values, tuple) else values[:size]
