"""Write a boundary set with its units and display tiers into the tables."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Connection, delete, insert

from boundaries.shape import Shapes, area_km2, in_3857, multipolygon
from boundaries.tables import BOUNDARY_SET, UNIT, UNIT_SHAPE


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a boundary set comes from and how far it can be relied on."""

    set_id: str
    level: str
    title: str
    publisher: str
    source: str
    licence: str
    depiction: str
    quality: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Place:
    """One unit to be stored; shape and point in EPSG:4326.

    ``depiction`` and ``quality`` are said only where they differ from the set's.
    """

    code: int
    state_code: int
    name: str
    shape: shapely.Geometry
    name_hi: str | None = None
    point: shapely.Point | None = None
    population_2011: int | None = None
    population_basis: str | None = None
    depiction: str | None = None
    quality: str | None = None


def replace(
    db: Connection,
    provenance: Provenance,
    places: list[Place],
    *,
    tiers: list[Shapes],
    report: dict[str, Any],
    active: bool,
) -> None:
    """Store a set, replacing the one of the same id.

    Args:
        db: a connection on the owner plane, inside a transaction.
        provenance: the set's own row.
        places: its units.
        tiers: the display shapes of each tier, in degrees, aligned with ``places``.
        report: what was found when the set was made, kept as JSON.
        active: whether the set is in force at once.
    """
    db.execute(delete(BOUNDARY_SET).where(BOUNDARY_SET.c.set_id == provenance.set_id))
    columns = {name: getattr(provenance, name) for name in Provenance.__slots__}
    db.execute(insert(BOUNDARY_SET).values(**columns, report=report, active=active))
    points = [place.point or inner_point(place.shape) for place in places]
    units = [
        _unit(provenance, place, point)
        for place, point in zip(places, points, strict=True)
    ]
    db.execute(insert(UNIT), units)
    told = [_told(place, point) for place, point in zip(places, points, strict=True)]
    db.execute(insert(UNIT_SHAPE), _shapes(provenance, told, tiers))


def _unit(provenance: Provenance, place: Place, point: shapely.Point) -> dict[str, Any]:
    return {
        "set_id": provenance.set_id,
        "level": provenance.level,
        "code": place.code,
        "state_code": place.state_code,
        "name": place.name,
        "name_hi": place.name_hi,
        "valid_from": provenance.valid_from,
        "depiction": place.depiction or provenance.depiction,
        "source": provenance.source,
        "licence": provenance.licence,
        "quality": place.quality or provenance.quality,
        "population_2011": place.population_2011,
        "population_basis": place.population_basis,
        "area_km2": area_km2(place.shape),
        "inner_point": from_shape(point, srid=4326),
        "geom": from_shape(place.shape, srid=4326),
    }


def inner_point(shape: shapely.Geometry) -> shapely.Point:
    """Return a point well inside the largest part of a multipolygon."""
    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    return shapely.point_on_surface(largest)


def _told(place: Place, point: shapely.Point) -> dict[str, Any]:
    """Return what a map tells of a unit, beside each of its shapes."""
    return {
        "code": place.code,
        "state_code": place.state_code,
        "name": place.name,
        "name_hi": place.name_hi,
        "population_2011": place.population_2011,
        "lon": point.x,
        "lat": point.y,
    }


def _shapes(
    provenance: Provenance, told: list[dict[str, Any]], tiers: list[Shapes]
) -> list[dict[str, Any]]:
    of_set = {"set_id": provenance.set_id, "level": provenance.level}
    return [
        of_set
        | each
        | {"tier": tier, "geom": from_shape(multipolygon(shape), srid=3857)}
        for tier, shapes in enumerate(tiers)
        for each, shape in zip(told, in_3857(shapes), strict=True)
        if not shapely.is_empty(shape)
    ]
