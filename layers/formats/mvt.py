"""Mapbox Vector Tiles, made inside PostGIS from stored EPSG:3857 shapes."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Dialect,
    Float,
    Integer,
    Select,
    bindparam,
    func,
    select,
    true,
)

from boundaries.shape import tier_for_zoom
from layers.catalogue import LAYERS
from layers.layer import columns
from layers.question import Question
from layers.tile import BUFFER, EXTENT, Tile
from routes.driver import driver

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

Z, X, Y = (bindparam(f"tile_{name}", type_=Integer) for name in "zxy")
MARGIN = bindparam("tile_margin", type_=Float)
INNER = func.ST_TileEnvelope(Z, X, Y)
OUTER = func.ST_Expand(INNER, MARGIN)
XS, YS = (bindparam(f"tile_{name}s", type_=ARRAY(Integer)) for name in "xy")


@cache
def wrapped(name: str) -> Select[Any]:
    """Return the query of a layer's tile bytes; built once per layer."""
    rows = LAYERS[name].tiles.subquery("rows")
    # && with a bind on the stored shape keeps the index usable.
    cells = _cells(name, rows, INNER).where(rows.c.geom.op("&&")(OUTER))
    return _packed(name, cells.subquery("cells"))


@cache
def wrapped_many(name: str) -> Select[Any]:
    """Return the query of the bytes of many tiles; built once per layer.

    What a layer counts is counted once for all of them.
    """
    rows = LAYERS[name].tiles.cte("rows").prefix_with("MATERIALIZED")
    grid = func.unnest(XS, YS).table_valued("x", "y", name="grid").render_derived()
    inner = func.ST_TileEnvelope(Z, grid.c.x, grid.c.y)
    cells = (
        _cells(name, rows, inner)
        .where(rows.c.geom.op("&&")(func.ST_Expand(inner, MARGIN)))
        .correlate(grid)
        .lateral("cells")
    )
    tile = _packed(name, cells).correlate(grid).lateral("tile")
    return select(grid.c.x, grid.c.y, *tile.c).join_from(grid, tile, true())


def _cells(name: str, rows: Any, inner: Any) -> Select[Any]:  # noqa: ANN401 - a table and an expression
    layer = LAYERS[name]
    shape = func.ST_AsMVTGeom(rows.c.geom, inner, EXTENT, BUFFER)
    kept = (*(("id",) if "id" in rows.c else ()), *columns(layer.tiles))
    return select(shape.label("geom"), *(rows.c[column] for column in kept))


def _packed(name: str, cells: Any) -> Select[Any]:  # noqa: ANN401 - as above
    has_id = "id" in cells.c
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


def many(
    db: Connection, name: str, *, tiles: Sequence[Tile], question: Question
) -> Iterable[bytes]:
    """Return the bytes of some tiles of one zoom, in their order; empty where none."""
    zoom, side = tiles[0].z, tiles[0].side
    asked = {
        "tier": tier_for_zoom(zoom),
        "tile_z": zoom,
        "tile_xs": [tile.x for tile in tiles],
        "tile_ys": [tile.y for tile in tiles],
        "tile_margin": side * BUFFER / EXTENT,
    }
    rows = db.execute(wrapped_many(name), question.parameters() | asked)
    found = {(x, y): bytes(body or b"") for x, y, body in rows}
    return (found[tile.x, tile.y] for tile in tiles)
