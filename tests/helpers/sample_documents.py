"""A store with a few documents that queries and aggregations are asked about."""

from typing import Any

from clickstream.core.clock import FakeClock
from clickstream.storage.documents.store import BulkOperation, DocumentStore

__all__ = ["NOW_MS", "ROWS", "T", "sample_store"]

T = 1_795_504_680_000
"""2026-11-24T07:18:00Z"""
NOW_MS = T + 600_000

MAPPINGS = {
    "dynamic_templates": [
        {"note": {"match": "NOTE", "mapping": {"type": "text"}}},
        {"strings": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}},
    ],
    "properties": {"T": {"type": "date"}, "X": {"type": "double"}, "IP": {"type": "ip"}},
}
ROWS: list[dict[str, Any]] = [
    {"U": "amy", "N": 1, "T": T, "OK": True, "X": 0.5, "TAGS": ["a", "b"], "IP": "10.0.0.1"},
    {"U": "bob", "N": 2, "T": T + 30_000, "OK": False, "TAGS": "b", "IP": "10.0.1.1"},
    {"U": "amy", "N": 5, "T": T + 61_000, "X": 2.5, "NOTE": "The quick brown fox", "SIZES": [3, 3, 9]},
    {"U": "carl", "N": 5, "T": T + 240_000, "OK": True, "NOTE": "quick, lazy dogs", "O": {"P": "/x y"}},
    {"U": "bob", "T": T + 245_000, "X": -1.0, "SIZES": [1], "O": {"P": "/z", "Q": 4}},
    {"N": 9, "T": T + 300_000, "TAGS": ["c"], "IP": "::1"},
]


def sample_store() -> DocumentStore:
    """Return a store with the rows in `rows`, under the ids 0 to 5, and a deleted document."""
    store = DocumentStore(None, clock=FakeClock(NOW_MS))
    store.create_index("rows", {"mappings": MAPPINGS, "settings": {"number_of_replicas": 0}})
    operations = [BulkOperation("index", "rows", str(number), row) for number, row in enumerate(ROWS)]
    gone = {"U": "gone", "N": 5, "T": T, "TAGS": ["gone"], "X": 0.5, "NOTE": "quick"}
    store.bulk([BulkOperation("index", "rows", "gone", gone), *operations])
    store.bulk([BulkOperation("delete", "rows", "gone")])
    return store
