"""A failure as lines of text: where, what, and the expected beside the actual record."""

from collections.abc import Iterator, Sequence

from clickstream.node.sqltest.results import Difference, Failure, first_difference

__all__ = ["failure_lines"]

_WIDEST = 60
"""Columns that a column of values takes at most before the values stand below each other."""

UNSAID = "·"
"""Stands for what a test says nothing about."""


def failure_lines(failure: Failure) -> list[str]:
    """Return a failure as text; the first part of the record that is not as expected has a mark."""
    first, *rest = failure.message.splitlines() or [""]
    lines = [f"{failure.place}: {first}", *(f"    {line}" for line in rest)]
    if failure.differences:
        lines += _table(failure.differences)
    return lines + [f"    {note}" for note in failure.notes]


def _table(differences: Sequence[Difference]) -> Iterator[str]:
    there = any(one.actual for one in differences)
    marked = first_difference(differences) if there else None
    rows = [(one.part, one.expected or UNSAID, one.actual or UNSAID) for one in differences]
    part_width, width, _ = (max(map(len, column)) for column in zip(("", "expected", ""), *rows, strict=True))
    if width > _WIDEST:
        yield from _stacked(differences, marked, part_width)
        return
    yield f"      {'':{part_width}}  {'expected':{width}}  {'actual' if there else ''}".rstrip()
    for one, (part, expected, actual) in zip(differences, rows, strict=True):
        mark = ">" if one is marked else " "
        yield f"    {mark} {part:{part_width}}  {expected:{width}}  {actual if there else ''}".rstrip()


def _stacked(differences: Sequence[Difference], marked: Difference | None, width: int) -> Iterator[str]:
    """Yield long values one below the other, with a caret under the first character that differs."""
    for one in differences:
        expected, actual = one.expected or UNSAID, one.actual or UNSAID
        mark = ">" if one is marked else " "
        if one.fits:
            yield f"      {one.part:{width}}  {actual}"
            continue
        yield f"    {mark} {one.part:{width}}  expected  {expected}"
        yield f"      {'':{width}}  actual    {actual}"
        if one is marked:
            yield f"      {'':{width + 12 + _common(expected, actual)}}^"


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
