"""Functions on values of any type: AS_VALUE, COALESCE, IFNULL, NULLIF.

Source: ksqldb-engine …/function/udf/AsValue.java, …/udf/nulls/*.java.
"""

from typing import Any

from clickstream.sql.functions.registration import scalar

__all__ = ["as_value", "coalesce", "if_null", "null_if"]

_CATEGORY = "CONDITIONAL"


@scalar(
    "AS_VALUE", "T keyColumn -> T", nulls=True, category="OTHER", description="Copies a key into the value."
)
def as_value(value: Any) -> Any:
    """Return the value itself."""
    return value


@scalar(
    "COALESCE",
    "T first, T... others -> T",
    nulls=True,
    category=_CATEGORY,
    description="The first argument that is not NULL.",
)
def coalesce(*values: Any) -> Any:
    """Return the first value that is not NULL."""
    return next((v for v in values if v is not None), None)


@scalar(
    "IFNULL",
    "T expression, T altValue -> T",
    nulls=True,
    category=_CATEGORY,
    description="The first argument, or the second where the first is NULL.",
)
def if_null(value: Any, otherwise: Any) -> Any:
    """Return `value`, or `otherwise` if it is NULL."""
    return otherwise if value is None else value


@scalar(
    "NULLIF",
    "T expr1, T expr2 -> T",
    nulls=True,
    category=_CATEGORY,
    description="NULL where both arguments are equal, else the first.",
)
def null_if(value: Any, unwanted: Any) -> Any:
    """Return `value`, or NULL if it equals `unwanted`."""
    return None if value == unwanted else value
