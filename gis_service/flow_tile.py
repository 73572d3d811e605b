"""A tile of flows, made from the cube for the reader who asks."""

from flask import current_app
from sqlalchemy import Connection

from gis_service.asked import LayerFilters
from layers import flow_tiles
from layers.flow_tiles import Chosen
from layers.flows import counted
from layers.nodes import nodes
from layers.question import Question
from layers.tile import Tile

NAME = "flows"


def most(query: LayerFilters) -> int | None:
    """Return how many lines a tile may draw, where the reader said so."""
    return query.k if "k" in query.given() else None


def tile_bytes(
    db: Connection,
    question: Question,
    *,
    tile: Tile,
    most: int | None,
    known: dict[str, int],
) -> bytes:
    """Return the lines that cross a tile, whole, and the units in it.

    Args:
        db: a connection.
        question: what is asked, with the reader's scope.
        tile: where.
        most: how many lines at most, over the country; ``None`` for what fits.
        known: every subject's version.
    """
    places = nodes(db, question, version=known["boundaries"])
    cube = current_app.extensions["cube"].at(db, known)

    def chosen() -> Chosen:
        every = counted(cube, question, places)
        return flow_tiles.chosen(every, places, zoom=tile.z, most=most)

    version = (cube.epoch, cube.version, known["boundaries"])
    key = (str(db.engine.url), version, question.key(), tile.z, most)
    return flow_tiles.tile_bytes(flow_tiles.kept(key, chosen), tile=tile)
