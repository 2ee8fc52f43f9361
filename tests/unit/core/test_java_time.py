from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.core.java_time import (
    calendar_date,
    date_text,
    parse_date,
    parse_time,
    parse_timestamp,
    time_text,
    timestamp_text,
)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970", 0),
        ("1970-01-02", 86_400_000),
        ("1970-01-01T00:00:01", 1_000),
        ("1970-01-01T00:00:00.123", 123),
        ("1970-01-01T01:00+01:00", 0),
        ("1970-01-01T00:00Z", 0),
        ("1969-12-31T23:59:59.999", -1),
    ],
)
def test_timestamps_may_leave_out_what_is_small(text: str, ms: int) -> None:
    assert parse_timestamp(text) == ms


@pytest.mark.parametrize("text", ["", "yesterday", "1970-13-01", "1970-01-01T25:00"])
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_timestamp(text)


def test_times_and_dates_are_read_and_written() -> None:
    assert parse_time("18:00:00.5") == 64_800_500
    assert time_text(64_800_000) == "18:00"
    assert time_text(64_801_000) == "18:00:01"
    assert time_text(64_800_500) == "18:00:00.500"
    assert parse_date("2020-02-29") == 18_321
    assert date_text(18_321) == "2020-02-29"
    assert timestamp_text(1_582_934_400_001) == "2020-02-29T00:00:00.001"


@given(st.dates())
def test_calendar_dates_are_those_of_datetime(day: date) -> None:
    assert calendar_date((day - date(1970, 1, 1)).days) == (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-1, "1969-12-31T23:59:59.999"),
        (253_402_300_800_000, "+10000-01-01T00:00:00.000"),
        (2**63 - 1, "+292278994-08-17T07:12:55.807"),
        (-62_167_219_200_001, "-0001-12-31T23:59:59.999"),
    ],
)
def test_timestamps_have_any_year(ms: int, text: str) -> None:
    assert timestamp_text(ms) == text
