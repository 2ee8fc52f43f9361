import pytest

from clickstream.sql.nearest import edit_distance, nearest


def test_the_best_comes_first_and_case_does_not_count() -> None:
    assert nearest("clickstrem", ["WEB_USERS", "CLICKSTREAM_CODES", "CLICKSTREAM"])[0] == "CLICKSTREAM"


def test_nothing_alike_gives_nothing() -> None:
    assert nearest("zzz", ["CLICKSTREAM"]) == ()


def test_no_more_than_the_limit() -> None:
    assert len(nearest("bytes", ["byte", "bytes_", "bites"], limit=2)) == 2


def test_the_spelling_of_the_candidate_is_kept() -> None:
    assert nearest("LOWER", ["lower"]) == ("lower",)


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("RUN", "PRINT", 3), ("kitten", "sitting", 3)],
)
def test_edit_distance(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == edit_distance(right, left) == distance
