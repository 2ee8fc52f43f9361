"""Changing the text of statements, by token and by character, as no person and as every person would."""
# ruff: noqa: E501 — lists of things to try, as many on a line as fit a screen

import random
import re
from collections.abc import Callable, Sequence

TOKEN = re.compile(
    r"'(?:[^']|'')*'|`[^`]*`|\"[^\"]*\"|--[^\n]*|[A-Za-z_]\w*|\d+(?:\.\d+)?|<>|<=|>=|->|=>|:=|\|\||\s+|.",
    re.S,
)

WORDS = [
    "ADD", "ADVANCE", "ALL", "ALTER", "AND", "ANY", "ARRAY", "AS", "ASSERT", "BEGINNING", "BETWEEN", "BIGINT",
    "BOOLEAN", "BY", "BYTES", "CASE", "CAST", "CHANGES", "COLUMN", "CONNECTOR", "CREATE", "DATE", "DECIMAL",
    "DEFINE", "DELETE", "DESCRIBE", "DISTINCT", "DOUBLE", "DROP", "ELSE", "EMIT", "END", "ESCAPE", "EXISTS",
    "EXPLAIN", "EXTENDED", "FALSE", "FINAL", "FOREIGN", "FROM", "FULL", "FUNCTION", "GRACE", "GROUP", "HAVING",
    "HEADER", "HEADERS", "HOPPING", "HOUR", "IF", "IN", "INNER", "INSERT", "INT", "INTEGER", "INTO", "IS",
    "JOIN", "KEY", "LEFT", "LIKE", "LIMIT", "LIST", "MAP", "MILLISECONDS", "MINUTES", "NOT", "NULL", "ON",
    "OR", "OUTER", "PARTITION", "PAUSE", "PERIOD", "PRIMARY", "PRINT", "PROPERTIES", "QUERIES", "REPLACE",
    "RESUME", "RETENTION", "RIGHT", "SECONDS", "SELECT", "SESSION", "SET", "SHOW", "SINK", "SIZE", "SOURCE",
    "STREAM", "STREAMS", "STRING", "STRUCT", "SYSTEM", "TABLE", "TABLES", "TERMINATE", "THEN", "TIME",
    "TIMESTAMP", "TOPIC", "TRUE", "TUMBLING", "TYPE", "UNDEFINE", "UNSET", "VALUES", "VARCHAR", "WHEN",
    "WHERE", "WINDOW", "WITH", "WITHIN", "ROWTIME", "WINDOWSTART", "WINDOWEND",
]  # fmt: skip

ODDITIES = [
    "0", "-1", "1e400", "1E-400", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "2147483648", "0.1", "00", ".5", "5.", "1" * 40, "0." + "0" * 45 + "1", "''", "'%'", "'\\'", "'a''b'",
    "'\u0000'", "'\U0001f600'", "'é'", "'2020-02-30'", "'1970-01-01T00:00:00.000'", "''''", "``", '""', "`x y`",
    "NULL", "TRUE", "()", "[]", "[0]", "[-1]", "['x']", "->*", "->x", "*", "(", ")", ",", ";", ";;", ".", "..", ":=",
    "=>", "||", "--", "/*", "*/", "'", "`", '"', "${x}", "@", "#", "\\", "\t", "\r\n", "\x00", "\ufeff", "\u2028",
    "x => x", "(x, y) => x + y", "ARRAY[]", "ARRAY[1,2]", "MAP()", "MAP('a' := 1)", "STRUCT(a := 1)", "DECIMAL(38, 38)",
    "DECIMAL(0,0)", "DECIMAL(99999999999, 1)", "ARRAY<INT>", "MAP<STRING, INT>", "STRUCT<>", "STRUCT<a INT, a INT>",
    "ARRAY<ARRAY<MAP<STRING, STRUCT<x DECIMAL(4, 2)>>>>", "CAST(NULL AS INT)", "COUNT(*)", "COUNT_DISTINCT(i)",
    "1 DAYS", "0 SECONDS", "99999999999999 DAYS", "-1 SECOND", "SIZE 1 SECOND", "BETWEEN 1 AND 2", "IN (1)", "IS NULL",
]  # fmt: skip


