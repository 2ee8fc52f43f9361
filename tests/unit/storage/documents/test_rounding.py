from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from clickstream.storage.documents.errors import DocumentError
from clickstream.storage.documents.rounding import duration_ms, make_grid

BERLIN = ZoneInfo("Europe/Berlin")


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", 90_000), ("1d", 86_400_000), ("-6h", -21_600_000), ("+5ms", 5), ("2m", 120_000)],
)
def test_durations(text: str, length: int) -> None:
    assert duration_ms(text) == length


@pytest.mark.parametrize("text", ["1M", "x", "1.5h", "", "h"])
def test_wrong_durations(text: str) -> None:
    with pytest.raises(DocumentError):
        duration_ms(text)


@pytest.mark.parametrize(
    ("settings", "at", "start"),
    [
        ({"fixed_interval": "1d"}, "2026-10-25T12:00+01:00", "2026-10-25T00:00+02:00"),
        ({"fixed_interval": "2h"}, "2026-10-25T05:30+01:00", "2026-10-25T04:00+01:00"),
        ({"fixed_interval": "10m"}, "2026-10-25T02:35+01:00", "2026-10-25T02:30+01:00"),
        ({"calendar_interval": "1h"}, "2026-10-25T02:35+02:00", "2026-10-25T02:00+02:00"),
        ({"calendar_interval": "day"}, "2026-10-25T23:59+01:00", "2026-10-25T00:00+02:00"),
        ({"calendar_interval": "month"}, "2026-10-31T23:59+01:00", "2026-10-01T00:00+02:00"),
        ({"calendar_interval": "week"}, "2026-03-29T12:00+02:00", "2026-03-23T00:00+01:00"),
    ],
)
def test_buckets_follow_the_clock_of_the_zone(settings: dict[str, str], at: str, start: str) -> None:
    grid = make_grid(dict(settings), BERLIN, ms(at), ms(at))
    (code,) = grid.codes(np.array([ms(at)])).tolist()
    assert grid.key(code) == ms(start)


def test_every_instant_lies_within_its_bucket() -> None:
    instants = np.arange(ms("2026-10-20T00:00+00:00"), ms("2026-10-30T00:00+00:00"), 1_777_777)
    for settings in ({"calendar_interval": "day"}, {"fixed_interval": "7h"}, {"calendar_interval": "1w"}):
        for zone in (UTC, BERLIN):
            grid = make_grid(dict(settings), zone, int(instants[0]), int(instants[-1]))
            codes = grid.codes(instants)
            starts = np.array([grid.key(code) for code in codes.tolist()])
            ends = np.array([grid.key(code) for code in (codes[:-50] + 1).tolist()])
            assert (starts <= instants).all()
            assert (instants[:-50] < ends).all()
