from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.connectors.log_lines import BadLine, LineParser, LogFormat, LogLine

TIME = "[17/May/2015:10:05:03 +0000]"
COMBINED = f'83.149.9.216 - - {TIME} "GET /a.html HTTP/1.1" 200 203 "http://x/" "Mozilla/5.0"'


def parse(line: str, format_: LogFormat = "auto") -> LogLine:
    return LineParser(format_).parse(line)


def test_a_combined_line_has_all_fields() -> None:
    assert parse(COMBINED) == LogLine(
        ip="83.149.9.216",
        user="-",
        time="17/May/2015:10:05:03 +0000",
        time_ms=1431857103000,
        request="GET /a.html HTTP/1.1",
        status="200",
        bytes="203",
        referrer="http://x/",
        agent="Mozilla/5.0",
    )


def test_a_common_line_has_neither_referrer_nor_agent() -> None:
    line = parse(f'10.0.0.1 - frank {TIME} "GET / HTTP/1.0" 304 -')
    assert (line.user, line.bytes, line.referrer, line.agent) == ("frank", "-", "-", "-")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (COMBINED.replace("83.149.9.216", "2001:db8::1"), "ip", "2001:db8::1"),
        (f"example.org:80 {COMBINED}", "ip", "83.149.9.216"),
        (f"example.org:80 {COMBINED}".replace("83.149.9.216", "::1"), "ip", "::1"),
        (COMBINED.replace("- - [", "- John Doe ["), "user", "John Doe"),
        (COMBINED.replace("/a.html", r"/\"a\\b"), "request", r'GET /"a\b HTTP/1.1'),
        (COMBINED.replace("/a.html", r"/z\xc3\xbcrich"), "request", "GET /zürich HTTP/1.1"),
        (COMBINED.replace("/a.html", r"/\xff"), "request", r"GET /\xff HTTP/1.1"),
        (COMBINED.replace("/a.html", '/say"hi"'), "request", 'GET /say"hi" HTTP/1.1'),
        (COMBINED.replace("Mozilla/5.0", 'a "quoted" b'), "agent", 'a "quoted" b'),
        (COMBINED.replace("Mozilla/5.0", ""), "agent", "-"),
        (COMBINED.replace("GET /a.html HTTP/1.1", ""), "request", "-"),
        (COMBINED.replace("GET /a.html HTTP/1.1", "-").replace("200 203", "408 -"), "status", "408"),
        (COMBINED + ' 0.003 "forwarded"', "agent", "Mozilla/5.0"),
        (COMBINED.replace("200", "-"), "status", "-"),
    ],
)
def test_unusual_lines_are_understood(line: str, field: str, value: str) -> None:
    assert getattr(parse(line), field) == value


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "no time in brackets"),
        ("garbage", "no time in brackets"),
        (f"1.2.3.4 - - {TIME} GET / 200 5", "no request in quotes"),
        (COMBINED[:-1], "a quote is not closed: a truncated line"),
        (COMBINED.replace("200", "2000"), "not a line of the common or combined format"),
        (COMBINED.replace("17/May/2015", "31/Jun/2015"), "not a time: 31/Jun/2015:10:05:03"),
        (COMBINED.replace("17/May/2015", "29/Feb/2015"), "not a time"),
        (COMBINED.replace("10:05:03", "24:05:03"), "not a time"),
        (COMBINED.replace("May", "Mai"), "not a time"),
        ("\0" * 20, "zero bytes in the line"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: str, reason: str) -> None:
    with pytest.raises(BadLine, match=reason):
        parse(line)


def test_the_format_can_be_insisted_on() -> None:
    common = f'10.0.0.1 - - {TIME} "GET / HTTP/1.0" 304 0'
    with pytest.raises(BadLine, match="not the combined format"):
        parse(common, "combined")
    assert parse(COMBINED, "common").agent == "-"


@pytest.mark.parametrize(("zone", "shift_ms"), [(" +0530", -19_800_000), (" -0800", 28_800_000), ("", 0)])
def test_time_zones_count_and_none_is_utc(zone: str, shift_ms: int) -> None:
    assert parse(COMBINED.replace(" +0000", zone)).time_ms == 1431857103000 + shift_ms


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 12, 31)))
def test_every_time_is_the_calendars(moment: datetime) -> None:
    text = moment.strftime("%d/%b/%Y:%H:%M:%S +0000")
    line = parse(COMBINED.replace("17/May/2015:10:05:03 +0000", text))
    assert line.time_ms == int(moment.replace(microsecond=0, tzinfo=UTC).timestamp()) * 1000


@given(st.text(max_size=200))
def test_any_text_is_a_line_or_a_bad_line(text: str) -> None:
    for line in (text, COMBINED.replace("/a.html", text), COMBINED.replace("Mozilla/5.0", text)):
        with suppress(BadLine):
            assert parse(line).time_ms == 1431857103000


def test_the_real_log_has_one_truncated_line(shared: Path) -> None:
    parser = LineParser()
    bad = []
    for number, line in enumerate((shared / "data" / "access.log").read_text().splitlines(), 1):
        try:
            parser.parse(line)
        except BadLine as reason:
            bad.append((number, str(reason)))
    assert bad == [(8899, "a quote is not closed: a truncated line")]
