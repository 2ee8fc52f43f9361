"""SQL types, and the Python values that stand for them.

| type | value |
| --- | --- |
| BOOLEAN | bool |
| INTEGER, BIGINT | int (32 and 64 bit range) |
| DOUBLE | float |
| DECIMAL(p, s) | decimal.Decimal with exponent -s |
| STRING | str |
| BYTES | bytes |
| DATE | int, days since 1970-01-01 |
| TIME | int, milliseconds of the day |
| TIMESTAMP | int, epoch milliseconds |
| ARRAY<t> | list |
| MAP<k, v> | dict |
| STRUCT<…> | dict, field name to value, in the type's order, every field present |

NULL is None for every type.
"""

from dataclasses import dataclass

__all__ = [
    "ARRAY_OF_STRING",
    "BIGINT",
    "BOOLEAN",
    "BYTES",
    "DATE",
    "DOUBLE",
    "INTEGER",
    "STRING",
    "TIME",
    "TIMESTAMP",
    "ArrayType",
    "DecimalType",
    "LambdaType",
    "MapType",
    "PrimitiveType",
    "SqlType",
    "StructType",
]


@dataclass(frozen=True, slots=True)
class SqlType:
    """Base of all types. `str(t)` is ksqlDB's text for it: `DECIMAL(4, 2)`, `ARRAY<STRING>`."""

    @property
    def base(self) -> str:
        """The name without parameters, such as `INTEGER` or `DECIMAL`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class PrimitiveType(SqlType):
    """A type without parameters."""

    name: str

    @property
    def base(self) -> str:
        """The type's name."""
        return self.name

    def __str__(self) -> str:
        return self.name


BOOLEAN = PrimitiveType("BOOLEAN")
INTEGER = PrimitiveType("INTEGER")
BIGINT = PrimitiveType("BIGINT")
DOUBLE = PrimitiveType("DOUBLE")
STRING = PrimitiveType("STRING")
BYTES = PrimitiveType("BYTES")
DATE = PrimitiveType("DATE")
TIME = PrimitiveType("TIME")
TIMESTAMP = PrimitiveType("TIMESTAMP")


@dataclass(frozen=True, slots=True)
class DecimalType(SqlType):
    """An exact number of `precision` digits, `scale` of them after the point."""

    precision: int
    scale: int

    @property
    def base(self) -> str:
        """`DECIMAL`."""
        return "DECIMAL"

    def __str__(self) -> str:
        return f"DECIMAL({self.precision}, {self.scale})"


@dataclass(frozen=True, slots=True)
class ArrayType(SqlType):
    """A list of `item`s."""

    item: SqlType

    @property
    def base(self) -> str:
        """`ARRAY`."""
        return "ARRAY"

    def __str__(self) -> str:
        return f"ARRAY<{self.item}>"


@dataclass(frozen=True, slots=True)
class MapType(SqlType):
    """A map from `key` to `value`."""

    key: SqlType
    value: SqlType

    @property
    def base(self) -> str:
        """`MAP`."""
        return "MAP"

    def __str__(self) -> str:
        return f"MAP<{self.key}, {self.value}>"


@dataclass(frozen=True, slots=True)
class StructType(SqlType):
    """Named fields, in order."""

    fields: tuple[tuple[str, SqlType], ...]

    @property
    def base(self) -> str:
        """`STRUCT`."""
        return "STRUCT"

    def field(self, name: str) -> SqlType | None:
        """Return the type of field `name`, or None."""
        return next((t for n, t in self.fields if n == name), None)

    def __str__(self) -> str:
        inner = ", ".join(f"`{name}` {type_}" for name, type_ in self.fields)
        return f"STRUCT<{inner}>"


@dataclass(frozen=True, slots=True)
class LambdaType(SqlType):
    """The type of a lambda argument; only functions' parameters have it."""

    inputs: tuple[SqlType, ...]
    result: SqlType | None

    @property
    def base(self) -> str:
        """`LAMBDA`."""
        return "LAMBDA"

    def __str__(self) -> str:
        inner = ", ".join(str(t) for t in self.inputs)
        return f"LAMBDA ({inner}) => {self.result}"


ARRAY_OF_STRING = ArrayType(STRING)
