from datetime import UTC, timedelta, timezone

import pytest

from clickstream.core.java_time_patterns import date_pattern, parse_zone

BERLIN = parse_zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("pattern", "text", "ms"),
    [
        ("yyyy-MM-dd'T'HH:mm:ssX", "1970-01-01T00:00:10Z", 10_000),
        ("yyyy-MM-dd'T'HH:mm:ssX", "1970-01-01T01:00:10+01", 10_000),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "1970-01-01T00:00:00.250+00:00", 250),
        ("yy-MM-dd HH:mm:ss", "70-01-02 00:00:00", 3_155_846_400_000),
        ("d MMM yyyy h:mm a", "2 Jan 1970 1:05 PM", 86_400_000 + 13 * 3_600_000 + 300_000),
        ("MMMM d, yyyy", "May 26, 2020", 1_590_451_200_000),
        ("dd/MM/uuuu''HH", "01/01/1970'03", 10_800_000),
        ("yyyy-DDD", "1970-032", 31 * 86_400_000),
        ("yyyy[-MM[-dd]]", "1971", 365 * 86_400_000),
        ("yyyy-MM-dd VV", "1970-01-01 America/New_York", 5 * 3_600_000),
    ],
)
def test_texts_are_read(pattern: str, text: str, ms: int) -> None:
    assert date_pattern(pattern).parse_ms(text) == ms


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2020-05-26T23:59:58.001Z"),
        ("EEE, d MMM yy hh:mm a", "Tue, 26 May 20 11:59 PM"),
        ("EEEE D", "Tuesday 147"),
    ],
)
def test_texts_are_written(pattern: str, text: str) -> None:
    assert date_pattern(pattern).format_ms(1_590_537_598_001) == text


def test_a_zone_counts_where_the_text_has_none() -> None:
    pattern = date_pattern("yyyy-MM-dd HH:mm")
    assert pattern.parse_ms("2020-07-01 02:00", BERLIN) == pattern.parse_ms("2020-07-01 00:00")
    assert date_pattern("HH:mm xxx").format_ms(0, BERLIN) == "01:00 +01:00"


def test_days_and_times_of_day() -> None:
    assert date_pattern("dd.MM.yyyy").parse_days("02.01.1970") == 1
    assert date_pattern("HH:mm:ss.SSS").parse_day_ms("00:00:01.500") == 1_500


@pytest.mark.parametrize("pattern", ["yyyy-MM-dd'T", "bbb"])
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        date_pattern(pattern)


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="could not be parsed"):
        date_pattern("yyyy").parse_ms("soon")


def test_zones_by_name_and_offset() -> None:
    assert parse_zone("Z") is UTC
    assert parse_zone("UTC").utcoffset(None) == timedelta(0)
    assert parse_zone("+0230") == timezone(timedelta(hours=2, minutes=30))
    assert parse_zone("GMT-3") == timezone(timedelta(hours=-3))
    with pytest.raises(ValueError, match="Unknown time-zone"):
        parse_zone("Mars/Base")
