"""The functions there are, by name, and the choice of a variant by argument types.

`REGISTRY` holds everything built in. To add functions write a module with the decorators of
`registration.py` and list it in `MODULES` here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql.functions import core_aggregates, core_scalars, core_tables
from clickstream.sql.functions.registration import AggregateSteps, Kind, Variant, variants_of
from clickstream.sql.functions.resolved import ResolvedAggregate, ResolvedScalar, ResolvedTable
from clickstream.sql.functions.signatures import Match
from clickstream.sql.types import SqlType

__all__ = ["MODULES", "REGISTRY", "FunctionDescription", "FunctionRegistry"]

MODULES = (core_aggregates, core_scalars, core_tables)


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

    def __init__(self, variants: Iterable[Variant] = ()) -> None:
        self._variants: dict[str, list[Variant]] = {}
        for variant in variants:
            self.add(variant)

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

        Raises: UnknownName; SqlError if no variant takes such arguments.
        """
        variant, match = self._choose(name, args, "scalar")
        returns = variant.signature.returns(match)
        call = variant.make(match.parameters)
        return ResolvedScalar(variant.name, match.parameters, returns, call, variant.deterministic)

    def table(self, name: str, args: Sequence[SqlType | None]) -> ResolvedTable:
        """Return the table function `name` for arguments of types `args`.

        Raises: UnknownName; SqlError if no variant takes such arguments.
        """
        variant, match = self._choose(name, args, "table")
        returns = variant.signature.returns(match)
        return ResolvedTable(variant.name, match.parameters, returns, variant.make(match.parameters))

    def aggregate(
        self, name: str, args: Sequence[SqlType | None], constants: Sequence[object] = ()
    ) -> ResolvedAggregate:
        """Return the aggregate `name` for aggregated arguments of types `args`.

        `constants` are the values of the literal arguments after them (the `n` of TOPK).

        Raises: UnknownName; SqlError if no variant takes such arguments.
        """
        variant, match = self._choose(name, args, "aggregate", len(constants))
        steps: AggregateSteps = variant.make(match.parameters, *constants)
        return ResolvedAggregate(
            name=variant.name,
            parameters=match.parameters,
            returns=variant.signature.returns(match),
            initial=steps.initial,
            add=steps.add,
            merge=steps.merge,
            result=steps.result,
            undo=steps.undo,
            constants=tuple(constants),
            shows_state=steps.shows_state,
            inline=steps.inline,
        )

    def _of(self, name: str) -> list[Variant]:
        variants = self._variants.get(name.upper())
        if not variants:
            raise UnknownName(f"Can't find any functions with the name '{name}'", name=name)
        return variants

    def _choose(
        self, name: str, args: Sequence[SqlType | None], kind: Kind, constants: int = 0
    ) -> tuple[Variant, Match]:
        variants = [v for v in self._of(name) if v.kind == kind]
        best: tuple[Variant, Match] | None = None
        for variant in variants:
            if variant.constants != constants:
                continue
            match = variant.signature.match(args)
            if match is not None and (best is None or match.cost < best[1].cost):
                best = (variant, match)
        if best is None:
            raise SqlError(_refusal(name, args, self._of(name)))
        return best


def _refusal(name: str, args: Sequence[SqlType | None], variants: Sequence[Variant]) -> str:
    given = ", ".join("null" if a is None else str(a) for a in args)
    valid = "\n".join(f"{name}({v.signature})" for v in variants)
    return (
        f"Function '{name}' does not accept parameters ({given}).\n"
        f"Valid alternatives are:\n{valid}\n"
        "For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;"
    )


REGISTRY = FunctionRegistry(variant for module in MODULES for variant in variants_of(module))
