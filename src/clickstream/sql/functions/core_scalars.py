"""The scalar functions the click pipeline and the first conformance tier lean on."""

from typing import Any

from clickstream.sql.functions.registration import scalar

__all__ = ["as_value", "coalesce", "concat", "if_null", "lcase", "length", "substring", "trim", "ucase"]


@scalar("AS_VALUE", "T -> T", nulls=True, description="Creates a copy of a key column in the value.")
def as_value(value: Any) -> Any:
    """Return the value itself."""
    return value


@scalar("UCASE", "STRING -> STRING", category="STRING", description="Upper case.")
def ucase(text: str) -> str:
    """Return `text` in upper case."""
    return text.upper()


@scalar("LCASE", "STRING -> STRING", category="STRING", description="Lower case.")
def lcase(text: str) -> str:
    """Return `text` in lower case."""
    return text.lower()


@scalar("TRIM", "STRING -> STRING", category="STRING", description="Removes blanks at both ends.")
def trim(text: str) -> str:
    """Return `text` without the characters up to U+0020 at its ends, as Java's trim."""
    return text.strip("".join(map(chr, range(33))))


@scalar("LEN", "STRING -> INTEGER", category="STRING", description="The length of a string.")
def length(text: str) -> int:
    """Return the number of UTF-16 units, as Java counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@scalar(
    "CONCAT",
    "STRING... -> STRING",
    nulls=True,
    category="STRING",
    description="Concatenates strings; NULL counts as empty.",
)
def concat(*texts: str | None) -> str:
    """Return the texts one after the other."""
    return "".join(t for t in texts if t is not None)


@scalar(
    "SUBSTRING",
    "STRING, INTEGER -> STRING",
    "STRING, INTEGER, INTEGER -> STRING",
    category="STRING",
    description="A part of a string; positions begin at 1, negative ones count from the end.",
)
def substring(text: str, position: int, count: int | None = None) -> str:
    """Return the characters from `position` on, `count` of them."""
    size = len(text)
    start = position - 1 if position > 0 else max(size + position, 0) if position < 0 else 0
    start = min(start, size)
    end = size if count is None else min(max(start + count, start), size)
    return text[start:end]


@scalar("IFNULL", "T, T -> T", nulls=True, description="The second argument where the first is NULL.")
def if_null(value: Any, otherwise: Any) -> Any:
    """Return `value`, or `otherwise` if it is NULL."""
    return otherwise if value is None else value


@scalar("COALESCE", "T, T... -> T", nulls=True, description="The first argument that is not NULL.")
def coalesce(*values: Any) -> Any:
    """Return the first value that is not NULL."""
    return next((v for v in values if v is not None), None)
