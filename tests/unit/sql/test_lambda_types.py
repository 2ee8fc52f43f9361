import pytest

from clickstream.sql.lambda_types import lambda_inputs
from clickstream.sql.types import BIGINT, INTEGER, STRING, ArrayType, MapType, SqlType


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("TRANSFORM", (ArrayType(INTEGER), None), (INTEGER,)),
        ("FILTER", (MapType(STRING, BIGINT), None), (STRING, BIGINT)),
        ("REDUCE", (ArrayType(INTEGER), BIGINT, None), (BIGINT, INTEGER)),
        ("REDUCE", (MapType(STRING, INTEGER), BIGINT, None), (BIGINT, STRING, INTEGER)),
        ("TRANSFORM", (INTEGER, None), ()),
    ],
)
def test_parameters(name: str, arguments: tuple[SqlType | None, ...], expected: tuple[SqlType, ...]) -> None:
    assert lambda_inputs(name, arguments) == expected
