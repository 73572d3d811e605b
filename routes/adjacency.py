"""The contacts of a boundary set's districts, computed once and kept in a table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import ColumnElement, Connection, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from boundaries.tables import UNIT
from routes.contact import Contacts, Ints, Shapes, touching
from routes.earth import Points
from routes.sea import sea_links
from routes.tables import ADJACENCY


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The districts of a set, sorted by LGD code, as aligned arrays.

    Attributes:
        codes: LGD district codes.
        states: LGD state code of each.
        points: inner point (lon, lat) of each.
    """

    codes: Ints
    states: Ints
    points: Points


def places(db: Connection, set_id: str) -> tuple[Places, Contacts]:
    """Return the districts of a set and their contacts.

    Contacts that are not stored yet are computed (0.7 s for 734 districts) and, where
    the login may, stored; ``fill`` does that ahead of the first request.
    """
    unit = _places(db, set_id)
    stored = _stored(db, set_id, unit.codes)
    if stored is not None:
        return unit, stored
    computed = contacts(shapes_of(db, set_id), unit)
    if _may_store(db):
        _store(db, set_id, codes=unit.codes, found=computed)
    return unit, computed


def fill(db: Connection, set_id: str) -> int:
    """Compute and store the contacts of a set anew; return how many there are."""
    unit = _places(db, set_id)
    computed = contacts(shapes_of(db, set_id), unit)
    db.execute(delete(ADJACENCY).where(ADJACENCY.c.set_id == set_id))
    _store(db, set_id, codes=unit.codes, found=computed)
    return len(computed.a)


def contacts(shapes: Shapes, unit: Places) -> Contacts:
    """Return every contact by land and by sea, sorted by pair (pure)."""
    land = touching(shapes, unit.points)
    sea = sea_links(shapes, unit.points, states=unit.states, land=land)
    a, b = np.append(land.a, sea.a), np.append(land.b, sea.b)
    order = np.lexsort((b, a))
    return Contacts(
        a=a[order],
        b=b[order],
        border_km=np.append(land.border_km, sea.border_km)[order],
        km=np.append(land.km, sea.km)[order],
        crossing=np.vstack([land.crossing, sea.crossing])[order],
        by_sea=np.append(land.by_sea, sea.by_sea)[order],
    )


def _districts(set_id: str, *columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .where(UNIT.c.set_id == set_id, UNIT.c.level == "district")
        .order_by(UNIT.c.code)
    )


def _places(db: Connection, set_id: str) -> Places:
    lon, lat = func.ST_X(UNIT.c.inner_point), func.ST_Y(UNIT.c.inner_point)
    rows = db.execute(_districts(set_id, UNIT.c.code, UNIT.c.state_code, lon, lat))
    table = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 4)
    codes, states = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    return Places(codes, states, table[:, 2:])


def shapes_of(db: Connection, set_id: str) -> Shapes:
    """Return the districts' polygons (EPSG:4326), sorted by LGD code."""
    rows = db.scalars(_districts(set_id, func.ST_AsBinary(UNIT.c.geom)))
    shapes: Shapes = shapely.from_wkb([bytes(row) for row in rows])
    return shapes


def _stored(db: Connection, set_id: str, codes: Ints) -> Contacts | None:
    crossing = ADJACENCY.c.crossing
    rows = db.execute(
        select(
            ADJACENCY.c.a,
            ADJACENCY.c.b,
            ADJACENCY.c.border_km,
            ADJACENCY.c.distance_km,
            ADJACENCY.c.by_sea,
            func.ST_X(crossing),
            func.ST_Y(crossing),
        )
        .where(ADJACENCY.c.set_id == set_id)
        .order_by(ADJACENCY.c.a, ADJACENCY.c.b)
    ).all()
    if not rows:
        return None
    table = np.array([tuple(row) for row in rows], dtype=np.float64)
    return Contacts(
        a=np.searchsorted(codes, table[:, 0]),
        b=np.searchsorted(codes, table[:, 1]),
        border_km=table[:, 2],
        km=table[:, 3],
        by_sea=table[:, 4] == 1,
        crossing=table[:, 5:],
    )


def _may_store(db: Connection) -> bool:
    """A reading worker keeps the contacts in memory only."""
    may, read_only = db.execute(
        select(
            func.has_table_privilege(str(ADJACENCY), "INSERT"),
            func.current_setting("transaction_read_only"),
        )
    ).one()
    return bool(may) and read_only == "off"


def _store(db: Connection, set_id: str, *, codes: Ints, found: Contacts) -> None:
    rows = [
        {
            "set_id": set_id,
            "a": int(codes[a]),
            "b": int(codes[b]),
            "border_km": float(border),
            "distance_km": float(km),
            "by_sea": bool(by_sea),
            "crossing": from_shape(shapely.Point(point), srid=4326),
        }
        for a, b, border, km, by_sea, point in zip(
            found.a,
            found.b,
            found.border_km,
            found.km,
            found.by_sea,
            found.crossing,
            strict=True,
        )
    ]
    db.execute(insert(ADJACENCY).on_conflict_do_nothing(), rows)
