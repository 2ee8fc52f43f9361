"""What comes of a test: passed, or where and why not."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Difference", "Failure", "Mismatch", "Place", "TestResult", "first_difference"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `path` is how messages call the file."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a record, or of an error: what was to be, what is, and whether that is as expected.

    `expected` is empty where the test says nothing about the part, `actual` where there is no record.
    """

    part: str
    expected: str
    actual: str
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test did not pass. `notes` are further lines, such as records that could not be read."""

    place: Place
    message: str
    differences: Sequence[Difference] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test that was run."""

    __test__ = False

    name: str
    place: Place
    failure: Failure | None
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the test passed."""
        return self.failure is None


class Mismatch(Exception):
    """A record is not the one that was asserted, or a topic holds none."""

    def __init__(
        self, message: str, differences: Sequence[Difference] = (), notes: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.differences = differences
        self.notes = notes


def first_difference(differences: Sequence[Difference]) -> Difference | None:
    """Return the first part that is not as expected."""
    return next((one for one in differences if not one.fits), None)
