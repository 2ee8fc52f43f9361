from typing import Any

import pytest

from clickstream.core.java_time import DAY_MS
from tests.helpers.functions import Columns, Failed, call, refusal

COLUMNS: Columns = {
    "DAY": ("DATE", 18993),
    "BEFORE": ("DATE", -1),
    "T": ("TIME", 46_800_000),
    "TS": ("TIMESTAMP", 1526075913123),
    "BIG": ("BIGINT", 1526075913123),
    "NT": ("TIMESTAMP", None),
    "ND": ("DATE", None),
    "NI": ("INT", None),
    "N": ("STRING", None),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FORMAT_DATE(DAY, 'yyyy-MM-dd')", "2022-01-01"),
        ("FORMAT_DATE(BEFORE, 'dd-MM-yyyy''Sophia''')", "31-12-1969Sophia"),
        ("FORMAT_DATE(ND, 'yyyy')", None),
        ("FORMAT_DATE(DAY, N)", None),
        ("DATETOSTRING(17662, 'd/M/yy')", "11/5/18"),
        ("FORMAT_TIME(T, 'hh:mm a')", "01:00 PM"),
        ("FORMAT_TIMESTAMP(TS, 'yyyy-MM-dd HH:mm:ss.SSS')", "2018-05-11 21:58:33.123"),
        ("FORMAT_TIMESTAMP(TS, 'yyyy-MM-dd HH:mm:ss zzz', 'America/Los_Angeles')", "2018-05-11 14:58:33 PDT"),
        ("FORMAT_TIMESTAMP(TS, 'HH zzz VV X')", "21 GMT GMT Z"),
        ("FORMAT_TIMESTAMP(NT, 'yyyy')", None),
        ("TIMESTAMPTOSTRING(BIG, 'HH:mm Z', '+02:00')", "23:58 +0200"),
        ("TIMESTAMPTOSTRING(0, 'yyyy-MM-dd''T''HH:mm:ssX')", "1970-01-01T00:00:00Z"),
    ],
)
def test_writing(text: str, value: str | None) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PARSE_DATE('01-JAN-2022', 'dd-MMM-yyyy')", 18993),
        ("PARSE_DATE('JAN-2022', 'MMM-yyyy')", 18993),
        ("PARSE_DATE('2022-13-01', 'yyyy-MM-dd')", 19358),
        ("PARSE_DATE(N, 'yyyy')", None),
        ("STRINGTODATE('2018-05-11', 'yyyy-MM-dd')", 17662),
        ("PARSE_TIME('01:00:00 Pm', 'hh:mm:ss a')", 46_800_000),
        ("PARSE_TIME('1305', 'HHmm')", 47_100_000),
        ("PARSE_TIMESTAMP('2018-05-11T21:58:33z', 'yyyy-MM-dd''T''HH:mm:ssX')", 1526075913000),
        ("PARSE_TIMESTAMP('2021-06-31 12:18', 'yyyy-MM-dd HH:mm')", 1625055480000),
        ("PARSE_TIMESTAMP('2018-05-11 14', 'yyyy-MM-dd HH', 'America/Los_Angeles')", 1526072400000),
        ("STRINGTOTIMESTAMP('10', 'HH')", 36_000_000),
        ("STRINGTOTIMESTAMP('10', 'HH', '+01:00')", 32_400_000),
        ("STRINGTOTIMESTAMP(N, 'HH')", None),
    ],
)
def test_reading(text: str, value: int | None) -> None:
    assert call(text, COLUMNS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FROM_DAYS(18993)", 18993),
        ("FROM_UNIXTIME(BIG)", 1526075913123),
        ("FROM_UNIXTIME(5)", 5),
        ("UNIX_DATE(DAY)", 18993),
        ("UNIX_TIMESTAMP(TS)", 1526075913123),
        ("UNIX_TIMESTAMP(NT)", None),
        ("DATEADD(DAYS, 5, DAY)", 18998),
        ("DATEADD(HOURS, 25, DAY)", 18994),
        ("DATESUB(HOURS, 1, DAY)", 18992),
        ("DATESUB(DAYS, 3, FROM_DAYS(1))", -2),
        ("DATEADD(DAYS, NI, DAY)", None),
        ("DATEADD(DAYS, 5, '2022-01-01')", 18998),
        ("TIMEADD(MINUTES, 90, T)", 52_200_000),
        ("TIMEADD(HOURS, 12, T)", 3_600_000),
        ("TIMESUB(HOURS, 14, T)", 82_800_000),
        ("TIMESTAMPADD(SECONDS, 10, TS)", 1526075923123),
        ("TIMESTAMPADD(MILLISECONDS, -123, TS)", 1526075913000),
        ("TIMESTAMPSUB(DAYS, 1, TS)", 1526075913123 - DAY_MS),
        ("TIMESTAMPSUB(DAYS, 1, NT)", None),
        ("CONVERT_TZ(FROM_UNIXTIME(100), '+0200', '+0500')", 10_800_100),
        ("CONVERT_TZ(TS, 'America/Los_Angeles', 'UTC')", 1526075913123 + 7 * 3_600_000),
        ("CONVERT_TZ(NT, 'UTC', 'UTC')", None),
    ],
)
def test_arithmetic(text: str, value: Any) -> None:
    assert call(text, COLUMNS) == value


def test_now() -> None:
    assert call("UNIX_TIMESTAMP()") > 1_700_000_000_000
    assert call("UNIX_DATE()") == call("UNIX_TIMESTAMP()") // DAY_MS


@pytest.mark.parametrize(
    "text",
    [
        "FORMAT_DATE(DAY, 'HH')",
        "FORMAT_TIME(T, 'yyyy')",
        "FORMAT_TIME(T, 'X')",
        "FORMAT_TIMESTAMP(TS, 'bbb')",
        "FORMAT_TIMESTAMP(TS, 'yyyy', 'Mars/Base')",
        "PARSE_DATE('tomorrow', 'yyyy-MM-dd')",
        "PARSE_DATE('2022-01-01 10', 'yyyy-MM-dd HH')",
        "STRINGTODATE('2022-01', 'yyyy-MM')",
        "PARSE_TIME('2022 10', 'yyyy HH')",
        "PARSE_TIME('30', 'mm')",
        "PARSE_TIMESTAMP('x', 'yyyy')",
        "CONVERT_TZ(TS, 'UTC', 'PST')",
    ],
)
def test_what_does_not_fit_fails(text: str) -> None:
    with pytest.raises(Failed):
        call(text, COLUMNS)


def test_units_are_no_other_values() -> None:
    assert refusal("DATEADD(DAY, 5, DAY)", COLUMNS).startswith(
        "Function 'dateadd' does not accept parameters (DATE, INTEGER, DATE)."
    )
