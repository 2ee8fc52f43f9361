import pytest

from clickstream.sql.functions.signature_text import parse_signature
from clickstream.sql.types import SqlType
from tests.helpers.functions import type_named


def types(text: str) -> list[SqlType | None]:
    """Return types written with `;` between them, `null` for an untyped NULL."""
    return [None if t == "null" else type_named(t) for t in text.split("; ") if t]


@pytest.mark.parametrize(
    ("signature", "arguments", "result"),
    [
        ("STRING -> INTEGER", "STRING", "INT"),
        ("-> DOUBLE", "", "DOUBLE"),
        ("T, T -> T", "INT; INT", "INT"),
        ("T, T -> T", "null; BIGINT", "BIGINT"),
        ("T, T... -> T", "INT", "INT"),
        ("T, T... -> T", "DATE; DATE; DATE", "DATE"),
        ("ARRAY<T>, T -> BOOLEAN", "ARRAY<STRING>; STRING", "BOOLEAN"),
        ("MAP<K, V> -> ARRAY<V>", "MAP<STRING, DOUBLE>", "ARRAY<DOUBLE>"),
        ("DECIMAL -> DECIMAL", "DECIMAL(4, 2)", "DECIMAL(4, 2)"),
        ("DECIMAL, DECIMAL -> DECIMAL", "DECIMAL(9, 2); DECIMAL(7, 6)", "DECIMAL(13, 6)"),
        ("STRUCT -> STRUCT", "STRUCT<A INT>", "STRUCT<A INT>"),
        ("INTEGER, ANY..., STRING -> STRING", "INT; DATE; BYTES; STRING", "STRING"),
        ("INTEGER, ANY..., STRING -> STRING", "INT; STRING", "STRING"),
        ("T -> T", "null", "STRING"),
    ],
)
def test_arguments_that_fit(signature: str, arguments: str, result: str) -> None:
    parsed = parse_signature(signature)
    match = parsed.match(types(arguments))
    assert match is not None
    assert parsed.returns(match) == type_named(result)


@pytest.mark.parametrize(
    ("signature", "arguments"),
    [
        ("STRING -> STRING", "INT"),
        ("STRING -> STRING", ""),
        ("STRING -> STRING", "STRING; STRING"),
        ("BIGINT -> BIGINT", "INT"),
        ("DECIMAL -> DECIMAL", "INT"),
        ("T, T -> T", "INT; BIGINT"),
        ("ARRAY<T>, T -> T", "ARRAY<INT>; STRING"),
        ("ARRAY<T> -> T", "MAP<STRING, INT>"),
        ("STRUCT -> STRUCT", "INT"),
        ("T, T... -> T", ""),
        ("INTEGER, ANY..., STRING -> STRING", "INT"),
    ],
)
def test_arguments_that_do_not_fit(signature: str, arguments: str) -> None:
    assert parse_signature(signature).match(types(arguments)) is None


@pytest.mark.parametrize(
    ("signature", "arguments", "cast_to"),
    [
        ("DOUBLE -> DOUBLE", "INT", "DOUBLE"),
        ("DOUBLE -> DOUBLE", "DECIMAL(3, 1)", "DOUBLE"),
        ("DECIMAL -> DECIMAL", "BIGINT", "DECIMAL(19, 0)"),
        ("DECIMAL -> DECIMAL", "DECIMAL(4, 2)", "DECIMAL(4, 2)"),
        ("TIMESTAMP -> BIGINT", "STRING", "TIMESTAMP"),
        ("ARRAY<BIGINT> -> BIGINT", "ARRAY<INT>", "ARRAY<BIGINT>"),
    ],
)
def test_arguments_that_are_cast(signature: str, arguments: str, cast_to: str) -> None:
    parsed = parse_signature(signature)
    match = parsed.match(types(arguments), casts=True)
    assert match is not None
    assert match.parameters == (type_named(cast_to),)


@pytest.mark.parametrize(
    ("signature", "arguments"),
    [("INTEGER -> INTEGER", "BIGINT"), ("STRING -> STRING", "INT"), ("T, T -> T", "INT; BIGINT")],
)
def test_what_is_never_cast(signature: str, arguments: str) -> None:
    assert parse_signature(signature).match(types(arguments), casts=True) is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("STRING -> T", "STRING... -> T"),
        ("STRING, STRING... -> T", "STRING... -> T"),
        ("STRING -> T", "T -> T"),
        ("ARRAY<STRING> -> T", "ARRAY<T> -> T"),
        ("STRING... -> T", "ANY... -> T"),
        ("STRING, STRING... -> T", "STRING..., STRING -> T"),
    ],
)
def test_which_of_two_is_taken(better: str, worse: str) -> None:
    assert parse_signature(better).rank > parse_signature(worse).rank
