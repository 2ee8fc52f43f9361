"""Which aggregates keep a state that a flat format cannot hold between records.

Source: ksqldb-engine …/function/udaf/*.java — the intermediate types; the refusal is the real service's,
although nothing here is stored in the value's format.
"""

from collections.abc import Iterable

from clickstream.core.errors import SqlError

__all__ = ["check_states"]

_NESTED_STATE = frozenset(
    {
        "ATTR",
        "AVG",
        "COLLECT_LIST",
        "COLLECT_SET",
        "CORRELATION",
        "COUNT_DISTINCT",
        "EARLIEST_BY_OFFSET",
        "HISTOGRAM",
        "LATEST_BY_OFFSET",
        "STDDEV_SAMP",
        "STDDEV_SAMPLE",
        "TOPK",
        "TOPKDISTINCT",
    }
)
_FLAT_FORMATS = frozenset({"DELIMITED"})


def check_states(names: Iterable[str], value_format: str) -> None:
    """Check that the states of the aggregates `names` fit the source's value format.

    Raises: SqlError.
    """
    if value_format in _FLAT_FORMATS and _NESTED_STATE & set(names):
        raise SqlError(
            "One of the functions used in the statement has an intermediate type that the value format "
            "can not handle. Please remove the function or change the format."
        )
