import pytest

from clickstream.sql.names import NON_RESERVED, RESERVED, needs_quotes, quote, quote_always


@pytest.mark.parametrize("name", ["USERID", "_TIME", "A@1", "TIME", "KEY", "STATUS", "STRING"])
def test_plain_names_and_keywords_that_are_names_stand_bare(name: str) -> None:
    assert quote(name) == name


@pytest.mark.parametrize("name", ["lower", "A b", "1A", "", "SELECT", "SIZE", "LOAD", "É", "A\n"])
def test_everything_else_is_quoted(name: str) -> None:
    assert needs_quotes(name)
    assert quote(name) == f"`{name}`"


def test_a_back_tick_inside_is_doubled() -> None:
    assert quote_always("a`b") == "`a``b`"


def test_no_keyword_is_both() -> None:
    assert not RESERVED & NON_RESERVED
