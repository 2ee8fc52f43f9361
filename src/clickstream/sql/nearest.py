"""The nearest of some names to a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["edit_distance", "nearest"]

_CUTOFF = 0.6
"""Below this likeness a suggestion confuses more than it helps."""


def nearest(name: str, candidates: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` of `candidates` that look like `name`, best first; case does not count."""
    by_upper: dict[str, str] = {}
    for candidate in candidates:
        by_upper.setdefault(candidate.upper(), candidate)
    found = get_close_matches(name.upper(), by_upper, n=limit, cutoff=_CUTOFF)
    return tuple(by_upper[upper] for upper in found)


def edit_distance(left: str, right: str) -> int:
    """Return how many insertions, deletions and replacements turn `left` into `right`."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
