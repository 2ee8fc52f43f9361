"""The functions there are, by name, and the choice of a variant by argument types.

`REGISTRY` holds everything built in. To add functions write a module with the decorators of
`registration.py` and list it in `MODULES` here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql.functions import tables
from clickstream.sql.functions.aggregates import counts, extremes, gathered, offsets, statistics, sums, top_k
from clickstream.sql.functions.registration import AggregateSteps, Kind, Variant, variants_of
from clickstream.sql.functions.resolved import ResolvedAggregate, ResolvedScalar, ResolvedTable
from clickstream.sql.functions.scalars import (
    arrays,
    dates,
    encodings,
    geo,
    json,
    lambdas,
    maps,
    masks,
    numbers,
    real_numbers,
    regex,
    strings,
    urls,
    values,
)
from clickstream.sql.functions.signatures import Match
from clickstream.sql.number_types import decimal_of_value
from clickstream.sql.types import BIGINT, BOOLEAN, DOUBLE, INTEGER, STRING, SqlType

__all__ = ["MODULES", "REGISTRY", "FunctionDescription", "FunctionRegistry"]

MODULES = (
    arrays,
    counts,
    dates,
    encodings,
    extremes,
    gathered,
    geo,
    json,
    lambdas,
    maps,
    masks,
    numbers,
    offsets,
    real_numbers,
    regex,
    statistics,
    strings,
    sums,
    tables,
    top_k,
    urls,
    values,
)


@dataclass(frozen=True, slots=True)
class FunctionDescription:
    """What DESCRIBE FUNCTION shows."""

    name: str
    kind: Kind
    description: str
    category: str
    variants: tuple[Variant, ...]


class FunctionRegistry:
    """Functions by upper-case name. A name is of one kind only."""

    def __init__(
        self, variants: Iterable[Variant] = (), properties: Mapping[str, object] | None = None
    ) -> None:
        self._variants: dict[str, list[Variant]] = {}
        self._properties = properties or {}
        for variant in variants:
            self.add(variant)

    def configured(self, properties: Mapping[str, object]) -> "FunctionRegistry":
        """Return these functions as they are under `properties`, such as `ksql.functions.….limit`."""
        own = {name: value for name, value in properties.items() if name.startswith("ksql.functions.")}
        if not own:
            return self
        return FunctionRegistry(
            (v for vs in self._variants.values() for v in vs), {**self._properties, **own}
        )

    def add(self, variant: Variant) -> None:
        """Add one signature of a function."""
        known = self._variants.setdefault(variant.name, [])
        if known and known[0].kind != variant.kind:
            raise ValueError(f"{variant.name} is already a {known[0].kind} function")
        known.append(variant)

    def kind(self, name: str) -> Kind | None:
        """Return what kind of function `name` is, or None if there is none."""
        variants = self._variants.get(name.upper())
        return variants[0].kind if variants else None

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._variants)

    def describe(self, name: str) -> FunctionDescription:
        """Return what is known of `name`.

        Raises: UnknownName.
        """
        variants = self._of(name)
        first = variants[0]
        return FunctionDescription(first.name, first.kind, first.description, first.category, tuple(variants))

    def scalar(self, name: str, args: Sequence[SqlType | None]) -> ResolvedScalar:
        """Return the scalar function `name` for arguments of types `args`.

        Raises: UnknownName; SqlError if no variant takes such arguments, or several do as well.
        """
        variant, match = self._choose(name, args, "scalar")
        returns = variant.signature.returns(match)
        call = variant.make(match.parameters)
        return ResolvedScalar(variant.name, match.parameters, returns, call, variant.deterministic)

    def table(self, name: str, args: Sequence[SqlType | None]) -> ResolvedTable:
        """Return the table function `name` for arguments of types `args`.

        Raises: UnknownName; SqlError if no variant takes such arguments, or several do as well.
        """
        variant, match = self._choose(name, args, "table")
        returns = variant.signature.returns(match)
        return ResolvedTable(variant.name, match.parameters, returns, variant.make(match.parameters))

    def aggregate(
        self, name: str, args: Sequence[SqlType | None], constants: Sequence[object] = ()
    ) -> ResolvedAggregate:
        """Return the aggregate `name` for aggregated arguments of types `args`.

        `constants` are the values of the literal arguments after them (the `n` of TOPK).

        Raises: UnknownName; SqlError if no variant takes such arguments, or several do as well.
        """
        if None in constants:
            raise SqlError(f"Parameter {len(args) + 1 + constants.index(None)} of {name} must not be NULL")
        types = (*args, *map(_type_of, constants))
        variant, match = self._choose(name, types, "aggregate", len(constants))
        parameters = match.parameters[: len(args)]
        limits = () if variant.limit is None else (self._limit(variant.limit),)
        steps: AggregateSteps = variant.make(parameters, *constants, *limits)
        return ResolvedAggregate(
            name=variant.name,
            parameters=parameters,
            returns=variant.signature.returns(match),
            initial=steps.initial,
            add=steps.add,
            merge=steps.merge,
            result=steps.result,
            undo=steps.undo,
            shows_state=steps.shows_state,
            inline=steps.inline,
            constants=tuple(constants),
        )

    def _limit(self, name: str) -> int | None:
        """Return the value of a property that bounds a state; a negative one is none."""
        value = self._properties.get(name)
        limit = int(str(value)) if value is not None else -1
        return limit if limit >= 0 else None

    def _of(self, name: str) -> list[Variant]:
        variants = self._variants.get(name.upper())
        if not variants:
            raise _unknown(name)
        return variants

    def _choose(
        self, name: str, args: Sequence[SqlType | None], kind: Kind, constants: int = 0
    ) -> tuple[Variant, Match]:
        """Return the variant that fits best: without casts if any does, else with them."""
        variants = [v for v in self._of(name) if v.kind == kind]
        if not variants:
            raise _unknown(name)
        for casts in (False, True):
            fitting = [
                (variant, match)
                for variant in variants
                if variant.constants == constants
                and (match := variant.signature.match(args, casts=casts)) is not None
            ]
            if fitting:
                return _best(args, fitting, variants)
        raise SqlError(_refusal("does not accept parameters", "Valid alternatives are:", args, variants))


def _unknown(name: str) -> UnknownName:
    return UnknownName(f"Can't find any functions with the name '{name}'", name=name)


def _best(
    args: Sequence[SqlType | None],
    fitting: Sequence[tuple[Variant, Match]],
    variants: Sequence[Variant],
) -> tuple[Variant, Match]:
    """Return the fit with the highest rank.

    Raises: SqlError if two share it.
    """
    first, *others = sorted(fitting, key=lambda fit: fit[0].signature.rank, reverse=True)
    if others and others[0][0].signature.rank == first[0].signature.rank:
        advice = (
            "Use CAST() to explicitly cast your parameters to one of the supported function calls.\n"
            "Valid function calls are:"
        )
        raise SqlError(
            _refusal("cannot be resolved due to ambiguous method parameters", advice, args, variants)
        )
    return first


def _refusal(why: str, advice: str, args: Sequence[SqlType | None], variants: Sequence[Variant]) -> str:
    title = variants[0].title
    given = ", ".join("null" if a is None else str(a).replace("`", "") for a in args)
    valid = "\n".join(f"{title}({v.signature})" for v in variants)
    return (
        f"Function '{title}' {why} ({given}).\n{advice}\n{valid}\n"
        "For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;"
    )


def _type_of(constant: object) -> SqlType | None:
    """Return the type of a literal's value."""
    match constant:
        case bool():
            return BOOLEAN
        case int():
            return INTEGER if -(1 << 31) <= constant < 1 << 31 else BIGINT
        case float():
            return DOUBLE
        case Decimal():
            return decimal_of_value(constant)
        case None:
            return None
    return STRING


REGISTRY = FunctionRegistry(variant for module in MODULES for variant in variants_of(module))
