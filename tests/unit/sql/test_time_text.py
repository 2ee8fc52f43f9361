import pytest

from clickstream.core.errors import SqlError
from clickstream.sql.format import format_expression
from clickstream.sql.parser import parse_expression
from clickstream.sql.time_text import parse_partial_timestamp, timestamp_comparisons


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970", 0),
        ("1970-02", 31 * 86_400_000),
        ("1970-01-02", 86_400_000),
        ("1970-01-01T01", 3_600_000),
        ("1970-01-01T24", 86_400_000),
        ("1970-01-01T00:01", 60_000),
        ("1970-01-01T00:00:01.5", 1_500),
        ("1970-01-01T00:00:00.123Z", 123),
        ("1970-01-01T02:00:00+0200", 0),
        ("1970-01-01T01:00:00 Europe/Paris", 0),
    ],
)
def test_missing_parts_are_smallest(text: str, expected: int) -> None:
    assert parse_partial_timestamp(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "1970-13", "1970-01-01T00:00:00 Nowhere/Land"])
def test_no_time(text: str) -> None:
    with pytest.raises(SqlError, match="Failed to parse timestamp"):
        parse_partial_timestamp(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ROWTIME > '1970-01-02'", "(ROWTIME > 86400000)"),
        ("'1970-01-02' <= WINDOWSTART", "(86400000 <= WINDOWSTART)"),
        ("WINDOWEND BETWEEN '1970' AND 5", "(WINDOWEND BETWEEN 0 AND 5)"),
        ("name > '1970'", "(NAME > '1970')"),
    ],
)
def test_only_time_columns_are_compared_with_times(text: str, expected: str) -> None:
    assert format_expression(timestamp_comparisons(parse_expression(text))) == expected
