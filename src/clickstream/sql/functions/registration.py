"""How a function is registered: a decorator next to what computes it.

    @scalar("lcase", "STRING input -> STRING", description="…")
    def lcase(text: str) -> str: ...

    @aggregate("TOPK", "INTEGER val1, INTEGER k -> ARRAY<INTEGER>", constants=1, description="…")
    def top_k(types: Sequence[SqlType], k: int) -> AggregateSteps: ...

Names are written as the real service's messages write them; they are looked up in upper case. The
decorators only leave `Variant`s on the function. `registry.py` lists the modules and collects them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeVar

from clickstream.sql.functions.signature_text import parse_signature
from clickstream.sql.functions.signatures import Signature
from clickstream.sql.types import SqlType

__all__ = ["AggregateSteps", "Kind", "Variant", "aggregate", "scalar", "table", "variants_of"]

Kind = Literal["scalar", "aggregate", "table"]
ResultType = Callable[[Sequence[SqlType]], SqlType]


@dataclass(frozen=True, slots=True)
class AggregateSteps:
    """What an aggregate does, for given parameter types; see `ResolvedAggregate`."""

    initial: Callable[[], Any]
    add: Callable[..., Any]
    merge: Callable[[Any, Any], Any]
    result: Callable[[Any], Any]
    undo: Callable[..., Any] | None = None
    shows_state: bool = False
    inline: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One signature of a function.

    `make` gives the callable (scalar, table) or the `AggregateSteps` for bound parameter types and,
    for aggregates, the values of the `constants` literal parameters that end the signature. `limit` is
    the property that bounds an aggregate's state; its value is one more argument of `make`.
    """

    title: str
    kind: Kind
    signature: Signature
    make: Callable[..., Any]
    description: str = ""
    category: str = "OTHER"
    deterministic: bool = True
    constants: int = 0
    limit: str | None = None

    @property
    def name(self) -> str:
        """The name it is called by."""
        return self.title.upper()


_VARIANTS = "__variants__"

F = TypeVar("F", bound=Callable[..., Any])


def variants_of(module: ModuleType) -> list[Variant]:
    """Return what the functions of `module` were registered as, in written order.

    Functions that a loop registers are found in a tuple at the module's top.
    """
    found: list[Variant] = []
    for item in vars(module).values():
        for function in item if isinstance(item, tuple) else (item,):
            if getattr(function, "__module__", None) == module.__name__:
                found.extend(getattr(function, _VARIANTS, []))
    return found


def _attach(function: Callable[..., Any], variants: Iterable[Variant]) -> None:
    known = getattr(function, _VARIANTS, [])
    setattr(function, _VARIANTS, [*variants, *known])


def _signature(text: str, returns: ResultType | None) -> Signature:
    parsed = parse_signature(text if returns is None else f"{text} -> ANY")
    return parsed if returns is None else Signature(parsed.parameters, returns)


def _null_in_null_out(call: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return `call` for `count` arguments, not called if one of them is NULL."""
    if count == 1:
        return lambda a: None if a is None else call(a)
    if count == 2:
        return lambda a, b: None if a is None or b is None else call(a, b)

    def strict(*values: Any) -> Any:
        for value in values:
            if value is None:
                return None
        return call(*values)

    return strict


def scalar(
    name: str,
    *signatures: str,
    returns: ResultType | None = None,
    nulls: bool = False,
    typed: bool = False,
    deterministic: bool = True,
    category: str = "OTHER",
    description: str = "",
) -> Callable[[F], F]:
    """Register the decorated function as the scalar `name`, once a signature.

    `returns` computes the result type from the parameters' (the signature then has no `-> …`).
    Without `nulls` a NULL argument makes the result NULL and the function is not called. With `typed`
    the decorated function takes the parameter types and returns the function of values.
    """

    def decorate(function: F) -> F:
        def make(types: Sequence[SqlType]) -> Callable[..., Any]:
            call: Callable[..., Any] = function(types) if typed else function
            return call if nulls or not types else _null_in_null_out(call, len(types))

        parsed = [_signature(text, returns) for text in signatures]
        _attach(
            function, [Variant(name, "scalar", s, make, description, category, deterministic) for s in parsed]
        )
        return function

    return decorate


def aggregate(
    name: str,
    *signatures: str,
    returns: ResultType | None = None,
    constants: int = 0,
    limit: str | None = None,
    description: str = "",
) -> Callable[[F], F]:
    """Register the decorated maker of `AggregateSteps` as the aggregate `name`.

    The maker takes the parameter types, then `constants` literal values: the last parameters of the
    signature. With `limit` it also takes the value of that property, None where it is not set.
    """

    def decorate(function: F) -> F:
        parsed = [_signature(text, returns) for text in signatures]
        _attach(
            function,
            [
                Variant(name, "aggregate", s, function, description, "AGGREGATE", True, constants, limit)
                for s in parsed
            ],
        )
        return function

    return decorate


def table(
    name: str, *signatures: str, returns: ResultType | None = None, description: str = ""
) -> Callable[[F], F]:
    """Register the decorated function, which returns the rows' values, as the table function `name`."""

    def decorate(function: F) -> F:
        parsed = [_signature(text, returns) for text in signatures]
        _attach(
            function,
            [Variant(name, "table", s, lambda _types: function, description, "TABLE") for s in parsed],
        )
        return function

    return decorate
