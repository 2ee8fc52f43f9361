import pytest

from clickstream.engine.windows import DAY_MS, final_window, grace_ms, retention_ms
from clickstream.sql.plan import WindowSpec

HOUR_MS = 3_600_000


def tumbling(size_ms: int, grace: int | None = None, retention: int | None = None) -> WindowSpec:
    return WindowSpec("TUMBLING", size_ms, size_ms, grace, retention)


@pytest.mark.parametrize(
    ("spec", "grace"),
    [
        (tumbling(60_000), DAY_MS - 60_000),
        (tumbling(2 * DAY_MS), 0),
        (tumbling(60_000, 0), 0),
        (tumbling(60_000, 5), 5),
    ],
)
def test_grace_is_a_day_less_the_size_unless_it_is_given(spec: WindowSpec, grace: int) -> None:
    assert grace_ms(spec) == grace


def test_windows_are_kept_for_size_and_grace_at_least() -> None:
    assert retention_ms(tumbling(60_000)) == DAY_MS
    assert retention_ms(tumbling(60_000, 10)) == 60_010
    assert retention_ms(tumbling(60_000, 10, HOUR_MS)) == HOUR_MS


def test_final_windows_close_at_their_end_unless_grace_is_given() -> None:
    assert final_window(tumbling(60_000)).grace_ms == 0
    assert final_window(tumbling(60_000, 7)).grace_ms == 7
