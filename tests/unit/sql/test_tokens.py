import pytest

from clickstream.sql.nodes import Location
from clickstream.sql.tokens import BAD, DIGIT_NAME, EOF, NUMBER, QUOTED, STRING, VARIABLE, tokenize


def words(text: str) -> list[str]:
    tokens = tokenize(text)
    assert tokens.words[-1] == EOF
    return tokens.words[:-1]


def test_words_are_upper_case_and_symbols_stand_as_they_are() -> None:
    assert words("a<>b!=c<=d>=e=>f:=g->h||i") == [
        *["A", "<>", "B", "<>", "C", "<=", "D", ">=", "E", "=>", "F", ":=", "G", "->", "H", "||", "I"]
    ]


def test_comments_and_directives_are_no_tokens() -> None:
    assert words("a --b\n/* c\n ; */ d --@test: x\n e") == ["A", "D", "E"]


@pytest.mark.parametrize("text", ["'a'", "''", "'it''s'", "'a;b'", "'--'", "'/*'", "'\n'"])
def test_a_string_is_one_token(text: str) -> None:
    assert words(text) == [STRING]


@pytest.mark.parametrize("text", ['"a"', '"a""b"', "`a`", "`a``b c`"])
def test_a_quoted_name_is_one_token(text: str) -> None:
    assert words(text) == [QUOTED]


@pytest.mark.parametrize("text", ["1", "1.", ".5", "1.5", "1e5", "1E+5", "1.5e-5", ".5E5"])
def test_numbers(text: str) -> None:
    assert words(text) == [NUMBER]


@pytest.mark.parametrize("text", ["1R", "1e5x", "2_a"])
def test_a_word_may_begin_with_a_digit(text: str) -> None:
    assert words(text) == [DIGIT_NAME]


def test_a_reference_is_one_token() -> None:
    assert words("${a_1}") == [VARIABLE]


def test_a_minus_is_no_part_of_a_number() -> None:
    assert words("a-1") == ["A", "-", NUMBER]


def test_a_column_of_a_source_is_three_tokens() -> None:
    assert words("a.b, c.*") == ["A", ".", "B", ",", "C", ".", "*"]


@pytest.mark.parametrize("text", ["'abc; d", '"abc; d', "`abc; d", "/* abc; d", "'a''"])
def test_what_is_not_closed_swallows_the_rest(text: str) -> None:
    tokens = tokenize(text)
    assert tokens.words == [BAD, EOF]
    assert tokens.ends[0] == len(text)


def test_an_unknown_character_is_a_bad_token() -> None:
    assert words("a ? b") == ["A", BAD, "B"]


def test_places_count_from_one() -> None:
    tokens = tokenize("a\r\n  b\nc")
    places = [tokens.location(start) for start in tokens.starts]
    assert places == [Location(1, 1), Location(2, 3), Location(3, 1), Location(3, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "'" * 300_001,
        "'" + "''" * 150_000 + "x",
        "/*" * 150_000,
        "/" * 300_000,
        "`" * 300_001,
        "1" * 300_000 + "x",
        "-" * 300_000,
        "1e" * 100_000,
        " " * 300_000 + "'",
    ],
)
@pytest.mark.timeout(60)
def test_no_input_makes_it_hang(text: str) -> None:
    assert tokenize(text)
