import re
from typing import Any

import pytest

from tests.helpers.functions import Columns, Failed, call

COLUMNS: Columns = {
    "B": ("BYTES", b"abcdef"),
    "NB": ("BYTES", None),
    "N": ("STRING", None),
    "NI": ("INT", None),
    "WIDE": ("STRING", "a\U0001f600b"),
    "BLANKS": ("STRING", "\t x\u00a0 \n"),
    "SIXTEEN": ("BYTES", bytes(range(16))),
    "CODE": ("STRING", "\\u004b"),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("UCASE('straße')", "STRASSE"),
        ("LCASE('ÄB')", "äb"),
        ("LCASE(N)", None),
        ("INITCAP('the QUICK  brown\tfox')", "The Quick  Brown\tFox"),
        ("INITCAP('  a')", "A"),
        ("TRIM(BLANKS)", "x\u00a0"),
        ("LEN('abc')", 3),
        ("LEN(WIDE)", 4),
        ("LEN(B)", 6),
        ("LEN(N)", None),
        ("CHR(75)", "K"),
        ("CHR(22909)", "好"),
        ("CHR(128512)", "\U0001f600"),
        ("CHR(-1)", None),
        ("CHR(1114112)", None),
        ("CHR(CODE)", "K"),
        ("CHR('004b')", None),
        ("MD5('foo')", "acbd18db4cc2f85cedef654fccc4a4d8"),
        ("UUID(SIXTEEN)", "00010203-0405-0607-0809-0a0b0c0d0e0f"),
        ("UUID(B)", None),
    ],
)
def test_letters(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CONCAT('a', NULL, 'b')", "ab"),
        ("CONCAT(N, N)", ""),
        ("CONCAT(B, NB, B)", b"abcdefabcdef"),
        ("CONCAT_WS(', ', 'apple', NULL, 'date')", "apple, date"),
        ("CONCAT_WS(N, 'a')", None),
        ("CONCAT_WS(TO_BYTES('-', 'utf8'), B, NB, B)", b"abcdef-abcdef"),
        ("ELT(1, 'a', 'b')", "a"),
        ("ELT(3, 'a', 'b')", None),
        ("ELT(0, 'a', 'b')", None),
        ("ELT(2, 'a', NULL)", None),
        ("ELT(NI, 'a')", None),
        ("FIELD('b', 'a', 'b')", 2),
        ("FIELD('x', 'a', NULL)", 0),
        ("FIELD(N, 'a', N)", 0),
    ],
)
def test_joining(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SUBSTRING('stream', 1, 4)", "stre"),
        ("SUBSTRING('stream', 3)", "ream"),
        ("SUBSTRING('stream', -3)", "eam"),
        ("SUBSTRING('stream', -30, 2)", "st"),
        ("SUBSTRING('stream', 0, 2)", "st"),
        ("SUBSTRING('stream', 30)", ""),
        ("SUBSTRING('stream', 2, -1)", ""),
        ("SUBSTRING('stream', 5, 99)", "am"),
        ("SUBSTRING('stream', NULL)", None),
        ("SUBSTRING(WIDE, 2, 2)", "\U0001f600"),
        ("SUBSTRING(WIDE, 4)", "b"),
        ("SUBSTRING(B, -2)", b"ef"),
        ("SUBSTRING(B, 2, 2)", b"bc"),
        ("LPAD('Foo', 7, 'Bar')", "BarBFoo"),
        ("LPAD('Foo', 2, 'Bar')", "Fo"),
        ("LPAD('', 2, 'Bar')", "Ba"),
        ("LPAD('123', 5, '0')", "00123"),
        ("LPAD('a', -1, 'b')", None),
        ("LPAD('a', 3, '')", None),
        ("LPAD('a', 3, N)", None),
        ("LPAD(B, 8, TO_BYTES('xy', 'utf8'))", b"xyabcdef"),
        ("RPAD('Foo', 7, 'Bar')", "FooBarB"),
        ("RPAD('Foo', 2, 'Bar')", "Fo"),
        ("RPAD('', 2, 'Bar')", "Ba"),
        ("RPAD(B, 9, TO_BYTES('xy', 'utf8'))", b"abcdefxyx"),
    ],
)
def test_cutting_and_padding(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("REPLACE('banana', 'an', 'x')", "bxxa"),
        ("REPLACE('a.b', '.', N)", None),
        ("INSTR('CORPORATE FLOOR', 'OR')", 2),
        ("INSTR('CORPORATE FLOOR', 'OR', 3)", 5),
        ("INSTR('CORPORATE FLOOR', 'OR', 3, 2)", 14),
        ("INSTR('CORPORATE FLOOR', 'OR', -3)", 5),
        ("INSTR('CORPORATE FLOOR', 'OR', -3, 2)", 2),
        ("INSTR('CORPORATE FLOOR', 'MISSING')", 0),
        ("INSTR('aaaa', 'aa', 1, 3)", 3),
        ("INSTR('abc', 'c', 0)", 0),
        ("INSTR('abc', 'c', 9)", 0),
        ("INSTR('abc', 'c', 1, 0)", 0),
        ("INSTR(N, 'c')", 0),
        ("INSTR('abc', 'c', NI)", None),
        ("SPLIT('a.b..c', '.')", ["a", "b", "", "c"]),
        ("SPLIT('.a.', '.')", ["", "a", ""]),
        ("SPLIT('a.b', '')", ["a", ".", "b"]),
        ("SPLIT('', '')", [""]),
        ("SPLIT('abc', 'x')", ["abc"]),
        ("SPLIT(N, '.')", None),
        ("SPLIT(B, TO_BYTES('cd', 'utf8'))", [b"ab", b"ef"]),
        ("SPLIT(SUBSTRING(B, 1, 2), TO_BYTES('', 'utf8'))", [b"a", b"b"]),
        ("SPLIT_TO_MAP('apple:green/cherry:red', '/', ':')", {"apple": "green", "cherry": "red"}),
        ("SPLIT_TO_MAP('a:1//a:2:3/b', '/', ':')", {"a": "2"}),
        ("SPLIT_TO_MAP('a:1', '', ':')", None),
        ("SPLIT_TO_MAP('a:1', ':', ':')", None),
        ("SPLIT_TO_MAP(N, '/', ':')", None),
    ],
)
def test_finding(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


def test_a_separator_alone_joins_nothing() -> None:
    with pytest.raises(Failed, match="CONCAT_WS"):
        call("CONCAT_WS('a')")


def test_random_uuids() -> None:
    first, second = call("UUID()"), call("UUID()")
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)
