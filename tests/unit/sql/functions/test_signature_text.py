import pytest

from clickstream.sql.functions.signature_text import parse_signature


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-> BIGINT", ""),
        ("STRING str, INTEGER pos -> STRING", "VARCHAR str, INT pos"),
        ("STRING... inputs -> STRING", "VARCHAR... inputs"),
        ("T first, T... others -> T", "T first, T... others"),
        ("ARRAY<T> array, (T) => R function -> ARRAY<R>", "ARRAY<T> array, LAMBDA (T) => R function"),
        ("MAP<K, V> map, (K, V) => BOOLEAN f -> MAP<K, V>", "MAP<K, V> map, LAMBDA (K, V) => BOOLEAN f"),
        ("INTEGER, ANY..., DECIMAL -> STRUCT", "INT, ANY..., DECIMAL"),
    ],
)
def test_signatures_are_shown_as_the_service_does(text: str, shown: str) -> None:
    assert str(parse_signature(text)) == shown


@pytest.mark.parametrize(
    "text", ["STRING", "STRING STRING -> T", "NUMBER -> T", "ARRAY<T -> T", "STRING -> T T", "? -> T"]
)
def test_mistakes_are_told(text: str) -> None:
    with pytest.raises(ValueError, match="not a signature"):
        parse_signature(text)
