"""Signatures of functions: `ARRAY<T> array, T value -> BOOLEAN` as text, matched against argument types.

A parameter is a type or a pattern, then its name in lower case (which may be left out):

| text | matches |
| --- | --- |
| `INTEGER`, `STRING`, … | that type; with casts, one that widens to it |
| `DECIMAL` | a decimal of any precision; as the result, the one that was bound |
| `T`, `K`, `V`, … (one letter) | any type, exactly the same at every place |
| `ANY` | any type, each place on its own |
| `STRUCT` | any struct |
| `ARRAY<p>`, `MAP<p, q>` | collections of patterns |
| `(T, U) => V` | a lambda |
| `p...` | any number of `p` (one place of a signature at most) |

The registry owns what a signature is attached to; `signature_text.py` reads the text. This module knows
only types.
Source: ksqldb-common …/function/UdfIndex.java, GenericsUtil.java, types/ParamTypes.java (what matches
what, and which of several signatures is taken).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clickstream.sql.number_types import NUMBERS, is_number, to_decimal, widen
from clickstream.sql.types import INTEGER, STRING, ArrayType, LambdaType, MapType, SqlType, StructType

__all__ = ["Bindings", "Collection", "Exact", "Lambda", "Match", "Named", "Parameter", "Pattern", "Signature"]

Bindings = dict[str, SqlType]
Rank = tuple[int, int, int, int, int]


# --------------------------------------------------------------------------------- patterns


@dataclass(frozen=True, slots=True)
class Pattern:
    """Base of parameter patterns; `str()` is how DESCRIBE FUNCTION shows it."""

    def is_generic(self) -> bool:
        """Return whether a type variable is part of the pattern."""
        return False


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

    def is_generic(self) -> bool:
        """Return whether this is a type variable."""
        return len(self.name) == 1

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Collection(Pattern):
    """`ARRAY<items[0]>` or `MAP<items[0], items[1]>`."""

    name: str
    items: tuple[Pattern, ...]

    def is_generic(self) -> bool:
        """Return whether an item is generic."""
        return any(item.is_generic() for item in self.items)

    def __str__(self) -> str:
        return f"{self.name}<{', '.join(map(str, self.items))}>"


@dataclass(frozen=True, slots=True)
class Lambda(Pattern):
    """A lambda from `inputs` to `result`."""

    inputs: tuple[Pattern, ...]
    result: Pattern

    def is_generic(self) -> bool:
        """Return whether a parameter or the result is generic."""
        return any(item.is_generic() for item in (*self.inputs, self.result))

    def __str__(self) -> str:
        return f"LAMBDA ({', '.join(map(str, self.inputs))}) => {self.result}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `variadic` takes any number of arguments. `name` may be empty."""

    pattern: Pattern
    variadic: bool = False
    name: str = ""

    def __str__(self) -> str:
        dots = "..." if self.variadic else ""
        return f"{self.pattern}{dots} {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Match:
    """How a signature fits: `parameters` has one type an argument."""

    parameters: tuple[SqlType, ...]
    bindings: Bindings


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters, and the result as a pattern or a function of the bound parameter types."""

    parameters: tuple[Parameter, ...]
    result: Pattern | Callable[[Sequence[SqlType]], SqlType]

    @property
    def rank(self) -> Rank:
        """What decides between signatures that both fit: the greater one is taken."""
        variadic = next((i for i, p in enumerate(self.parameters) if p.variadic), -1)
        is_any = any(p.variadic and p.pattern == Named("ANY") for p in self.parameters)
        generics = sum(p.pattern.is_generic() for p in self.parameters) + is_any
        return (int(variadic < 0), len(self.parameters), -generics, int(not is_any), variadic)

    def match(self, arguments: Sequence[SqlType | None], *, casts: bool = False) -> Match | None:
        """Return how `arguments` fit, or None. None among them is an untyped NULL, which always fits.

        With `casts` a number may be given where a wider one is wanted, text where a date or time is.
        """
        patterns = self._spread(len(arguments))
        if patterns is None:
            return None
        bound: Bindings = {}
        pairs = list(zip(patterns, arguments, strict=True))
        if not all(_fits(pattern, argument, bound, casts) for pattern, argument in pairs):
            return None
        return Match(tuple(_argument_type(p, a, bound) for p, a in pairs), bound)

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

_FROM_TEXT = frozenset({"TIME", "DATE", "TIMESTAMP", "BYTES"})


def _fits(pattern: Pattern, argument: SqlType | None, bound: Bindings, casts: bool) -> bool:
    """Return whether `argument` can be given to `pattern`; binds variables."""
    if argument is None:
        return True
    match pattern:
        case Exact(type=wanted):
            return argument == wanted or (casts and _widens(argument.base, wanted.base))
        case Named(name=name):
            return _fits_named(name, argument, bound, casts)
        case Collection(name=name, items=items):
            given = _items(name, argument)
            return given is not None and all(
                _fits(i, a, bound, casts) for i, a in zip(items, given, strict=True)
            )
        case Lambda() if isinstance(argument, LambdaType):
            return _fits_lambda(pattern, argument, bound)
    return False


def _widens(have: str, want: str) -> bool:
    """Return whether a value of base type `have` is cast to `want` without being asked to."""
    if have in NUMBERS and want in NUMBERS:
        return NUMBERS.index(have) <= NUMBERS.index(want)
    return have == "STRING" and want in _FROM_TEXT


def _fits_named(name: str, argument: SqlType, bound: Bindings, casts: bool) -> bool:
    if name == "ANY":
        return True
    if name == "STRUCT":
        bound.setdefault(name, argument)
        return isinstance(argument, StructType)
    if name == "DECIMAL":
        return _fits_decimal(argument, bound, casts)
    return bound.setdefault(name, argument) == argument


def _fits_decimal(argument: SqlType, bound: Bindings, casts: bool) -> bool:
    if argument.base != "DECIMAL" and not (casts and _widens(argument.base, "DECIMAL")):
        return False
    if not is_number(argument):
        return False
    decimal = to_decimal(argument)
    bound["DECIMAL"] = widen(bound.get("DECIMAL", decimal), decimal)
    return True


def _items(name: str, argument: SqlType) -> tuple[SqlType, ...] | None:
    if isinstance(argument, ArrayType) and name == "ARRAY":
        return (argument.item,)
    if isinstance(argument, MapType) and name == "MAP":
        return (argument.key, argument.value)
    return None


def _fits_lambda(pattern: Lambda, argument: LambdaType, bound: Bindings) -> bool:
    if len(pattern.inputs) != len(argument.inputs):
        return False
    return argument.result is None or _fits(pattern.result, argument.result, bound, casts=False)


def _argument_type(pattern: Pattern, argument: SqlType | None, bound: Bindings) -> SqlType:
    """Return the type the argument is cast to before the call; decimals stay as they are."""
    if isinstance(pattern, Named) and argument is not None and len(pattern.name) > 1:
        return to_decimal(argument) if pattern.name == "DECIMAL" else argument
    return substitute(pattern, bound)


def substitute(pattern: Pattern, bound: Bindings) -> SqlType:
    """Return the type that `pattern` is under `bound`; an unbound variable is STRING."""
    match pattern:
        case Exact(type=type_):
            return type_
        case Named(name=name):
            return bound.get(name, STRING)
        case Collection(name="ARRAY", items=(item,)):
            return ArrayType(substitute(item, bound))
        case Collection(items=(key, value)):
            return MapType(substitute(key, bound), substitute(value, bound))
        case Lambda(inputs=inputs, result=result):
            return LambdaType(tuple(substitute(i, bound) for i in inputs), substitute(result, bound))
    raise TypeError(f"not a pattern: {pattern!r}")
