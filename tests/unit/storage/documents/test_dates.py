from datetime import UTC

import pytest

from clickstream.storage.documents.dates import DEFAULT_FORMAT, date_format, parse_zone
from clickstream.storage.documents.errors import DocumentError

T = 1_795_504_680_123
"""2026-11-24T07:18:00.123Z"""


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("2026-11-24T07:18:00.123Z", T),
        ("2026-11-24T07:18:00,123456Z", T),
        ("2026-11-24T08:18:00.123+01:00", T),
        ("2026-11-24T08:18:00.123+0100", T),
        ("2026-11-24T07:18", T - 123),
        ("2026-11-24T07", T - 123 - 18 * 60_000),
        ("2026-11-24", 1_795_478_400_000),
        ("2026", 1_767_225_600_000),
        (str(T), T),
        ("-1", -1),
    ],
)
def test_the_default_format_reads_iso_and_epochs(text: str, at_ms: int) -> None:
    assert date_format(DEFAULT_FORMAT).parse(text) == at_ms


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-11-24 07:18", "26-11-24", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        date_format(DEFAULT_FORMAT).parse(text)
    assert refused.value.kind == "illegal_argument_exception"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2026-11-24T07:18", "2026-11-24T07:18:59.999Z"),
        ("2026-11-24", "2026-11-24T23:59:59.999Z"),
        ("2026-02", "2026-02-28T23:59:59.999Z"),
        ("2026", "2026-12-31T23:59:59.999Z"),
    ],
)
def test_missing_parts_can_be_the_last(text: str, last: str) -> None:
    format_ = date_format(DEFAULT_FORMAT)
    assert format_.write(format_.parse(text, round_up=True)) == last


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd HH:mm:ss.SSS", "2026-11-24 07:18:00.123"),
        ("epoch_second", "1795504680.123"),
        ("epoch_millis", "1795504680123"),
        ("dd/MMM/yyyy", "24/Nov/2026"),
        ("d.M.yyyy", "24.11.2026"),
        ("yyyy-MM-dd'T'HH:mmXXX", "2026-11-24T07:18Z"),
        ("strict_date_hour_minute", "2026-11-24T07:18"),
        ("basic_date", "20261124"),
    ],
)
def test_patterns_write_and_read(pattern: str, text: str) -> None:
    format_ = date_format(pattern)
    assert format_.write(T) == text
    assert format_.write(format_.parse(text)) == text


def test_a_zone_moves_what_has_none() -> None:
    berlin = parse_zone("Europe/Berlin")
    format_ = date_format(DEFAULT_FORMAT)
    assert format_.parse("2026-11-24T08:18:00.123", berlin) == T
    assert format_.write(T, berlin) == "2026-11-24T08:18:00.123+01:00"
    assert format_.write(T, parse_zone("+05:30")) == "2026-11-24T12:48:00.123+05:30"


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(DocumentError, match="Unknown time-zone"):
        parse_zone("Mars/X")


def test_years_beyond_four_digits_are_written() -> None:
    assert date_format(DEFAULT_FORMAT).write(718_202_584_413_500) == "+24728-12-07T21:53:33.500Z"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", "2026-11-24T07:18:00.123Z"),
        ("now-15m", "2026-11-24T07:03:00.123Z"),
        ("now-15m/m", "2026-11-24T07:03:00.000Z"),
        ("now/d", "2026-11-24T00:00:00.000Z"),
        ("now/w", "2026-11-23T00:00:00.000Z"),
        ("now+1M/M", "2026-12-01T00:00:00.000Z"),
        ("now-1y/y", "2025-01-01T00:00:00.000Z"),
        ("2026-01-31||+1M", "2026-02-28T00:00:00.000Z"),
        ("2026-01-31||+2d-1h", "2026-02-01T23:00:00.000Z"),
    ],
)
def test_date_math(text: str, at: str) -> None:
    format_ = date_format(DEFAULT_FORMAT)
    assert format_.write(format_.parse_math(text, T)) == at


def test_date_math_rounds_up_to_the_last_millisecond() -> None:
    format_ = date_format(DEFAULT_FORMAT)
    assert format_.write(format_.parse_math("now/d", T, UTC, round_up=True)) == "2026-11-24T23:59:59.999Z"
    assert format_.write(format_.parse_math("2026-11||/M", T, round_up=True)) == "2026-11-30T23:59:59.999Z"


@pytest.mark.parametrize("text", ["now-1x", "now*2", "nonsense||+1d"])
def test_wrong_date_math_is_refused(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        date_format(DEFAULT_FORMAT).parse_math(text, T)
    assert refused.value.kind == "parse_exception"


def test_an_unknown_pattern_letter_is_refused() -> None:
    with pytest.raises(DocumentError, match="Unknown pattern letter"):
        date_format("yyyy-QQ-jj")
