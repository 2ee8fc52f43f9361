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
        ("yyyyMMddHHmmss", "19700102000001", 86_401_000),
        ("yyyy-MM-dd HH:mm", "1970-01-01 24:00", 86_400_000),
        ("yyyy-MM-dd kk", "1970-01-01 24", 0),
        ("yyyy-MM-dd", "1970-02-31", 58 * 86_400_000),
        ("E d MMM yyyy", "thu 1 jan 1970", 0),
        ("HH:mm:ss.SSSSSS", "00:00:00.123999", 123),
        ("yyyy-MM-dd A", "1970-01-01 1500", 1_500),
        ("yyyy-MM-dd HH:mm z", "1970-07-01 00:00 PDT", 181 * 86_400_000 + 7 * 3_600_000),
        ("yyyy-MM-dd O", "1970-01-01 GMT-1", 3_600_000),
        ("yyyy-MM-dd Z", "1970-01-01 -0100", 3_600_000),
        ("ppd.MM.yyyy", " 2.01.1970", 86_400_000),
        ("hh a", "12 AM", 0),
        ("MM/dd", "02/29", 58 * 86_400_000),
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
        ("G GGGG QQQ q", "AD Anno Domini Q2 2"),
        ("MMMMM EEEEE e", "M T 2"),
        ("yy uuuuuu Y w W F", "20 002020 2020 22 5 5"),
        ("h K k H", "11 11 23 23"),
        ("S SS n A", "0 00 1000000 86398001"),
        ("X XXX x xxxx Z ZZZZ O", "Z Z +00 +0000 +0000 GMT GMT"),
        ("ppppd|'it''s'|[HH]", "  26|it's|23"),
    ],
)
def test_texts_are_written(pattern: str, text: str) -> None:
    assert date_pattern(pattern).format_ms(1_590_537_598_001) == text


def test_a_zone_counts_where_the_text_has_none() -> None:
    pattern = date_pattern("yyyy-MM-dd HH:mm")
    assert pattern.parse_ms("2020-07-01 02:00", BERLIN) == pattern.parse_ms("2020-07-01 00:00")
    assert date_pattern("HH:mm xxx").format_ms(0, BERLIN) == "01:00 +01:00"


def test_zones_are_written() -> None:
    summer = 1_590_537_598_001
    assert date_pattern("z zzzz VV O xxx").format_ms(summer, BERLIN) == (
        "CEST Central European Summer Time Europe/Berlin GMT+2 +02:00"
    )


def test_days_and_times_of_day() -> None:
    assert date_pattern("dd.MM.yyyy").parse_days("02.01.1970") == 1
    assert date_pattern("HH:mm:ss.SSS").parse_day_ms("00:00:01.500") == 1_500
    assert date_pattern("dd.MM.yyyy").format_days(-1) == "31.12.1969"
    assert date_pattern("HH:mm[:ss]").format_day_ms(3_600_000) == "01:00:00"
    assert date_pattern("yyyy[ HH:mm]").format_days(0) == "1970"


def test_days_and_times_that_are_not_whole() -> None:
    with pytest.raises(ValueError, match="obtain LocalDate"):
        date_pattern("yyyy-MM").parse_days("1970-01")
    with pytest.raises(ValueError, match="obtain LocalTime"):
        date_pattern("mm").parse_day_ms("01")
    with pytest.raises(ValueError, match="contains date field"):
        date_pattern("dd HH").parse_day_ms("01 00")
    with pytest.raises(ValueError, match="field of a date"):
        date_pattern("yyyy").format_day_ms(0)
    with pytest.raises(ValueError, match="field of a time"):
        date_pattern("HH").format_days(0)
    with pytest.raises(ValueError, match="field of a zone"):
        date_pattern("z").format_days(0)


@pytest.mark.parametrize(
    "pattern", ["yyyy-MM-dd'T", "bbb", "HHH", "MMMMMM", "yyyy]", "V", "OO", "SSSSSSSSSS", "{", "DDDD"]
)
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        date_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy", "soon"),
        ("y G", "1 BC"),
        ("yyyy-MM-dd", "1970-1-1"),
        ("yyyy-MM-dd", "1970-13-01"),
        ("HH:mm", "24:01"),
        ("hh a", "13 PM"),
        ("E yyyy-MM-dd", "Fri 1970-01-01"),
        ("yyyy-DDD", "1970-366"),
        ("DDD", "366"),
        ("MM MMM", "01 Feb"),
        ("yyyy-MM-dd VV", "1970-01-01 Mars/Base"),
    ],
)
def test_texts_that_do_not_fit_are_refused(pattern: str, text: str) -> None:
    with pytest.raises(ValueError):
        date_pattern(pattern).parse_ms(text)
