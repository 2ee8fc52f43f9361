from datetime import UTC, datetime, timedelta, timezone

import pytest

from clickstream.core.time_zones import offset_text, parse_zone, read_zone_name, zone_id, zone_name

SUMMER = datetime(2021, 7, 1)
WINTER = datetime(2021, 1, 1)


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("Z", timedelta()),
        ("UTC", timedelta()),
        ("+02", timedelta(hours=2)),
        ("-0230", timedelta(hours=-2, minutes=-30)),
        ("+01:02:03", timedelta(hours=1, minutes=2, seconds=3)),
        ("GMT-3", timedelta(hours=-3)),
        ("UTC+05:30", timedelta(hours=5, minutes=30)),
        ("Asia/Kolkata", timedelta(hours=5, minutes=30)),
    ],
)
def test_zones_by_name_and_offset(name: str, offset: timedelta) -> None:
    assert SUMMER.replace(tzinfo=parse_zone(name)).utcoffset() == offset


@pytest.mark.parametrize("name", ["", "Mars/Base", "+19:00", "+02:60", "PDT", "../etc", "z"])
def test_names_that_are_no_zone(name: str) -> None:
    with pytest.raises(ValueError):
        parse_zone(name)


def test_short_names_are_read_from_text() -> None:
    assert SUMMER.replace(tzinfo=read_zone_name("pdt")).utcoffset() == timedelta(hours=-7)
    assert read_zone_name("gmt") == timezone(timedelta(0))
    assert read_zone_name("+03:00") == timezone(timedelta(hours=3))
    with pytest.raises(ValueError, match="Unknown time-zone"):
        read_zone_name("XYZT")


@pytest.mark.parametrize(
    ("moment", "zone", "identifier", "short", "long"),
    [
        (SUMMER, "America/Los_Angeles", "America/Los_Angeles", "PDT", "Pacific Daylight Time"),
        (WINTER, "America/Los_Angeles", "America/Los_Angeles", "PST", "Pacific Standard Time"),
        (SUMMER, "Europe/Berlin", "Europe/Berlin", "CEST", "Central European Summer Time"),
        (SUMMER, "UTC", "UTC", "UTC", "Coordinated Universal Time"),
        (SUMMER, "Z", "Z", "Z", "Z"),
        (SUMMER, "+02", "+02:00", "+02:00", "+02:00"),
        (SUMMER, "GMT-3", "GMT-03:00", "GMT-03:00", "GMT-03:00"),
    ],
)
def test_names_of_zones(moment: datetime, zone: str, identifier: str, short: str, long: str) -> None:
    zoned = moment.replace(tzinfo=parse_zone(zone))
    assert zone_id(zoned) == identifier
    assert zone_name(zoned, is_long=False) == short
    assert zone_name(zoned, is_long=True) == long


def test_offsets_as_text() -> None:
    assert offset_text(SUMMER.replace(tzinfo=UTC), ":") == "+00:00"
    assert offset_text(SUMMER.replace(tzinfo=parse_zone("-03:30")), "") == "-0330"
    assert offset_text(SUMMER.replace(tzinfo=parse_zone("+01:02:03")), ":") == "+01:02:03"
