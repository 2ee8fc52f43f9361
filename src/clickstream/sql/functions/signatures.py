"""Signatures of functions: `ARRAY<T>, T -> BOOLEAN` as text, matched against argument types.

A parameter is a type or a pattern:

| text | matches |
| --- | --- |
| `INTEGER`, `STRING`, … | that type; a smaller number where the language widens it |
| `DECIMAL` | a decimal of any precision; as the result, the one that was bound |
| `T`, `K`, `V`, … (one letter) | any type, the same at every place |
| `ANY` | any type, each place on its own |
| `STRUCT` | any struct |
| `ARRAY<p>`, `MAP<p, q>` | collections of patterns |
| `(T, U) => V` | a lambda |
| `p...` | any number of `p` (one place of a signature at most) |

The registry owns what a signature is attached to; this module knows only types.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clickstream.sql.functions.lookup import INTERVAL_UNIT
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
    ArrayType,
    DecimalType,
    LambdaType,
    MapType,
    SqlType,
    StructType,
)

__all__ = ["Bindings", "Match", "Parameter", "Signature", "parse_signature"]

Bindings = dict[str, SqlType]

_PRIMITIVES: dict[str, SqlType] = {
    "BOOLEAN": BOOLEAN,
    "INTEGER": INTEGER,
    "INT": INTEGER,
    "BIGINT": BIGINT,
    "DOUBLE": DOUBLE,
    "STRING": STRING,
    "BYTES": BYTES,
    "DATE": DATE,
    "TIME": TIME,
    "TIMESTAMP": TIMESTAMP,
    "INTERVALUNIT": INTERVAL_UNIT,
}
_TOKEN = re.compile(r"\s*(\.\.\.|=>|->|[A-Z_][A-Z_0-9]*|[<>(),])")


# --------------------------------------------------------------------------------- patterns


@dataclass(frozen=True, slots=True)
class Pattern:
    """Base of parameter patterns; `str()` is how DESCRIBE FUNCTION shows it."""


@dataclass(frozen=True, slots=True)
class Exact(Pattern):
    """One concrete type."""

    type: SqlType

    def __str__(self) -> str:
        return "VARCHAR" if self.type == STRING else "INT" if self.type == INTEGER else str(self.type)


@dataclass(frozen=True, slots=True)
class Named(Pattern):
    """A type variable, `DECIMAL`, `STRUCT` or `ANY`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Collection(Pattern):
    """`ARRAY<items[0]>` or `MAP<items[0], items[1]>`."""

    name: str
    items: tuple[Pattern, ...]

    def __str__(self) -> str:
        return f"{self.name}<{', '.join(map(str, self.items))}>"


@dataclass(frozen=True, slots=True)
class Lambda(Pattern):
    """A lambda from `inputs` to `result`."""

    inputs: tuple[Pattern, ...]
    result: Pattern

    def __str__(self) -> str:
        return f"LAMBDA ({', '.join(map(str, self.inputs))}) => {self.result}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `variadic` takes any number of arguments."""

    pattern: Pattern
    variadic: bool = False

    def __str__(self) -> str:
        return f"{self.pattern}[]" if self.variadic else str(self.pattern)


