"""Mapbox Vector Tiles, made inside PostGIS from stored EPSG:3857 shapes."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Float, Select, bindparam, func, select

from boundaries.shape import tier_for_zoom
from layers.catalogue import LAYERS
from layers.layer import columns
from layers.question import Question
from layers.tile import BUFFER, EXTENT, Tile

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

SIDES = ("west", "south", "east", "north")
INNER = tuple(bindparam(f"tile_{side}", type_=Float) for side in SIDES)
OUTER = tuple(bindparam(f"wide_{side}", type_=Float) for side in SIDES)


@cache
def wrapped(name: str) -> Select[Any]:
    """Return the query of a layer's tile bytes; built once per layer."""
    layer = LAYERS[name]
    rows = layer.tiles.subquery("rows")
    has_id = "id" in rows.c
    shape = func.ST_AsMVTGeom(
        rows.c.geom, func.ST_MakeEnvelope(*INNER, 3857), EXTENT, BUFFER
    )
    kept = (*(("id",) if has_id else ()), *columns(layer.tiles))
    cells = (
        select(shape.label("geom"), *(rows.c[column] for column in kept))
        # && with a bind on the stored shape keeps the index usable.
        .where(rows.c.geom.op("&&")(func.ST_MakeEnvelope(*OUTER, 3857)))
        .subquery("cells")
    )
    whole = (cells.table_valued(), name, EXTENT, "geom", *(("id",) if has_id else ()))
    # ST_AsMVT itself leaves out rows without a shape. A condition on the shape here
    # would be moved into the scan, and every shape be clipped twice.
    return select(func.ST_AsMVT(*whole)).select_from(cells)


def tile_bytes(db: Connection, name: str, *, tile: Tile, question: Question) -> bytes:
    """Return one tile of a layer; empty bytes where nothing falls in it."""
    values = question.parameters() | {"tier": tier_for_zoom(tile.z)}
    values |= _named("tile", tile.bounds())
    values |= _named("wide", tile.bounds(margin=BUFFER / EXTENT))
    return bytes(db.execute(wrapped(name), values).scalar_one() or b"")


def _named(prefix: str, bounds: tuple[float, ...]) -> dict[str, float]:
    return {
        f"{prefix}_{side}": value for side, value in zip(SIDES, bounds, strict=True)
    }
