"""The states and union territories."""

from boundaries.tables import UNIT
from layers.layer import Field, Layer
from layers.places import (
    BOUNDARY_SOURCE,
    MAP_COLUMNS,
    MAP_FIELDS,
    TILE_COLUMNS,
    UNIT_FIELDS,
    unit_tiles,
    units,
)
from layers.question import STATE_SET
from layers.style import Class, Style

LAYER = Layer(
    name="states",
    title="States and union territories",
    abstract="The states and union territories in force, as the Survey of India"
    " draws the country.",
    kind="polygon",
    public=True,
    query=units("state", set_id=STATE_SET, more=(*MAP_COLUMNS, UNIT.c.area_km2)),
    tiles=unit_tiles("state", set_id=STATE_SET, more=TILE_COLUMNS),
    fields=UNIT_FIELDS | MAP_FIELDS | {"area_km2": Field("area", "km²")},
    style=Style(
        classes=(Class(0, "#f4f1ea", "state or union territory"),),
        outline="#4a4e57",
        outline_width=1.2,
        label="name",
    ),
    source=BOUNDARY_SOURCE,
    subjects=("boundaries",),
    updates="when boundaries are loaded",
)
