"""Reads the text of a signature; `signatures.py` says what stands in it."""

import re
from collections.abc import Iterator

from clickstream.sql.functions.lookup import INTERVAL_UNIT
from clickstream.sql.functions.signatures import (
    Collection,
    Exact,
    Lambda,
    Named,
    Parameter,
    Pattern,
    Signature,
)
from clickstream.sql.types import (
    BIGINT,
    BOOLEAN,
    BYTES,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIME,
    TIMESTAMP,
    SqlType,
)

__all__ = ["parse_signature"]

_TYPES: dict[str, SqlType] = {
    "BOOLEAN": BOOLEAN,
    "INTEGER": INTEGER,
    "BIGINT": BIGINT,
    "DOUBLE": DOUBLE,
    "STRING": STRING,
    "BYTES": BYTES,
    "DATE": DATE,
    "TIME": TIME,
    "TIMESTAMP": TIMESTAMP,
    "INTERVALUNIT": INTERVAL_UNIT,
}
_NAMED = ("ANY", "STRUCT", "DECIMAL")
_TOKEN = re.compile(r"\s*(\.\.\.|=>|->|[A-Z][A-Z0-9]*|[a-z][A-Za-z0-9]*|[<>(),])")


def parse_signature(text: str) -> Signature:
    """Return the signature that `text` writes.

    Raises: ValueError if the text is not a signature (a mistake in a registration).
    """
    reader = _Reader(text)
    parameters: list[Parameter] = []
    while not reader.accept("->"):
        if parameters:
            reader.expect(",")
        pattern = reader.pattern()
        parameters.append(Parameter(pattern, variadic=reader.accept("..."), name=reader.name()))
    result = reader.pattern()
    reader.expect("")
    return Signature(tuple(parameters), result)


class _Reader:
    """Reads one signature, left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [*_tokens(text.strip()), ""]
        self._at = 0

    def accept(self, token: str) -> bool:
        if self._tokens[self._at] != token:
            return False
        self._at += 1
        return True

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise ValueError(f"not a signature: {self._text!r}, expected {token!r}")

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def name(self) -> str:
        return self._next() if self._tokens[self._at][:1].islower() else ""

    def pattern(self) -> Pattern:
        if self.accept("("):
            return self._lambda()
        name = self._next()
        if name in ("ARRAY", "MAP"):
            self.expect("<")
            return Collection(name, self._patterns(">"))
        if name in _TYPES:
            return Exact(_TYPES[name])
        if name in _NAMED or (len(name) == 1 and name.isupper()):
            return Named(name)
        raise ValueError(f"not a signature: {self._text!r}, unknown type {name!r}")

    def _lambda(self) -> Pattern:
        inputs = self._patterns(")")
        self.expect("=>")
        return Lambda(inputs, self.pattern())

    def _patterns(self, end: str) -> tuple[Pattern, ...]:
        """Read patterns up to `end`."""
        items = [self.pattern()]
        while self.accept(","):
            items.append(self.pattern())
        self.expect(end)
        return tuple(items)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"not a signature: {text!r} at {at}")
        at = found.end()
        yield found[1]
