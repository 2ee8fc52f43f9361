"""Text counted as Java counts it: in UTF-16 units, of which some characters take two.

Functions that cut or count work on the Python string where both counts are the same, which is nearly
always, and on units else.
"""

from collections.abc import Callable

__all__ = ["is_narrow", "length", "on_units"]

_WIDE_FROM = "\U00010000"


def is_narrow(text: str) -> bool:
    """Return whether every character of `text` is one unit."""
    return text.isascii() or max(text) < _WIDE_FROM


def length(text: str) -> int:
    """Return how many units `text` has."""
    return len(text) if is_narrow(text) else len(text.encode("utf-16-le", "surrogatepass")) // 2


def on_units(cut: Callable[..., str]) -> Callable[..., str]:
    """Return `cut`, a function of a text and numbers, for units instead of characters."""

    def call(text: str, *arguments: object) -> str:
        if is_narrow(text):
            return cut(text, *arguments)
        units = text.encode("utf-16-le", "surrogatepass")
        spread = "".join(chr(units[i] | units[i + 1] << 8) for i in range(0, len(units), 2))
        joined = cut(spread, *arguments).encode("utf-16-le", "surrogatepass")
        return joined.decode("utf-16-le", "replace")

    return call
