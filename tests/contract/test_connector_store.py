"""The connectors' store in memory and in a file behave alike."""

from clickstream.node.connector_store import ConnectorStore
from clickstream.storage.database import Database


def test_names_and_bytes_are_kept(database: Database) -> None:
    store = ConnectorStore(database)
    store.put("b", b"1")
    store.put("a", b"2")
    store.put("b", b"3")
    store.delete("nothing")
    assert store.items() == [("a", b"2"), ("b", b"3")]
    assert store.get("b") == b"3"
    store.delete("b")
    assert store.get("b") is None
