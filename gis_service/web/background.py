"""The states as the ground of a map: simplified shapes, and where to write on them."""

from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select

from boundaries.vintage import sets_on
from layers.catalogue import LAYERS
from layers.places import BOUNDARY_SOURCE

# The tier drawn at zoom 5 and 6: about 0.02 degrees.
TIER = 1
DIGITS = 4  # about ten metres; the tier is far coarser


def states(db: Connection) -> bytes:
    """Return the states as GeoJSON, EPSG:4326."""
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"name": name, "name_hi": name_hi},
            "geometry": orjson.Fragment(geometry),
        }
        for code, name, name_hi, geometry in db.execute(_shapes(), _binds(db))
    ]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "attribution": BOUNDARY_SOURCE.attribution,
            "licence": BOUNDARY_SOURCE.licence,
            "features": features,
        }
    )


def points(db: Connection) -> dict[int, tuple[float, float]]:
    """Return latitude and longitude of a point inside each state, by LGD code."""
    return {
        code: (lat, lon) for code, lat, lon in db.execute(_points(), _binds(db)).all()
    }


@cache
def _shapes() -> Select[Any]:
    drawn = LAYERS["states"].tiles.subquery().c
    shape = func.ST_AsGeoJSON(func.ST_Transform(drawn.geom, 4326), DIGITS)
    return select(drawn.code, drawn.name, drawn.name_hi, shape)


@cache
def _points() -> Select[Any]:
    drawn = LAYERS["states"].tiles.subquery().c
    return select(drawn.code, drawn.lat, drawn.lon)


def _binds(db: Connection) -> dict[str, Any]:
    return {"state_set": sets_on(db, None).state, "tier": TIER}
