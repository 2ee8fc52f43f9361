"""MASK and its relatives: text made unreadable.

Source: ksqldb-engine …/function/udf/string/Mask*.java.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

from clickstream.sql.functions.registration import scalar

__all__ = ["MASKING"]

_DEFAULTS = ("X", "x", "n", "-")
_CLASSES = {"Lu": 0, "Ll": 1, "Nd": 2}
_OTHER = 3
_CHARACTERS = "STRING upper, STRING lower, STRING digit, STRING other"


def mask(text: str, masks: tuple[str | None, ...]) -> str:
    """Return `text` with each character replaced by the mask of its class; a None keeps it."""
    return "".join(masks[_CLASSES.get(unicodedata.category(c), _OTHER)] or c for c in text)


def _checked(masks: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return the masks, or the default ones for none.

    Raises: ValueError for a mask that is not one character.
    """
    wrong = next((m for m in masks if m is not None and len(m) != 1), None)
    if wrong is not None:
        raise ValueError(f"Invalid mask character. Must be only single character, but was '{wrong}'")
    return masks or _DEFAULTS


Cut = Callable[[str, int], tuple[str, str, str]]
"""Splits a text, by a number, into what is kept, what is masked and what is kept behind it."""


def _masking(name: str, cut: Cut | None, description: str) -> Any:
    count = "" if cut is None else ", INTEGER numChars"

    @scalar(
        name,
        f"STRING input{count} -> STRING",
        f"STRING input{count}, {_CHARACTERS} -> STRING",
        nulls=True,
        category="STRING",
        description=description,
    )
    def function(text: str | None, *arguments: Any) -> str | None:
        masks = _checked(arguments if cut is None else arguments[1:])
        if text is None or (cut and arguments[0] is None):
            return None
        if cut is None:
            return mask(text, masks)
        if arguments[0] < 0:
            raise ValueError(f"function {name} requires a non-negative number of characters to mask or skip")
        before, masked, behind = cut(text, arguments[0])
        return before + mask(masked, masks) + behind

    return function


MASKING = (
    _masking("mask", None, "A text with X, x, n and - for its letters, digits and everything else."),
    _masking(
        "mask_left",
        lambda text, n: ("", text[:n], text[n:]),
        "A text with its first numChars characters masked.",
    ),
    _masking(
        "mask_right",
        lambda text, n: (text[: max(len(text) - n, 0)], text[max(len(text) - n, 0) :], ""),
        "A text with its last numChars characters masked.",
    ),
    _masking(
        "mask_keep_left",
        lambda text, n: (text[:n], text[n:], ""),
        "A text with all but its first numChars characters masked.",
    ),
    _masking(
        "mask_keep_right",
        lambda text, n: ("", text[: max(len(text) - n, 0)], text[max(len(text) - n, 0) :]),
        "A text with all but its last numChars characters masked.",
    ),
)
