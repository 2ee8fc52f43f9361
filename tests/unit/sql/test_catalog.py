import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.catalog import Catalog, DataSource
from clickstream.sql.schema import LogicalSchema


def source(name: str, kind: str = "STREAM") -> DataSource:
    return DataSource("TABLE" if kind == "TABLE" else "STREAM", name, LogicalSchema(), name.lower())


def test_a_copy_is_independent() -> None:
    catalog = Catalog()
    catalog.add(source("A"))
    sandbox = catalog.copy()
    sandbox.add(source("B"))
    sandbox.drop("A")
    assert list(catalog.sources) == ["A"]
    assert list(sandbox.sources) == ["B"]


def test_a_name_is_taken_once() -> None:
    catalog = Catalog()
    catalog.add(source("A"))
    with pytest.raises(SqlError, match="Cannot add table 'A': A stream with the same name already exists"):
        catalog.add(source("A", "TABLE"))
    catalog.add(source("A", "TABLE"), replace=True)
    assert catalog.sources["A"].kind == "TABLE"


def test_dropping_forgets_what_it_read() -> None:
    catalog = Catalog()
    catalog.add(source("A"))
    catalog.reads["A"] = ("B",)
    assert catalog.drop("A").name == "A"
    assert catalog.get("A") is None
    assert catalog.reads == {}
