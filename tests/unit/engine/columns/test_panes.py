"""Panes spread to windows."""

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.groups import Groups
from clickstream.engine.columns.panes import Panes

TIMES = np.array([100, 112, 125, 131], np.int64)


def panes(size_ms: int, advance_ms: int, codes: tuple[int, ...] = (0, 0, 0, 1)) -> Panes:
    made = Panes.of(Groups(Batch(TIMES, (), ()), np.array(codes), [("a",), ("b",)]), size_ms, advance_ms)
    assert made is not None
    return made


def test_tumbling_windows_are_panes() -> None:
    cut = panes(20, 20)
    found, groups, starts = cut.touched()
    assert (groups, starts) == ([0, 0, 1], [100, 120, 120])
    assert cut.spread(cut.cells.sizes(), "sum")[found].tolist() == [2, 1, 1]
    assert cut.latest_ms(TIMES)[found].tolist() == [112, 125, 131]


def test_hopping_windows_are_runs_of_panes() -> None:
    cut = panes(20, 10)
    found, groups, starts = cut.touched()
    assert (groups, starts) == ([0, 0, 0, 0, 1, 1], [90, 100, 110, 120, 120, 130])
    assert cut.spread(cut.cells.sizes(), "sum")[found].tolist() == [1, 2, 2, 1, 1, 1]
    assert cut.latest_ms(TIMES)[found].tolist() == [100, 112, 125, 125, 131, 131]
    assert cut.spread(cut.cells.last(), "max")[found].tolist() == [0, 1, 2, 2, 3, 3]


def test_groups_and_times_spread_too_wide_are_left_to_rows() -> None:
    far = Batch(np.array([0, 10**9], np.int64), (), ())
    assert Panes.of(Groups(far, np.array([0, 0]), [("a",)]), 10, 10) is None
