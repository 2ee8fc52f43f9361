"""Numbers as Java reads and writes them, because the real services do.

Used wherever a number becomes text or text a number: formats, casts, functions.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

__all__ = [
    "EXACT",
    "decimal_text",
    "double_text",
    "fit_decimal",
    "parse_double",
    "parse_integer",
    "wrap_int",
    "wrap_long",
]

EXACT = Context(prec=200, rounding=ROUND_HALF_UP)
"""Wide enough that no operation on DECIMALs (38 digits) or their division loses a digit that counts."""

_SCIENTIFIC_FROM = 1e7
_SCIENTIFIC_BELOW = 1e-3
_DOUBLE = re.compile(r"[+-]?(NaN|Infinity|((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)[fFdD]?)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


def double_text(value: float) -> str:
    """Return `value` as Java's Double.toString: `1.0`, `1.0E10`, `1.0E-4`, `NaN`, `Infinity`."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    size = abs(value)
    text = repr(value)
    if size == 0 or _SCIENTIFIC_BELOW <= size < _SCIENTIFIC_FROM:
        return text if "e" not in text else format(Decimal(text), "f")
    sign, digits, exponent = Decimal(_two_digits(value, text)).as_tuple()
    assert isinstance(exponent, int)
    figures = "".join(map(str, digits))
    power = len(figures) - 1 + exponent
    fraction = figures[1:].rstrip("0") or "0"
    return f"{'-' if sign else ''}{figures[0]}.{fraction}E{power}"


def _two_digits(value: float, shortest: str) -> str:
    """Return the text of a number of one digit with the two digits nearest to it: 4.9E-324, not 5E-324."""
    if len(Decimal(shortest).as_tuple().digits) > 1:
        return shortest
    nearest = f"{value:.1e}"
    return nearest if float(nearest) == value else shortest


def decimal_text(value: Decimal) -> str:
    """Return `value` in plain digits with its scale: `12.50`, never an exponent nor a negative zero."""
    return format(value if value else abs(value), "f")


def parse_double(text: str) -> float:
    """Return the number that Java's Double.parseDouble reads from `text`.

    Raises: ValueError.
    """
    text = text.strip()
    if not _DOUBLE.fullmatch(text):
        raise ValueError(f"not a number: {text!r}")
    return float(text.rstrip("fFdD") if text[-1] in "fFdD" else text)


def parse_integer(text: str, bits: int) -> int:
    """Return the number that Java's Integer.parseInt or Long.parseLong reads from `text`.

    Raises: ValueError, also when it needs more than `bits` bits.
    """
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"not an integer: {text!r}")
    value = int(text)
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise ValueError(f"out of range: {text}")
    return value


def fit_decimal(value: Decimal, precision: int, scale: int) -> Decimal:
    """Return `value` rounded half up to `scale` digits; there is no negative zero.

    Raises: ValueError if it needs more than `precision` digits, or is no number.
    """
    if not value.is_finite():
        raise ValueError(f"not a DECIMAL({precision}, {scale}): {value}")
    try:
        rounded = value.quantize(Decimal(1).scaleb(-scale), context=EXACT)
    except InvalidOperation as error:
        raise ValueError(f"not a DECIMAL({precision}, {scale}): {value}") from error
    if abs(rounded) >= 10 ** (precision - scale):
        raise ValueError(
            f"Numeric field overflow: A field with precision {precision} and scale {scale} "
            f"must round to an absolute value less than 10^{precision - scale}. Got {decimal_text(value)}"
        )
    return rounded if rounded else rounded.copy_abs()


def wrap_int(value: int) -> int:
    """Return `value` as a 32-bit integer, overflowing as Java's."""
    return value if -0x80000000 <= value < 0x80000000 else (value + 0x80000000) % 0x100000000 - 0x80000000


def wrap_long(value: int) -> int:
    """Return `value` as a 64-bit integer, overflowing as Java's."""
    half = 0x8000000000000000
    return value if -half <= value < half else (value + half) % (2 * half) - half
