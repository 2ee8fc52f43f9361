"""How large a value a single call may make.

A call such as GENERATE_SERIES(0, 2000000000) would take the memory of everything that runs in the process,
so it fails, and its column is NULL, as with any other error of a row.
"""

__all__ = ["LARGEST", "check_size"]

LARGEST = 1 << 24
"""Elements of an array, or characters of a text."""


def check_size(size: int, what: str) -> None:
    """Check that a value of `size` parts may be made.

    Raises: ValueError.
    """
    if size > LARGEST:
        raise ValueError(f"{what} would have {size} parts, more than {LARGEST}")
