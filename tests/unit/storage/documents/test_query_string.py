import pytest

from clickstream.storage.documents.errors import ShardsFailed
from clickstream.storage.documents.store import DocumentStore
from tests.helpers.sample_documents import sample_store


@pytest.fixture(scope="module")
def store() -> DocumentStore:
    return sample_store()


def found(store: DocumentStore, text: str, **options: object) -> str:
    query = {"query_string": {"query": text, **options}}
    answer = store.search("rows", {"query": query, "size": 100, "sort": ["T"], "_source": False})
    return "".join(hit["_id"] for hit in answer["hits"]["hits"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("*", "012345"),
        ("*:*", "012345"),
        ("", ""),
        ("U:amy", "02"),
        ("U:(amy OR carl)", "023"),
        ("U:(amy carl)", "023"),
        ("amy", "02"),
        ("5", "23"),
        ("quick", "23"),
        ("U:amy AND N:5", "2"),
        ("U:amy && N:5", "2"),
        ("U:amy OR N:5", "023"),
        ("U:amy || N:5", "023"),
        ("U:amy N:5", "023"),
        ("U:amy AND NOT N:5", "0"),
        ("NOT U:amy", "1345"),
        ("!U:amy", "1345"),
        ("-U:amy +N:5", "3"),
        ("U:amy OR N:9 AND T:*", "5"),
        ("(U:amy OR N:9) AND T:*", "025"),
        ("N:>2", "235"),
        ("N:>=2", "1235"),
        ("N:<2", "0"),
        ("N:<=2", "01"),
        ("N:[2 TO 5]", "123"),
        ("N:{2 TO 5]", "23"),
        ("N:[2 TO 5}", "1"),
        ("N:[5 TO *]", "235"),
        ("T:[2026-11-24T07:22 TO now]", "345"),
        ('T:["2026-11-24T07:22" TO "2026-11-24T07:22"]', "34"),
        ("T:>now-6m", "45"),
        ("U:a*", "02"),
        ("U:?ob", "14"),
        ("U:/[ac].*/", "023"),
        ("_exists_:X", "024"),
        ("X:*", "024"),
        ('O.P:"/x y"', "3"),
        ("O.P:\\/x\\ y", "3"),
        ("O.\\*:\\/z", "4"),
        ('NOTE:"lazy dogs"', "3"),
        ('"quick brown"', "2"),
        ("NOTE:(quick AND fox)", "2"),
        ("U:amy^3 U:bob", "0124"),
        ("OK:true", "03"),
        ("NONE:x", ""),
        ("IP:10.0.0.0\\/16", "01"),
    ],
)
def test_lucene_syntax(store: DocumentStore, text: str, ids: str) -> None:
    assert found(store, text) == ids


def test_operators_may_default_to_and(store: DocumentStore) -> None:
    assert found(store, "U:amy N:5", default_operator="AND") == "2"
    assert found(store, "U:amy OR N:5", default_operator="AND") == "023"
    assert found(store, "NOTE:(lazy quick)", default_operator="AND") == "3"


def test_fields_may_be_given(store: DocumentStore) -> None:
    assert found(store, "amy", fields=["U"]) == "02"
    assert found(store, "amy", fields=["NOTE", "U^2"]) == "02"
    assert found(store, "amy", default_field="NOTE") == ""
    assert found(store, "a*", default_field="U") == "02"


@pytest.mark.parametrize(
    "text",
    [
        "U:(amy",
        "U:",
        "AND U:amy",
        "U:amy AND",
        "U:amy)",
        'U:"amy',
        "N:[1 TO",
        "N:[1]",
        "^2",
        "U:amy~",
        "U:/[/",
        "(" * 200,
    ],
)
def test_text_of_another_syntax_is_refused(store: DocumentStore, text: str) -> None:
    with pytest.raises(ShardsFailed) as failed:
        found(store, text)
    assert failed.value.root.kind == "query_shard_exception"
    assert failed.value.root.message == f"Failed to parse query [{text}]"


def test_values_that_do_not_fit_are_refused_only_for_named_fields(store: DocumentStore) -> None:
    with pytest.raises(ShardsFailed):
        found(store, "abc", fields=["N"])
    assert found(store, "abc", fields=["N"], lenient=True) == ""
