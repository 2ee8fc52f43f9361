"""Strings, and bytes where a function takes either: cutting, padding, joining, finding, replacing.

Positions count from 1.
Source: ksqldb-engine …/function/udf/string/*.java.
"""

import hashlib
import re
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from clickstream.sql.functions import utf16
from clickstream.sql.functions.limits import LARGEST, check_size
from clickstream.sql.functions.registration import scalar

__all__ = [
    "character",
    "character_of_code",
    "concat",
    "concat_ws",
    "element",
    "field",
    "find",
    "initial_capitals",
    "lcase",
    "length",
    "md5",
    "pad_left",
    "pad_right",
    "random_uuid",
    "replace",
    "split",
    "split_to_map",
    "substring",
    "trim",
    "ucase",
    "uuid_of_bytes",
]

_CATEGORY = "STRING"
T = TypeVar("T", str, bytes)


# --------------------------------------------------------------------------------- letters

_BLANKS = "".join(map(chr, range(33)))
"""What Java's trim takes away: everything up to the space."""

_WORD = re.compile(r"\S+\s*", re.ASCII)


@scalar("ucase", "STRING input -> STRING", category=_CATEGORY, description="Text in upper case.")
def ucase(text: str) -> str:
    """Return `text` in upper case."""
    return text.upper()


@scalar("lcase", "STRING input -> STRING", category=_CATEGORY, description="Text in lower case.")
def lcase(text: str) -> str:
    """Return `text` in lower case."""
    return text.lower()


@scalar(
    "initcap",
    "STRING str -> STRING",
    category=_CATEGORY,
    description="The first letter of every word in upper case, all others in lower case.",
)
def initial_capitals(text: str) -> str:
    """Return `text` with capitals; blanks before the first word are lost, as in the real service."""
    return "".join(word[:1].upper() + word[1:] for word in _WORD.findall(text.lower()))


@scalar("trim", "STRING input -> STRING", category=_CATEGORY, description="Text without blanks at its ends.")
def trim(text: str) -> str:
    """Return `text` without the characters up to U+0020 at its ends."""
    return text.strip(_BLANKS)


@scalar(
    "len",
    "STRING input -> INTEGER",
    "BYTES input -> INTEGER",
    category=_CATEGORY,
    description="How many characters a text has, or how many bytes there are.",
)
def length(value: str | bytes) -> int:
    """Return the length, of text in UTF-16 units."""
    return utf16.length(value) if isinstance(value, str) else len(value)


@scalar(
    "Chr",
    "INTEGER decimalCode -> STRING",
    category=_CATEGORY,
    description="The character with a Unicode number, given as a number or as \\uXXXX.",
)
def character(code: int) -> str | None:
    """Return the character, NULL if there is none with this number."""
    return chr(code) if 0 <= code <= 0x10FFFF else None


_CODE = re.compile(r"\\u+\+?([0-9a-fA-F]{4})")


