import pytest

from tests.helpers.functions import Failed, call

POINTS = "37.4439E0, -122.1663E0, 51.5257E0, -0.1122E0"


@pytest.mark.parametrize(
    ("units", "distance"),
    [
        ("", 8634.659796579544),
        (", 'KM'", 8634.659796579544),
        (", NULL", 8634.659796579544),
        (", ' '", 8634.659796579544),
        (", 'MiLeS'", 5365.66),
    ],
)
def test_distances(units: str, distance: float) -> None:
    assert call(f"GEO_DISTANCE({POINTS}{units})") == pytest.approx(distance, abs=0.01)


def test_a_missing_coordinate() -> None:
    assert call("GEO_DISTANCE(CAST(NULL AS DOUBLE), 1E0, 1E0, 1E0)") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("GEO_DISTANCE(91E0, 0E0, 0E0, 0E0)", "latitude"),
        ("GEO_DISTANCE(0E0, 0E0, 0E0, -181E0)", "longitude"),
        (f"GEO_DISTANCE({POINTS}, 'parsec')", "not a unit"),
    ],
)
def test_what_is_not_on_the_map(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        call(text)
