import math

import pytest

from tests.helpers.functions import Columns, call

NAN, INF = math.nan, math.inf
COLUMNS: Columns = {"NAN": ("DOUBLE", NAN), "INF": ("DOUBLE", INF), "N": ("DOUBLE", None)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PI()", 3.141592653589793),
        ("SQRT(16)", 4.0),
        ("SQRT(-1)", NAN),
        ("CBRT(-27)", -3.0),
        ("EXP(0)", 1.0),
        ("EXP(1000)", INF),
        ("LN(1)", 0.0),
        ("LN(0)", -INF),
        ("LN(-1)", NAN),
        ("LN(NAN)", NAN),
        ("LOG(13)", 2.5649493574615367),
        ("LOG(2, 8)", 3.0),
        ("LOG(10E0, 0E0)", -INF),
        ("LOG(1, 8)", NAN),
        ("LOG(0, 8)", NAN),
        ("LOG(-2, 8)", NAN),
        ("LOG(2, -8)", NAN),
        ("POWER(2, 10)", 1024.0),
        ("POWER(10E0, 400E0)", INF),
        ("POWER(-10E0, 401E0)", -INF),
        ("POWER(-8E0, 0.5E0)", NAN),
        ("POWER(0E0, -1E0)", INF),
        ("POWER(-0E0, -1E0)", -INF),
        ("POWER(1E0, INF)", NAN),
        ("POWER(NAN, 0E0)", 1.0),
        ("SIN(0)", 0.0),
        ("SIN(INF)", NAN),
        ("COS(0)", 1.0),
        ("TAN(0)", 0.0),
        ("COT(0)", INF),
        ("COT(1)", math.cos(1) / math.sin(1)),
        ("ASIN(2)", NAN),
        ("ACOS(1)", 0.0),
        ("ATAN(1)", math.pi / 4),
        ("ATAN2(1, 1)", math.pi / 4),
        ("ATAN2(1, 0E0)", math.pi / 2),
        ("SINH(1000)", INF),
        ("SINH(-1000)", -INF),
        ("COSH(-1000)", INF),
        ("TANH(1000)", 1.0),
        ("DEGREES(PI())", 180.0),
        ("RADIANS(180)", math.pi),
        ("SQRT(N)", None),
        ("POWER(2E0, N)", None),
        ("SQRT(6.25)", 2.5),
    ],
)
def test_values(text: str, value: float | None) -> None:
    found = call(text, COLUMNS)
    if value is not None and math.isnan(value):
        assert math.isnan(found)
    else:
        assert found == value
