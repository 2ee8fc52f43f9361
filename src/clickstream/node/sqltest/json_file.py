"""The records of a JSON test file, each with the line on which it begins."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from clickstream.core.errors import ClickstreamError
from clickstream.node.sqltest.results import Place
from clickstream.node.sqltest.script import read_text

__all__ = ["BadFile", "TestRecord", "read_records"]

TestRecord = tuple[Place, dict[str, Any]]

_decoder = json.JSONDecoder(parse_float=Decimal)
_BLANK = " \t\r\n"


class BadFile(ClickstreamError):
    """A JSON test file is not as it should be, at `place`."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


def read_records(path: Path, shown: str, field: str) -> list[TestRecord]:
    """Return the records that the file's array `field` holds; numbers with a point are exact.

    Raises: BadFile, SqlError.
    """
    text = read_text(path, shown)
    try:
        tree = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise BadFile(f"This is not JSON: {error.msg}", Place(shown, error.lineno)) from error
    if not isinstance(tree, dict) or not isinstance(tree.get(field), list):
        raise BadFile(f'The file holds no array "{field}"', Place(shown, 1))
    records = []
    for at, record in _elements(text, field):
        place = Place(shown, text.count("\n", 0, at) + 1)
        if not isinstance(record, dict) or not isinstance(record.get("topic"), str):
            raise BadFile('A record is an object with a "topic"', place)
        records.append((place, record))
    return records


def _elements(text: str, field: str) -> Iterator[tuple[int, Any]]:
    """Yield the elements of the array `field` of a JSON object, each with its position."""
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == field:
            yield from _array(text, at)
            return
        _, at = _decoder.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at


def _array(text: str, at: int) -> Iterator[tuple[int, Any]]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        element, end = _decoder.raw_decode(text, at)
        yield at, element
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at
