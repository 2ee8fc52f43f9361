"""GEO_DISTANCE.

Source: ksqldb-engine …/function/udf/geo/GeoDistance.java.
"""

import math

from clickstream.sql.functions.registration import scalar
from clickstream.sql.functions.scalars.real_numbers import radians

__all__ = ["geo_distance"]

RADIUS_KM = 6371.0
RADIUS_MILES = 3959.0
"""The earth's radius as the real service has it; others differ by a thousandth."""

_RADII = {
    **dict.fromkeys(("mi", "mile", "miles"), RADIUS_MILES),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres", ""), RADIUS_KM),
}
_POINTS = "DOUBLE lat1, DOUBLE lon1, DOUBLE lat2, DOUBLE lon2"


@scalar(
    "geo_distance",
    f"{_POINTS} -> DOUBLE",
    f"{_POINTS}, STRING units -> DOUBLE",
    nulls=True,
    description="The great-circle distance of two points in degrees, in KM (the default) or MILES.",
)
def geo_distance(
    lat1: float | None, lon1: float | None, lat2: float | None, lon2: float | None, units: str | None = None
) -> float | None:
    """Return the distance by the haversine formula; NULL units are kilometres.

    Raises: ValueError for a point that is not on the earth or an unknown unit.
    """
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    if max(abs(lat1), abs(lat2)) > 90 or max(abs(lon1), abs(lon2)) > 180:
        raise ValueError("a latitude is between -90 and 90 degrees, a longitude between -180 and 180")
    radius = _RADII.get((units or "").strip().lower())
    if radius is None:
        raise ValueError(f"{units!r} is not a unit of distance; use MILES or KM")
    above, aside = radians(lat2 - lat1), radians(lon2 - lon1)
    squared = math.sin(above / 2) ** 2 + math.sin(aside / 2) ** 2 * math.cos(radians(lat1)) * math.cos(
        radians(lat2)
    )
    return 2 * math.asin(math.sqrt(squared)) * radius
