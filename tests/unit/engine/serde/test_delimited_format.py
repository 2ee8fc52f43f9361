from decimal import Decimal
from typing import Any

import pytest

from clickstream.engine.serde import Codec, DecodeError
from clickstream.engine.serde.delimited_format import Delimited
from clickstream.sql.plan import Formats
from clickstream.sql.schema import Column, LogicalSchema
from clickstream.sql.types import BIGINT, BOOLEAN, BYTES, DOUBLE, INTEGER, STRING, DecimalType, SqlType


def line(*types: SqlType, delimiter: str = ",") -> Delimited:
    return Delimited([Column(f"C{i}", t) for i, t in enumerate(types)], delimiter)


@pytest.mark.parametrize(
    ("types", "text", "values"),
    [
        ((INTEGER, STRING), "1,a", (1, "a")),
        ((INTEGER, STRING), ",", (None, None)),
        ((STRING, STRING), '"a,b","say ""hi"""', ("a,b", 'say "hi"')),
        ((DOUBLE, BOOLEAN), "1.5,TRUE", (1.5, True)),
        ((DecimalType(4, 2), BYTES), "1.50,aGk=", (Decimal("1.50"), b"hi")),
    ],
)
def test_lines_are_read(types: tuple[SqlType, ...], text: str, values: tuple[Any, ...]) -> None:
    assert line(*types).decode(text.encode()) == values


@pytest.mark.parametrize("text", ["1", "1,2,3", "x,2"])
def test_lines_that_do_not_fit_are_bad(text: str) -> None:
    with pytest.raises(ValueError):
        line(INTEGER, BIGINT).decode(text.encode())


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1, "a"), "1,a"),
        ((None, None), ","),
        ((-1, "-1"), '"-1",-1'),
        ((1, "a,b"), '1,"a,b"'),
        ((1, 'say "hi"'), '1,"say ""hi"""'),
        ((1, "ends blank "), '1,"ends blank "'),
        ((1, "#"), '1,"#"'),
        ((1, ""), "1,"),
    ],
)
def test_fields_are_quoted_where_commons_csv_quotes_them(values: tuple[Any, ...], text: str) -> None:
    assert line(INTEGER, STRING).encode(values) == text.encode()


def test_an_empty_first_text_is_quoted() -> None:
    assert line(STRING, STRING).encode(("", "")) == b'"",'


def test_numbers_are_written_as_java_writes_them() -> None:
    types = (DOUBLE, DecimalType(4, 2), BOOLEAN, BYTES)
    assert line(*types).encode((1e10, Decimal("1.50"), False, b"hi")) == b"1.0E10,1.50,false,aGk="


@pytest.mark.parametrize(("name", "char"), [("TAB", "\t"), ("space", " "), ("|", "|")])
def test_delimiters_have_names(name: str, char: str) -> None:
    fields = line(INTEGER, STRING, delimiter=name)
    assert fields.decode(f"1{char}a".encode()) == (1, "a")
    assert fields.encode((1, "a")) == f"1{char}a".encode()


@pytest.mark.parametrize("raw", [b'"' + b"x" * 200_000 + b'"', b'"a\nb', b"\xff"])
def test_lines_that_no_reader_takes_are_bad_records(raw: bytes) -> None:
    schema = LogicalSchema((), (Column("A", INTEGER), Column("B", STRING)))
    with pytest.raises(DecodeError):
        Codec(schema, Formats(value="DELIMITED")).decode_value(raw)