@dataclass(frozen=True, slots=True)
class Match:
    """How a signature fits: the lower `cost` the better; `parameters` has one type an argument."""

    cost: int
    parameters: tuple[SqlType, ...]
    bindings: Bindings


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters, and the result as a pattern or a function of the bound parameter types."""

    parameters: tuple[Parameter, ...]
    result: Pattern | Callable[[Sequence[SqlType]], SqlType]

    def match(self, arguments: Sequence[SqlType | None]) -> Match | None:
        """Return how `arguments` fit, or None. None among them is an untyped NULL."""
        patterns = self._spread(len(arguments))
        if patterns is None:
            return None
        bindings: Bindings = {}
        cost = 1 if any(p.variadic for p in self.parameters) else 0
        for pattern, argument in zip(patterns, arguments, strict=True):
            step = _fit(pattern, argument, bindings)
            if step is None:
                return None
            cost += step
        types = tuple(
            _argument_type(pattern, argument, bindings)
            for pattern, argument in zip(patterns, arguments, strict=True)
        )
        return Match(cost, types, bindings)

    def returns(self, match: Match) -> SqlType:
        """Return the type of a call that fits by `match`."""
        if isinstance(self.result, Pattern):
            return substitute(self.result, match.bindings)
        return self.result(match.parameters)

    def _spread(self, count: int) -> list[Pattern] | None:
        """Repeat the variadic parameter so that there is one pattern an argument."""
        fixed = [p for p in self.parameters if not p.variadic]
        if len(fixed) == len(self.parameters):
            return [p.pattern for p in fixed] if len(fixed) == count else None
        if count < len(fixed):
            return None
        extra = count - len(fixed)
        return [p.pattern for p in self.parameters for _ in range(extra if p.variadic else 1)]

    def __str__(self) -> str:
        return ", ".join(map(str, self.parameters))


# --------------------------------------------------------------------------------- matching

_WIDTH = {"INTEGER": 0, "BIGINT": 1, "DECIMAL": 2, "DOUBLE": 3}
_CAST_COST = 10
_INTEGER_DIGITS = {"INTEGER": 10, "BIGINT": 19}


def _fit(pattern: Pattern, argument: SqlType | None, bound: Bindings) -> int | None:
    """Return the cost of giving `argument` to `pattern`, binding variables, or None."""
    if argument is None:
        return 0 if not isinstance(pattern, Lambda) else None
    if isinstance(pattern, Exact):
        return _widening(argument, pattern.type)
    if isinstance(pattern, Named):
        return _fit_named(pattern.name, argument, bound)
    if isinstance(pattern, Collection):
        return _fit_collection(pattern, argument, bound)
    if isinstance(pattern, Lambda) and isinstance(argument, LambdaType):
        return _fit_lambda(pattern, argument, bound)
    return None


def _widening(argument: SqlType, wanted: SqlType) -> int | None:
    if argument == wanted:
        return 0
    have, want = _WIDTH.get(argument.base), _WIDTH.get(wanted.base)
    if have is None or want is None or have >= want:
        return None
    return _CAST_COST * (want - have)


def _fit_named(name: str, argument: SqlType, bound: Bindings) -> int | None:
    if name == "ANY":
        return 3
    if name == "STRUCT":
        if not isinstance(argument, StructType):
            return None
        bound.setdefault(name, argument)
        return 1
    if name == "DECIMAL":
        return _fit_decimal(argument, bound)
    have = bound.get(name)
    if have is None:
        bound[name] = argument
        return 2
    if have == argument:
        return 2
    wider = _wider(have, argument)
    if wider is None:
        return None
    bound[name] = wider
    return 2 + _CAST_COST


def _fit_decimal(argument: SqlType, bound: Bindings) -> int | None:
    digits = _INTEGER_DIGITS.get(argument.base)
    decimal = argument if isinstance(argument, DecimalType) else DecimalType(digits, 0) if digits else None
    if decimal is None:
        return None
    have = bound.get("DECIMAL")
    bound["DECIMAL"] = decimal if not isinstance(have, DecimalType) else _wider_decimal(have, decimal)
    return 0 if digits is None else _CAST_COST * (_WIDTH["DECIMAL"] - _WIDTH[argument.base])


def _fit_collection(pattern: Collection, argument: SqlType, bound: Bindings) -> int | None:
    if isinstance(argument, ArrayType) and pattern.name == "ARRAY":
        return _fit(pattern.items[0], argument.item, bound)
    if isinstance(argument, MapType) and pattern.name == "MAP":
        costs = [_fit(pattern.items[0], argument.key, bound), _fit(pattern.items[1], argument.value, bound)]
        return None if None in costs else sum(c for c in costs if c is not None)
    return None


def _fit_lambda(pattern: Lambda, argument: LambdaType, bound: Bindings) -> int | None:
    if len(pattern.inputs) != len(argument.inputs):
        return None
    if argument.result is None:
        return 0
    return _fit(pattern.result, argument.result, bound)


def _wider(a: SqlType, b: SqlType) -> SqlType | None:
    if isinstance(a, DecimalType) and isinstance(b, DecimalType):
        return _wider_decimal(a, b)
    have, want = _WIDTH.get(a.base), _WIDTH.get(b.base)
    if have is None or want is None:
        return None
    return a if have >= want else b


def _wider_decimal(a: DecimalType, b: DecimalType) -> DecimalType:
    scale = max(a.scale, b.scale)
    return DecimalType(max(a.precision - a.scale, b.precision - b.scale) + scale, scale)


def _argument_type(pattern: Pattern, argument: SqlType | None, bound: Bindings) -> SqlType:
    """Return the type the argument is cast to before the call."""
    if isinstance(pattern, Named) and pattern.name in ("ANY", "STRUCT") and argument is not None:
        return argument
    return substitute(pattern, bound)


def substitute(pattern: Pattern, bound: Bindings) -> SqlType:
    """Return the type that `pattern` is under `bound`; an unbound variable is STRING."""
    if isinstance(pattern, Exact):
        return pattern.type
    if isinstance(pattern, Named):
        return bound.get(pattern.name, STRING)
    if isinstance(pattern, Collection):
        items = [substitute(item, bound) for item in pattern.items]
        return ArrayType(items[0]) if pattern.name == "ARRAY" else MapType(items[0], items[1])
    if isinstance(pattern, Lambda):
        inputs = tuple(substitute(item, bound) for item in pattern.inputs)
        return LambdaType(inputs, substitute(pattern.result, bound))
    raise TypeError(f"not a pattern: {pattern!r}")


# --------------------------------------------------------------------------------- parsing


def parse_signature(text: str) -> Signature:
    """Return the signature that `text` writes; see the module's table.

    Raises: ValueError if the text is not a signature (a mistake in a registration).
    """
    reader = _Reader(text)
    parameters: list[Parameter] = []
    while not reader.accept("->"):
        if parameters:
            reader.expect(",")
        pattern = reader.pattern()
        parameters.append(Parameter(pattern, variadic=reader.accept("...")))
    result = reader.pattern()
    reader.expect("")
    return Signature(tuple(parameters), result)


class _Reader:
    """Reads one signature, left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [*self._split(text), ""]
        self._at = 0

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        at = 0
        text = text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise ValueError(f"not a signature: {text!r} at {at}")
            at = found.end()
            yield found[1]

    def accept(self, token: str) -> bool:
        if self._tokens[self._at] != token:
            return False
        self._at += 1
        return True

    def expect(self, token: str) -> None:
        if self._tokens[self._at] != token:
            raise ValueError(f"not a signature: {self._text!r}, expected {token!r}")
        self._at += 1

    def pattern(self) -> Pattern:
        if self.accept("("):
            return self._lambda()
        name = self._tokens[self._at]
        self._at += 1
        if name in ("ARRAY", "MAP"):
            self.expect("<")
            items = [self.pattern()]
            while self.accept(","):
                items.append(self.pattern())
            self.expect(">")
            return Collection(name, tuple(items))
        if name in _PRIMITIVES:
            return Exact(_PRIMITIVES[name])
        if name in ("ANY", "STRUCT", "DECIMAL") or len(name) == 1:
            return Named(name)
        raise ValueError(f"not a signature: {self._text!r}, unknown type {name!r}")

    def _lambda(self) -> Pattern:
        inputs = [self.pattern()]
        while self.accept(","):
            inputs.append(self.pattern())
        self.expect(")")
        self.expect("=>")
        return Lambda(tuple(inputs), self.pattern())
