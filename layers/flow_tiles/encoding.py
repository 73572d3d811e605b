"""The bytes of a flow tile: layers ``flows`` and ``nodes``."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.circles import ID_BASE
from layers.flow_tiles import mvt
from layers.flow_tiles.choice import Chosen
from layers.flow_tiles.columns import fractions, integers, words
from layers.flow_tiles.pieces import pieces
from layers.tile import EXTENT, Tile

Array = NDArray[Any]


def tile_bytes(chosen: Chosen, *, tile: Tile, name: str = "flows") -> bytes:
    """Return one tile; empty where no line crosses it and no unit lies in it.

    Args:
        chosen: what the tiles of this tile's zoom show.
        tile: which of them.
        name: of the lines' layer in the tile; that of the units is ``nodes``.

    Raises:
        ValueError: the tile is of another zoom.
    """
    if tile.z != chosen.zoom:
        raise ValueError(f"zoom is {tile.z}; what was chosen is for {chosen.zoom}")
    return _flows(chosen, tile, name) + _nodes(chosen, tile)


def _flows(chosen: Chosen, tile: Tile, name: str) -> bytes:
    edges, nodes = chosen.edges, chosen.nodes
    held = pieces(edges.lines, edges.crossed.of(tile), tile=tile)
    at = held.lines
    if not at.size:
        return b""
    starts, ends, people = edges.starts[at], edges.ends[at], edges.people[at]
    origins, destinations = nodes.codes[starts], nodes.codes[ends]
    told = edges.about and edges.about.of(at)
    columns = {
        "origin": integers(origins),
        "origin_name": words(nodes.names, starts),
        "destination": integers(destinations),
        "destination_name": words(nodes.names, ends),
        "n": integers(people),
        "rank": integers(edges.rank[at]),
        "share": fractions(
            people / (chosen.total or 1), told.is_of_enough() if told else None
        ),
        "shown": integers(np.full(at.size, chosen.shown)),
        "total": integers(np.full(at.size, chosen.total)),
    }
    if told:
        columns |= {
            "n_low": integers(told.low),
            "n_high": integers(told.high),
            "level": words(*_distinct(told.levels)),
        }
    lines = mvt.strokes(held.points, held.owners)
    ids = origins.astype(np.int64) * ID_BASE + destinations
    return mvt.layer(name, ids, lines, columns)


def _distinct(texts: list[str]) -> tuple[Array, Array]:
    known, at = np.unique(np.array(texts, dtype=object), return_inverse=True)
    return known, at


def _nodes(chosen: Chosen, tile: Tile) -> bytes:
    nodes = chosen.nodes
    corner = np.array((tile.x, tile.y)) * EXTENT
    points = nodes.points(chosen.zoom) - corner
    at = np.flatnonzero(((points >= 0) & (points < EXTENT)).all(axis=1))
    if not at.size:
        return b""
    codes = nodes.codes[at]
    columns = {
        "code": integers(codes),
        "name": words(nodes.names, at),
        "name_hi": words(nodes.names_hi, at),
        **{
            name: integers(chosen.totals[name][at])
            for name in ("in", "out", "internal")
        },
    }
    return mvt.layer("nodes", codes, mvt.dots(points[at]), columns)
