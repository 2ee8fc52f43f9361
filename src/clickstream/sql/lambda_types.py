"""Types of a lambda's parameters, which follow from the collection it runs over."""

from collections.abc import Sequence

from clickstream.sql.types import ArrayType, MapType, SqlType

__all__ = ["lambda_inputs"]


def lambda_inputs(name: str, arguments: Sequence[SqlType | None]) -> tuple[SqlType | None, ...]:
    """Return the types of the parameters of the lambdas given to function `name`.

    Shape:  `arguments` — types of the arguments, anything at the places of lambdas.
    Source: ksqlDB's TRANSFORM, FILTER and REDUCE; REDUCE has its state as first parameter.
    """
    collection = arguments[0] if arguments else None
    match collection:
        case ArrayType(item=item):
            elements: tuple[SqlType | None, ...] = (item,)
        case MapType(key=key, value=value):
            elements = (key, value)
        case _:
            return ()
    if name == "REDUCE" and len(arguments) > 1:
        return (arguments[1], *elements)
    return elements
