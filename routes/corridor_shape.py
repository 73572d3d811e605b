"""The coarse shape of a sequence of states."""

from collections.abc import Iterable
from typing import Any

import shapely
from sqlalchemy import Connection, func, select

from boundaries.tables import UNIT
from boundaries.version import versions
from boundaries.vintage import active_set
from routes.contact import Shapes
from routes.kept import Kept

# Corridors are drawn on maps of the whole country: 0.2 degrees (20 km) and no part
# below 0.05 square degrees (600 km²) but the largest of a state, so that a corridor
# is a few kilobytes.
COARSE_DEG = 0.2
LEAST_DEG2 = 0.05

_states: Kept[dict[int, shapely.Geometry]] = Kept()


def corridor_wkb(db: Connection, corridors: Iterable[tuple[int, ...]]) -> list[bytes]:
    """Return the union of each sequence's states, MULTIPOLYGON in 4326, as EWKB."""
    states = _coarse(db)
    united: dict[frozenset[int], bytes] = {}
    found = []
    for corridor in corridors:
        key = frozenset(corridor)
        if key not in united:
            united[key] = _union([states[code] for code in sorted(key)])
        found.append(united[key])
    return found


def _union(shapes: list[shapely.Geometry]) -> bytes:
    whole = shapely.multipolygons(shapely.get_parts(shapely.coverage_union_all(shapes)))
    wkb: bytes = shapely.to_wkb(shapely.set_srid(whole, 4326), include_srid=True)
    return wkb


def _coarse(db: Connection) -> dict[int, shapely.Geometry]:
    set_id = active_set(db, "state")
    key = (str(db.engine.url), versions(db)["boundaries"], set_id)
    return _states.of(key, lambda: _read(db, set_id))


def _read(db: Connection, set_id: str) -> dict[int, shapely.Geometry]:
    rows = db.execute(
        select(UNIT.c.code, func.ST_AsBinary(UNIT.c.geom))
        .where(UNIT.c.set_id == set_id, UNIT.c.level == "state")
        .order_by(UNIT.c.code)
    ).all()
    shapes: Shapes = shapely.from_wkb([bytes(shape) for _, shape in rows])
    coarse = shapely.coverage_simplify(shapes, COARSE_DEG)
    return {row[0]: _largest(shape) for row, shape in zip(rows, coarse, strict=True)}


def _largest(shape: Any) -> shapely.Geometry:  # noqa: ANN401 - shapely has no types
    """Return the parts that can be seen on a map of the country."""
    parts = shapely.get_parts(shape)
    area = shapely.area(parts)
    return shapely.multipolygons(parts[area >= min(area.max(), LEAST_DEG2)])
