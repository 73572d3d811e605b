"""The districts."""

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
from layers.question import DISTRICT_SET
from layers.style import Class, Style

LAYER = Layer(
    name="districts",
    title="Districts",
    abstract="The districts in force, with the people counted in 2011.",
    kind="polygon",
    public=True,
    query=units("district", set_id=DISTRICT_SET, more=(*MAP_COLUMNS, UNIT.c.area_km2)),
    tiles=unit_tiles("district", set_id=DISTRICT_SET, more=TILE_COLUMNS),
    fields=UNIT_FIELDS | MAP_FIELDS | {"area_km2": Field("area", "km²")},
    style=Style(
        classes=(Class(0, "#fbfaf6", "district"),),
        outline="#a8adb5",
        outline_width=0.5,
        label="name",
    ),
    source=BOUNDARY_SOURCE,
    subjects=("boundaries",),
    updates="when boundaries are loaded",
)
