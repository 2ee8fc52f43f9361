"""What compiled expressions call at run time: arithmetic, comparison and access the way ksqlDB does it."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from clickstream.core.java_numbers import EXACT, fit_decimal, wrap_int, wrap_long

__all__ = [
    "NullOperandError",
    "array_item",
    "decimal_operation",
    "divide_double",
    "divide_integer",
    "like_matcher",
    "remainder",
    "wrap_int",
    "wrap_long",
]


class NullOperandError(ValueError):
    """A truth value was NULL where Java would unbox it: the whole expression is NULL."""


def divide_integer(a: int, b: int) -> int:
    """Return the quotient, rounded towards zero.

    Raises: ZeroDivisionError.
    """
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def remainder(a: Any, b: Any) -> Any:
    """Return the remainder with the dividend's sign.

    Raises: ZeroDivisionError for integers; doubles give NaN.
    """
    if isinstance(a, float) or isinstance(b, float):
        return float("nan") if b == 0 or math.isinf(a) else math.fmod(a, b)
    return a - b * divide_integer(a, b)


def divide_double(a: float, b: float) -> float:
    """Return the quotient; division by zero is infinite, zero by zero NaN."""
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return float("nan")
    negative = (a < 0) != (str(b)[0] == "-")
    return float("-inf") if negative else float("inf")


_DECIMAL: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "/": EXACT.divide,
    "%": EXACT.remainder,
}


def decimal_operation(op: str, precision: int, scale: int) -> Callable[[Decimal, Decimal], Decimal]:
    """Return `op` on decimals with the result's precision and scale, rounding half up.

    Raises: (the operation) ValueError on overflow, ZeroDivisionError.
    """
    calculate = _DECIMAL[op]

    def operate(a: Decimal, b: Decimal) -> Decimal:
        if op in "/%" and not b:
            raise ZeroDivisionError("Division by zero")
        return fit_decimal(calculate(a, b), precision, scale)

    return operate


def array_item(array: list[Any], index: int) -> Any:
    """Return the element at `index`, from 1 or from -1 backwards; NULL outside."""
    size = len(array)
    if 1 <= index <= size:
        return array[index - 1]
    return array[index] if -size <= index <= -1 else None


def like_matcher(pattern: str, escape: str | None) -> Callable[[str], bool]:
    r"""Return whether a text matches `pattern`: `%` is any run, `_` one character, `\` escapes."""
    parts = [""]
    at = 0
    quote = "\\" if escape is None else escape
    while at < len(pattern):
        char = pattern[at]
        if char == quote and at + 1 < len(pattern) and pattern[at + 1] in ("%", "_", quote):
            at += 1
            parts[-1] += re.escape(pattern[at])
        elif char == "%":
            parts.append("")
        else:
            parts[-1] += "." if char == "_" else re.escape(char)
        at += 1
    plain = pattern.strip("%")
    if not set(plain) & {"%", "_", quote}:
        shortcut = _plain_matcher(pattern, plain)
        if shortcut is not None:
            return shortcut
    match = re.compile(_without_backtracking(parts), re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _without_backtracking(parts: list[str]) -> str:
    """Return the expression for parts with any run between them.

    The first place where a part fits is as good as any later one, so none is tried again: `%a%a%a%b` would
    else take a time that grows with a power of the text's length.
    """
    if len(parts) == 1:
        return parts[0]
    first, *between, last = parts
    return first + "".join(f"(?>.*?{part})" for part in between if part) + f".*{last}"


def _plain_matcher(pattern: str, plain: str) -> Callable[[str], bool] | None:
    """Return a matcher for patterns whose only wildcards are `%` at one or both ends."""
    before, after = pattern[:1] == "%", pattern[-1:] == "%"
    if before and after:
        return lambda text: plain in text
    if before:
        return lambda text: text.endswith(plain)
    return (lambda text: text.startswith(plain)) if after else None
