"""Units as maps name and place them, and the selects that draw them."""

from typing import Any

from sqlalchemy import Select, func, select

from boundaries.tables import UNIT, UNIT_SHAPE
from layers.layer import Field, Source
from layers.question import TIER

UNIT_FIELDS = {
    "code": Field("LGD code"),
    "name": Field("name in English"),
    "name_hi": Field("name in Hindi, where known"),
    "state_code": Field("LGD code of the state"),
}

BOUNDARY_SOURCE = Source(
    attribution=(
        "Boundaries: derived from geoBoundaries (ODbL 1.0) as of 12 May 2020;"
        " names and codes: Local Government Directory. External boundary after the"
        " Survey of India."
    ),
    licence="ODbL-1.0",
    lineage=(
        "Sub-district polygons cleaned to a coverage, dissolved to the districts of"
        " 12 May 2020; display tiers simplified as a coverage."
    ),
)

SUBJECT = UNIT.c

# What a map in the browser needs beside a unit's shape: where to write its name, and
# by how many people to divide what it counts.
MAP_COLUMNS = (
    SUBJECT.population_2011,
    func.ST_X(SUBJECT.inner_point).label("lon"),
    func.ST_Y(SUBJECT.inner_point).label("lat"),
)
MAP_FIELDS = {
    "population_2011": Field("people at the Census of 2011", "people"),
    "lon": Field("longitude of a point inside", "degrees"),
    "lat": Field("latitude of a point inside", "degrees"),
}

# The same beside a stored shape.
TILE_COLUMNS = tuple(UNIT_SHAPE.c[name] for name in MAP_FIELDS)


def units(level: Any, *, set_id: Any, more: tuple[Any, ...] = ()) -> Select[Any]:  # noqa: ANN401 - binds, values or columns
    """Return a set's units with their whole shapes, EPSG:4326."""
    return select(
        SUBJECT.geom,
        SUBJECT.geojson,
        SUBJECT.code.label("id"),
        *(SUBJECT[name] for name in UNIT_FIELDS),
        *more,
    ).where(SUBJECT.set_id == set_id, SUBJECT.level == level)


def unit_tiles(level: Any, *, set_id: Any, more: tuple[Any, ...] = ()) -> Select[Any]:  # noqa: ANN401 - binds, values or columns
    """Return a set's units with the stored shapes of a tier, EPSG:3857."""
    shape = UNIT_SHAPE.c
    return select(
        shape.geom,
        shape.code.label("id"),
        *(shape[name] for name in UNIT_FIELDS),
        *more,
    ).where(shape.set_id == set_id, shape.level == level, shape.tier == TIER)
