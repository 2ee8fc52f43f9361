"""JSON as the functions of the real service read and write it.

A document is read into None, bool, int, Decimal (digits kept), str, list and dict. What follows the
first value is not looked at.
Source: ksqldb-engine …/function/udf/json/UdfJsonMapper.java, and Jackson's defaults.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from clickstream.core.java_numbers import decimal_text, double_text

__all__ = ["MISSING", "elements", "is_missing", "read", "text_of_node", "write"]


class _Missing:
    """The type of MISSING."""


MISSING = _Missing()
"""What an empty text holds."""

_BLANK = " \t\n\r"


def _refuse(constant: str) -> Any:
    raise ValueError(f"Invalid JSON format: {constant}")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def is_missing(node: Any) -> bool:
    """Return whether a text held no value at all."""
    return node is MISSING


def read(text: str) -> Any:
    """Return the first value in `text`, MISSING if there is none.

    Raises: ValueError if it does not begin with JSON.
    """
    at = _skip_blank(text, 0)
    return MISSING if at == len(text) else _value(text, at)[0]


def elements(text: str) -> Iterator[Any]:
    """Return the elements of the array that `text` begins with, one by one; no array has none.

    Raises: (on the way) ValueError where the text stops being JSON.
    """
    at = _skip_blank(text, 0)
    if not text.startswith("[", at):
        return
    at = _skip_blank(text, at + 1)
    while not text.startswith("]", at):
        value, at = _value(text, at)
        yield value
        at = _skip_blank(text, at)
        if text.startswith(",", at):
            at = _skip_blank(text, at + 1)
        elif not text.startswith("]", at):
            raise ValueError(f"Invalid JSON format: {text}")


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _value(text: str, at: int) -> tuple[Any, int]:
    """Return the value at `at` and where it ends."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"Invalid JSON format: {text}") from error
    # A number or word has to end: 1x and 012 are no values.
    if text[end - 1] not in '"]}' and end < len(text) and text[end] not in ",]}" + _BLANK:
        raise ValueError(f"Invalid JSON format: {text}")
    return value, end


# --------------------------------------------------------------------------------- writing

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = str.maketrans({**{chr(code): f"\\u{code:04X}" for code in range(32)}, **_ESCAPES})


def write(node: Any) -> str:
    """Return `node` as JSON without blanks; a float as Java writes it, a Decimal in plain digits."""
    return _write(node, decimal_text)


def text_of_node(node: Any) -> str:
    """Return `node` as text: a string itself, else its JSON with decimals as they were read."""
    return node if isinstance(node, str) else _write(node, str)


def _write(node: Any, of_decimal: Any) -> str:
    match node:
        case None:
            return "null"
        case bool():
            return "true" if node else "false"
        case int():
            return str(node)
        case float():
            text = double_text(node)
            return text if text[-1].isdigit() else f'"{text}"'
        case Decimal():
            digits: str = of_decimal(node)
            return digits
        case str():
            return f'"{node.translate(_ESCAPED)}"'
        case list():
            return f"[{','.join(_write(item, of_decimal) for item in node)}]"
    pairs = (f'"{str(key).translate(_ESCAPED)}":{_write(item, of_decimal)}' for key, item in node.items())
    return f"{{{','.join(pairs)}}}"
