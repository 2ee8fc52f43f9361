"""Whether a value may be stored in a column of another type, and what it becomes.

Numbers widen, texts become times; nothing is narrowed and nothing becomes text.
Source: ksqldb-common …/schema/ksql/DefaultSqlValueCoercer.java (STRICT).
"""

from decimal import Decimal
from typing import Any

from clickstream.core.errors import TypeMismatch
from clickstream.core.java_numbers import fit_decimal
from clickstream.sql.functions.casts import cast
from clickstream.sql.number_types import NUMBERS, to_decimal
from clickstream.sql.types import ArrayType, DecimalType, MapType, SqlType, StructType

__all__ = ["coerce_value"]

_TIMES = frozenset({"DATE", "TIME", "TIMESTAMP"})


def coerce_value(value: Any, source: SqlType | None, target: SqlType) -> Any:
    """Return `value` of type `source` as one of type `target`.

    Raises: TypeMismatch if that loses something or is not done.
    """
    if value is None or source is None or source == target:
        return value
    match source, target:
        case ArrayType(), ArrayType():
            return [coerce_value(v, source.item, target.item) for v in value]
        case MapType(), MapType():
            return {
                coerce_value(k, source.key, target.key): coerce_value(v, source.value, target.value)
                for k, v in value.items()
            }
        case StructType(), StructType():
            return _struct(value, source, target)
    if source.base in NUMBERS and target.base in NUMBERS:
        return _number(value, source, target)
    if source.base == "STRING" and target.base in _TIMES:
        return _time(value, source, target)
    raise TypeMismatch(f"{source} is no {target}")


def _time(text: str, source: SqlType, target: SqlType) -> int:
    convert = cast(source, target)
    try:
        return int(convert(text)) if convert is not None else int(text)
    except ValueError as error:
        raise TypeMismatch(str(error)) from None


def _struct(value: dict[str, Any], source: StructType, target: StructType) -> dict[str, Any]:
    unknown = [name for name, _ in source.fields if target.field(name) is None]
    if unknown:
        raise TypeMismatch(f"{target} has no field {unknown[0]}")
    return {name: coerce_value(value.get(name), source.field(name), type_) for name, type_ in target.fields}


def _number(value: Any, source: SqlType, target: SqlType) -> Any:
    if NUMBERS.index(source.base) > NUMBERS.index(target.base):
        raise TypeMismatch(f"{source} is wider than {target}")
    if isinstance(target, DecimalType):
        have = to_decimal(source)
        if have.scale > target.scale and source.base == "DECIMAL":
            raise TypeMismatch(f"{source} does not fit {target}")
        return _decimal(value, target)
    return float(value) if target.base == "DOUBLE" else value


def _decimal(value: Any, target: DecimalType) -> Decimal:
    try:
        return fit_decimal(Decimal(value), target.precision, target.scale)
    except ValueError as error:
        raise TypeMismatch(str(error)) from None
