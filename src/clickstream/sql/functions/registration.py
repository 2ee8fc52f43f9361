"""How a function is registered: a decorator next to what computes it.

    @scalar("LCASE", "STRING -> STRING", description="…")
    def lcase(text: str) -> str: ...

    @aggregate("COUNT", "-> BIGINT", "ANY -> BIGINT", description="…")
    def count(types: Sequence[SqlType]) -> AggregateSteps: ...

The decorators only leave `Variant`s on the function. `registry.py` lists the modules and collects them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeVar

from clickstream.sql.functions.signatures import Signature, parse_signature
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
    for aggregates, the constant arguments.
    """

    name: str
    kind: Kind
    signature: Signature
    make: Callable[..., Any]
    description: str = ""
    category: str = "OTHERS"
    deterministic: bool = True
    constants: int = 0


_VARIANTS = "__variants__"

F = TypeVar("F", bound=Callable[..., Any])


def variants_of(module: ModuleType) -> list[Variant]:
    """Return what the functions of `module` were registered as, in written order."""
    found: list[Variant] = []
    for item in vars(module).values():
        if getattr(item, "__module__", None) == module.__name__:
            found.extend(getattr(item, _VARIANTS, []))
    return found


def _attach(function: Callable[..., Any], variants: list[Variant]) -> None:
    known = getattr(function, _VARIANTS, [])
    setattr(function, _VARIANTS, [*known, *variants])


def _signature(text: str, returns: ResultType | None) -> Signature:
    parsed = parse_signature(text if returns is None else f"{text} -> ANY")
    return parsed if returns is None else Signature(parsed.parameters, returns)


def _null_in_null_out(call: Callable[..., Any]) -> Callable[..., Any]:
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
    category: str = "OTHERS",
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
            return call if nulls else _null_in_null_out(call)

        parsed = [_signature(text, returns) for text in signatures]
        _attach(
            function,
            [Variant(name, "scalar", s, make, description, category, deterministic) for s in parsed],
        )
        return function

    return decorate


def aggregate(
    name: str,
    *signatures: str,
    returns: ResultType | None = None,
    constants: int = 0,
    category: str = "AGGREGATE",
    description: str = "",
) -> Callable[[F], F]:
    """Register the decorated maker of `AggregateSteps` as the aggregate `name`.

    The maker takes the parameter types, then `constants` literal values.
    """

    def decorate(function: F) -> F:
        parsed = [_signature(text, returns) for text in signatures]
        _attach(
            function,
            [
                Variant(name, "aggregate", s, function, description, category, constants=constants)
                for s in parsed
            ],
        )
        return function

    return decorate


def table(
    name: str,
    *signatures: str,
    returns: ResultType | None = None,
    category: str = "TABLE",
    description: str = "",
) -> Callable[[F], F]:
    """Register the decorated function, which returns the rows' values, as the table function `name`."""

    def decorate(function: F) -> F:
        parsed = [_signature(text, returns) for text in signatures]
        _attach(
            function,
            [Variant(name, "table", s, lambda _types: function, description, category) for s in parsed],
        )
        return function

    return decorate
