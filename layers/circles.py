"""Great circles between points, and numbers for pairs of units, as maps draw them."""

from typing import Any

from sqlalchemy import ColumnElement, func

# A great circle drawn with a point every 100 km is off by less than 200 m.
STEP_M = 100_000
# An id per pair that fits a JavaScript number; codes are smaller than this.
ID_BASE = 65_536
_DEGREES = 4326


def great_circle(
    a: ColumnElement[Any], b: ColumnElement[Any], *, srid: int = _DEGREES
) -> ColumnElement[Any]:
    """Return the line from a point to another, both EPSG:4326, in a projection."""
    straight = func.geography(func.ST_MakeLine(a, b))
    line = func.geometry(func.ST_Segmentize(straight, STEP_M))
    return line if srid == _DEGREES else func.ST_Transform(line, srid)
