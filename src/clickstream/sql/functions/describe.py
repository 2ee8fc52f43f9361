"""What DESCRIBE FUNCTION and the reference in the documentation say of functions.

`describe` gives one function, `function_table` all of them, `as_markdown` the table as text.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clickstream.sql.functions.registration import Kind, Variant
from clickstream.sql.functions.registry import REGISTRY, FunctionRegistry
from clickstream.sql.functions.signatures import Exact, Named, Parameter, Pattern, Signature, substitute
from clickstream.sql.types import ArrayType, DecimalType, PrimitiveType, SqlType, StructType

__all__ = ["FunctionText", "ParameterText", "SignatureText", "as_markdown", "describe", "function_table"]


@dataclass(frozen=True, slots=True)
class ParameterText:
    """One parameter: `pos`, `INT`; a variadic one takes any number of arguments."""

    name: str
    type: str
    is_variadic: bool

    def __str__(self) -> str:
        return f"{self.type}{'...' if self.is_variadic else ''} {self.name}"


@dataclass(frozen=True, slots=True)
class SignatureText:
    """One way to call a function; `str()` is `SUBSTRING(VARCHAR str, INT pos) → VARCHAR`."""

    name: str
    parameters: tuple[ParameterText, ...]
    returns: str
    description: str

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))}) → {self.returns}"


@dataclass(frozen=True, slots=True)
class FunctionText:
    """One function and all ways to call it."""

    name: str
    kind: Kind
    category: str
    description: str
    signatures: tuple[SignatureText, ...]


def describe(name: str, registry: FunctionRegistry = REGISTRY) -> FunctionText:
    """Return what is known of the function `name`; COUNT(*) is not listed apart from COUNT(x).

    Raises: UnknownName.
    """
    about = registry.describe(name)
    with_arguments = [v for v in about.variants if v.signature.parameters]
    shown = with_arguments if about.kind == "aggregate" and with_arguments else about.variants
    signatures = tuple(_signature_text(variant) for variant in shown)
    return FunctionText(about.name, about.kind, about.category, shown[0].description, signatures)


def function_table(registry: FunctionRegistry = REGISTRY) -> list[FunctionText]:
    """Return what is known of every function, by kind and name."""
    kinds: tuple[Kind, ...] = ("scalar", "aggregate", "table")
    texts = [describe(name, registry) for name in registry.names()]
    return sorted(texts, key=lambda text: (kinds.index(text.kind), text.name))


def as_markdown(texts: Iterable[FunctionText]) -> str:
    """Return a table of functions: name, kind, ways to call it, what it does."""
    lines = ["| function | kind | signatures | what it does |", "| --- | --- | --- | --- |"]
    for text in texts:
        signatures = "<br>".join(f"`{signature}`" for signature in text.signatures)
        does = " ".join(dict.fromkeys(signature.description for signature in text.signatures))
        lines.append(f"| {text.name} | {text.kind} | {signatures} | {does} |")
    return "\n".join(lines) + "\n"


# --------------------------------------------------------------------------------- signatures


def _signature_text(variant: Variant) -> SignatureText:
    signature = variant.signature
    parameters = tuple(_parameter_text(p, n) for n, p in enumerate(signature.parameters, 1))
    return SignatureText(variant.name, parameters, _result_text(signature), variant.description)


def _parameter_text(parameter: Parameter, number: int) -> ParameterText:
    type_ = str(parameter.pattern)
    return ParameterText(parameter.name or f"val{number}", type_, parameter.variadic)


def _result_text(signature: Signature) -> str:
    """Return the result's type; where it depends on the arguments' types, without their digits."""
    if isinstance(signature.result, Pattern):
        return str(signature.result)
    return _type_text(signature.result([_sample(p.pattern) for p in signature.parameters]))


_ANY = PrimitiveType("ANY")
_DECIMAL = DecimalType(38, 10)


def _sample(pattern: Pattern) -> SqlType:
    """Return a type that fits `pattern`."""
    return _ANY if pattern == Named("ANY") else substitute(pattern, {"DECIMAL": _DECIMAL})


def _type_text(type_: SqlType) -> str:
    match type_:
        case DecimalType():
            return "DECIMAL"
        case ArrayType(item=item):
            return f"ARRAY<{_type_text(item)}>"
        case StructType(fields=fields):
            return f"STRUCT<{', '.join(f'{name} {_type_text(field)}' for name, field in fields)}>"
    return str(Exact(type_))