@scalar(
    "Chr",
    "STRING utf16Code -> STRING",
    category=_CATEGORY,
    description="The character with a Unicode number, given as a number or as \\uXXXX.",
)
def character_of_code(code: str) -> str | None:
    r"""Return the text that escapes such as `\u004b` stand for, NULL if `code` is no such text."""
    if len(code) < 6 or not code.startswith("\\u"):
        return None
    text = _CODE.sub(lambda found: chr(int(found[1], 16)), code)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@scalar(
    "md5",
    "STRING s -> STRING",
    category=_CATEGORY,
    description="The MD5 sum of a text in hexadecimal digits.",
)
def md5(text: str) -> str:
    """Return the sum of the text's UTF-8 bytes."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@scalar("UUID", "-> STRING", deterministic=False, category=_CATEGORY, description="A random UUID.")
def random_uuid() -> str:
    """Return a new UUID of version 4."""
    return str(uuid.uuid4())


@scalar("UUID", "BYTES bytes -> STRING", category=_CATEGORY, description="16 bytes as a UUID.")
def uuid_of_bytes(data: bytes) -> str | None:
    """Return the UUID, NULL for any other number of bytes."""
    return str(uuid.UUID(bytes=data)) if len(data) == 16 else None


# --------------------------------------------------------------------------------- joining


@scalar(
    "concat",
    "STRING... inputs -> STRING",
    "BYTES... inputs -> BYTES",
    typed=True,
    nulls=True,
    category=_CATEGORY,
    description="Texts or bytes one after the other; NULLs are left out.",
)
def concat(types: Sequence[Any]) -> Any:
    """Return CONCAT for a type."""
    empty: Any = b"" if types and types[0].base == "BYTES" else ""
    return lambda *parts: empty.join([part for part in parts if part is not None])


@scalar(
    "concat_ws",
    "STRING... inputs -> STRING",
    "BYTES... inputs -> BYTES",
    nulls=True,
    category=_CATEGORY,
    description="Texts or bytes joined by the first argument; NULLs are left out.",
)
def concat_ws(*parts: Any) -> Any:
    """Return the parts after the first, joined by it; NULL if it is NULL.

    Raises: ValueError if nothing follows the separator.
    """
    if len(parts) < 2:
        raise ValueError("CONCAT_WS takes a separator and at least one more argument")
    separator, *others = parts
    return None if separator is None else separator.join([part for part in others if part is not None])


@scalar(
    "elt",
    "INTEGER n, STRING... args -> STRING",
    nulls=True,
    category=_CATEGORY,
    description="The argument at a position, NULL outside.",
)
def element(position: int | None, *texts: str | None) -> str | None:
    """Return the text at `position`."""
    return texts[position - 1] if position is not None and 1 <= position <= len(texts) else None


@scalar(
    "field",
    "STRING str, STRING... args -> INTEGER",
    nulls=True,
    category=_CATEGORY,
    description="The position of the first argument among the others, 0 if it is not there.",
)
def field(text: str | None, *texts: str | None) -> int:
    """Return the position of `text`; NULL is nowhere."""
    return texts.index(text) + 1 if text is not None and text in texts else 0


# --------------------------------------------------------------------------------- cutting and padding


def _part(value: T, position: int, count: int | None = None) -> T:
    size = len(value)
    start = max(size + position, 0) if position < 0 else max(min(position - 1, size), 0)
    end = size if count is None else max(min(start + count, size), start)
    return value[start:end]


_text_part = utf16.on_units(_part)


@scalar(
    "substring",
    "STRING str, INTEGER pos -> STRING",
    "STRING str, INTEGER pos, INTEGER length -> STRING",
    "BYTES bytes, INTEGER pos -> BYTES",
    "BYTES bytes, INTEGER pos, INTEGER length -> BYTES",
    category=_CATEGORY,
    description="A part of a text or bytes; a negative position counts from the end.",
)
def substring(value: Any, position: int, count: int | None = None) -> Any:
    """Return what is from `position` on, at most `count` of it."""
    part = _text_part if isinstance(value, str) else _part
    return part(value, position) if count is None else part(value, position, count)


_PAD = (
    "STRING input, INTEGER targetLen, STRING padding -> STRING",
    "BYTES input, INTEGER targetLen, BYTES padding -> BYTES",
)


def _filling(value: T, size: int, padding: T) -> T:
    """Return what is missing in `value` to `size`, made of repeated `padding`.

    Raises: ValueError for a size that is too large.
    """
    check_size(size, "the padded value")
    missing = max(size - len(value), 0)
    return (padding * (missing // len(padding) + 1))[:missing]


@scalar(
    "LPad",
    *_PAD,
    category=_CATEGORY,
    description="A text or bytes filled up on the left to a length; cut off if it is longer.",
)
def pad_left(value: Any, size: int, padding: Any) -> Any:
    """Return `value` with padding before it; NULL for a negative size or empty padding."""
    return None if size < 0 or not padding else (_filling(value, size, padding) + value)[:size]


@scalar(
    "RPad",
    *_PAD,
    category=_CATEGORY,
    description="A text or bytes filled up on the right to a length; cut off if it is longer.",
)
def pad_right(value: Any, size: int, padding: Any) -> Any:
    """Return `value` with padding behind it; NULL for a negative size or empty padding."""
    return None if size < 0 or not padding else (value + _filling(value, size, padding))[:size]


# --------------------------------------------------------------------------------- finding


@scalar(
    "replace",
    "STRING str, STRING oldStr, STRING newStr -> STRING",
    category=_CATEGORY,
    description="A text in which every occurrence of a part is replaced.",
)
def replace(text: str, old: str, new: str) -> str:
    """Return `text` with `new` for `old`. Raises: ValueError for a text that is too long."""
    if len(text) * len(new) > LARGEST:
        check_size(len(text) + text.count(old) * (len(new) - len(old)), "the text")
    return text.replace(old, new)


@scalar(
    "instr",
    "STRING str, STRING substring -> INTEGER",
    "STRING str, STRING substring, INTEGER position -> INTEGER",
    "STRING str, STRING substring, INTEGER position, INTEGER occurrence -> INTEGER",
    nulls=True,
    category=_CATEGORY,
    description="Where a text has a part, 0 if nowhere; a negative position searches back from the end.",
)
def find(
    text: str | None, part: str | None, position: int | None = 1, occurrence: int | None = 1
) -> int | None:
    """Return the position of the `occurrence`-th `part` at or behind `position`."""
    if position is None or occurrence is None:
        return None
    if text is None or part is None or position == 0 or abs(position) > len(text):
        return 0
    if position > 0:
        at = _occurrence(text[position - 1 :], part, occurrence)
        return at + position if at >= 0 else 0
    at = _occurrence(text[::-1][-position - 1 :], part[::-1], occurrence)
    return len(text) + position - at - len(part) + 2 if at >= 0 else 0


def _occurrence(text: str, part: str, occurrence: int) -> int:
    """Return where `part` is for the `occurrence`-th time, overlaps counted, or -1."""
    if occurrence <= 0:
        return -1
    if not part:
        return 0
    at = -1
    for _ in range(occurrence):
        at = text.find(part, at + 1)
        if at < 0:
            break
    return at


@scalar(
    "split",
    "STRING string, STRING delimiter -> ARRAY<STRING>",
    "BYTES bytes, BYTES delimiter -> ARRAY<BYTES>",
    category=_CATEGORY,
    description="The parts of a text or bytes between delimiters; an empty delimiter splits everything.",
)
def split(value: Any, delimiter: Any) -> list[Any]:
    """Return the parts."""
    if delimiter:
        parts: list[Any] = value.split(delimiter)
        return parts
    return [value[i : i + 1] for i in range(len(value))] or [value]


@scalar(
    "split_to_map",
    "STRING input, STRING entryDelimiter, STRING kvDelimiter -> MAP<STRING, STRING>",
    category=_CATEGORY,
    description="A map from a text such as `a:1/b:2`; entries without the second delimiter are left out.",
)
def split_to_map(text: str, between_entries: str, between_both: str) -> dict[str, str] | None:
    """Return the map; the last entry of a key counts. NULL for delimiters that are empty or equal."""
    if not between_entries or not between_both or between_entries == between_both:
        return None
    entries = (entry.split(between_both) for entry in text.split(between_entries) if between_both in entry)
    return {parts[0]: parts[1] for parts in entries}