def mutated(text: str, source: random.Random, corpus: Sequence[str], names: Sequence[str]) -> str:
    """Return `text` with one to a few changes."""
    for _ in range(1 if source.random() < 0.6 else source.randrange(2, 7)):
        text = source.choice(_MUTATIONS)(text, source, corpus, names)
    # A request's JSON cannot hold half of a character.
    return text[:20_000].encode("utf-8", "ignore").decode()


# --------------------------------------------------------------------------------- private

_Mutation = Callable[[str, random.Random, Sequence[str], Sequence[str]], str]


def _by_token(change: Callable[[list[str], int, random.Random], None]) -> _Mutation:
    def apply(text: str, source: random.Random, corpus: Sequence[str], names: Sequence[str]) -> str:
        tokens = TOKEN.findall(text)
        if not tokens:
            return text
        change(tokens, source.randrange(len(tokens)), source)
        return "".join(tokens)

    return apply


def _delete(tokens: list[str], at: int, source: random.Random) -> None:
    del tokens[at : at + source.choice((1, 1, 1, 2, 5))]


def _repeat(tokens: list[str], at: int, source: random.Random) -> None:
    part = tokens[at : at + source.choice((1, 1, 2, 4))]
    tokens[at:at] = part * source.choice((1, 1, 1, 2, 30, 300))


def _swap(tokens: list[str], at: int, source: random.Random) -> None:
    other = source.randrange(len(tokens))
    tokens[at], tokens[other] = tokens[other], tokens[at]


def _nest(tokens: list[str], at: int, source: random.Random) -> None:
    before, after = source.choice(
        (
            ("(", ")"),
            ("ABS(", ")"),
            ("ARRAY[", "]"),
            ("NOT ", ""),
            ("-", ""),
            ("CASE WHEN TRUE THEN ", " END"),
        )
    )
    times = source.choice((1, 2, 3, 20, 120, 1500))
    tokens[at] = before * times + tokens[at] + after * times


def _dot(tokens: list[str], at: int, source: random.Random) -> None:
    tokens[at] += source.choice(
        (".x", "->x", "[1]", "['a']", "->*", " AND", " OR TRUE", " + 1", " || 'x'", " = 1", " AS z")
    )


def _odd(text: str, source: random.Random, corpus: Sequence[str], names: Sequence[str]) -> str:
    tokens = TOKEN.findall(text) or [""]
    at = source.randrange(len(tokens))
    new = source.choice(
        (source.choice(ODDITIES), source.choice(WORDS), source.choice(names), f"{source.choice(names)}(")
    )
    tokens[at : at + source.choice((0, 1, 1))] = [new if source.random() < 0.5 else f" {new} "]
    return "".join(tokens)


def _name(text: str, source: random.Random, corpus: Sequence[str], names: Sequence[str]) -> str:
    """Put one name in another's place: that still reads well, so it goes deep."""
    tokens = TOKEN.findall(text)
    places = [at for at, token in enumerate(tokens) if token[:1].isalpha() or token[:1] == "`"]
    if places:
        tokens[source.choice(places)] = source.choice(names)
    return "".join(tokens)


def _splice(text: str, source: random.Random, corpus: Sequence[str], names: Sequence[str]) -> str:
    one, other = TOKEN.findall(text), TOKEN.findall(source.choice(corpus))
    if not one or not other:
        return text
    cut, begin = source.randrange(len(one)), source.randrange(len(other))
    part = other[begin : begin + source.randrange(1, 20)]
    return "".join([*one[:cut], *part, *one[cut + source.randrange(3) :]])


def _characters(text: str, source: random.Random, corpus: Sequence[str], names: Sequence[str]) -> str:
    if not text:
        return text
    at = source.randrange(len(text))
    match source.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return (
                text[:at]
                + chr(source.choice((0, 9, 10, 39, 96, 0x7F, 0xA0, 0xD800, 0xFFFF, 0x1F600)))
                + text[at:]
            )
        case 2:
            return text[:at]
        case _:
            return text[:at] + chr(ord(text[at]) ^ (1 << source.randrange(7))) + text[at + 1 :]


_MUTATIONS: list[_Mutation] = [
    _by_token(_delete), _by_token(_repeat), _by_token(_swap), _by_token(_nest), _by_token(_dot),
    _odd, _odd, _odd, _name, _name, _name, _splice, _splice, _characters,
]  # fmt: skip
