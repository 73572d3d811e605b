"""Mapbox Vector Tiles, made inside PostGIS from stored EPSG:3857 shapes."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Float,
    Integer,
    Select,
    bindparam,
    func,
    select,
)

from boundaries.shape import tier_for_zoom
from layers.catalogue import LAYERS
from layers.layer import columns
from layers.question import Question
from layers.tile import BUFFER, EXTENT, Tile
from routes.driver import driver

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

Z, X, Y = (bindparam(f"tile_{name}", type_=Integer) for name in "zxy")
INNER = func.ST_TileEnvelope(Z, X, Y)
OUTER = func.ST_Expand(INNER, bindparam("tile_margin", type_=Float))


@cache
def wrapped(name: str) -> Select[Any]:
    """Return the query of a layer's tile bytes; built once per layer."""
    layer = LAYERS[name]
    rows = layer.tiles.subquery("rows")
    has_id = "id" in rows.c
    shape = func.ST_AsMVTGeom(rows.c.geom, INNER, EXTENT, BUFFER)
    kept = (*(("id",) if has_id else ()), *columns(layer.tiles))
    cells = (
        select(shape.label("geom"), *(rows.c[column] for column in kept))
        # && with a bind on the stored shape keeps the index usable.
        .where(rows.c.geom.op("&&")(OUTER))
        .subquery("cells")
    )
    whole = (cells.table_valued(), name, EXTENT, "geom", *(("id",) if has_id else ()))
    # ST_AsMVT itself leaves out rows without a shape. A condition on the shape here
    # would be moved into the scan, and every shape be clipped twice.
    return select(func.ST_AsMVT(*whole)).select_from(cells)


@cache
def written(name: str, dialect: Dialect) -> tuple[str, dict[str, Any]]:
    """Return the text of a layer's query, and the values that are always the same.

    Written once: SQLAlchemy's way from a query to its text and values was a tenth of
    what a small tile takes.
    """
    made = wrapped(name).compile(dialect=dialect)
    fixed = {key: value for key, value in made.params.items() if value is not None}
    return str(made), fixed


def tile_bytes(db: Connection, name: str, *, tile: Tile, question: Question) -> bytes:
    """Return one tile of a layer; empty bytes where nothing falls in it."""
    query, fixed = written(name, db.dialect)
    asked = {
        "tier": tier_for_zoom(tile.z),
        "tile_z": tile.z,
        "tile_x": tile.x,
        "tile_y": tile.y,
        "tile_margin": tile.side * BUFFER / EXTENT,
    }
    values = fixed | question.parameters() | asked
    # SQLAlchemy's bookkeeping took a tenth of what a small tile takes, and a tile in
    # text has two letters for each byte.
    with driver(db).cursor(binary=True) as cursor:
        (found,) = cursor.execute(query, values).fetchone() or (None,)
    return bytes(found or b"")
