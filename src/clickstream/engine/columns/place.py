"""Where a chunk's decoded rows and columns are kept in `Chunk.decoded`."""

from functools import cache
from typing import Literal as OneOf

from clickstream.sql.plan import Formats, WindowInfo
from clickstream.sql.schema import LogicalSchema

__all__ = ["Place", "place"]


class Place:
    """The place of one form of the rows of one schema and format."""

    __slots__ = ()


@cache
def place(
    _form: OneOf["rows", "columns"], _schema: LogicalSchema, _formats: Formats, _window: WindowInfo | None
) -> Place:
    """Return the place; the same object for equal arguments, so that nobody hashes a schema a chunk."""
    return Place()
