"""Whether points lie in the districts they are said to lie in."""

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from boundaries import snapshot
from boundaries.recent import Recent
from boundaries.shape import Shapes
from boundaries.tables import UNIT

_KEPT: Recent[dict[int, shapely.Geometry]] = Recent(4)


def district_shapes(db: Connection) -> dict[int, shapely.Geometry]:
    """Return the shapes of the newest districts (EPSG:4326), prepared, by code."""
    key = snapshot.key(db)
    return _KEPT.of(key, lambda: _read(db, key.sets.district))


def inside(
    db: Connection,
    codes: NDArray[np.int16],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    tolerance_deg: float = 0.0,
) -> NDArray[np.bool_]:
    """Return whether point i (degrees, EPSG:4326) lies in district ``codes[i]``.

    A point on the line is inside. False where a code is unknown or a coordinate is
    not a number. ``tolerance_deg`` also lets in points that near, in degrees.
    """
    shapes = district_shapes(db)
    answer = np.zeros(len(codes), dtype=np.bool_)
    order = np.argsort(codes, kind="stable")
    ends = np.flatnonzero(np.diff(np.asarray(codes)[order])) + 1
    for rows in np.split(order, ends):
        shape = shapes.get(int(codes[rows[0]])) if len(rows) else None
        if shape is not None:
            answer[rows] = _within(shape, lon[rows], lat[rows], tolerance_deg)
    return answer


def _within(
    shape: shapely.Geometry,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    tolerance_deg: float,
) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = shapely.intersects_xy(shape, lon, lat)
    if tolerance_deg > 0:
        missed = np.flatnonzero(~found & np.isfinite(lon) & np.isfinite(lat))
        points = shapely.points(lon[missed], lat[missed])
        found[missed] = shapely.dwithin(shape, points, tolerance_deg)
    return found


def _read(db: Connection, set_id: str) -> dict[int, shapely.Geometry]:
    columns = UNIT.c
    rows = db.execute(
        select(columns.code, func.ST_AsBinary(columns.geom).label("wkb")).where(
            columns.set_id == set_id
        )
    ).all()
    shapes: Shapes = shapely.from_wkb([bytes(row.wkb) for row in rows])
    shapely.prepare(shapes)
    # GEOS builds a prepared shape's index on its first use; do it before threads share.
    shapely.intersects(shapes, shapely.point_on_surface(shapes))
    return dict(zip((row.code for row in rows), shapes, strict=True))
