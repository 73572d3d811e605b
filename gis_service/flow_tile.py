"""A tile of flows, made from the cube for the reader who asks."""

from sqlalchemy import Connection

from gis_service.asked import LayerFilters
from gis_service.cube_asked import cube_of
from gis_service.flow_release import told
from layers import flow_tiles
from layers.flow_tiles import Chosen
from layers.flows import counted
from layers.nodes import nodes
from layers.question import Question
from layers.release import bounds, places
from layers.tile import Tile

# The layers whose tiles are made so: of exact flows, and of a release.
NAMES = ("flows", "release_flows")


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
    if question.told:
        return _released(db, question, tile=tile, most=most, known=known)
    at = nodes(db, question, version=known["boundaries"])
    cube = cube_of(db, known)

    def chosen() -> Chosen:
        every = counted(cube, question, at)
        return flow_tiles.chosen(every, at, zoom=tile.z, most=most)

    version = (cube.epoch, cube.version, known["boundaries"])
    key = (str(db.engine.url), version, question.key(), tile.z, most)
    return flow_tiles.tile_bytes(flow_tiles.kept(key, chosen), tile=tile)


def _released(
    db: Connection,
    question: Question,
    *,
    tile: Tile,
    most: int | None,
    known: dict[str, int],
) -> bytes:
    release = told(db, question)
    at = places(db, question, version=known["boundaries"])

    def chosen() -> Chosen:
        every = counted(release.people, question, at)
        about = bounds(release, question, every, places=at)
        return flow_tiles.chosen(every, at, zoom=tile.z, most=most, bounds=about)

    version = ("release", known["boundaries"])
    key = (str(db.engine.url), version, question.key(), tile.z, most)
    kept = flow_tiles.kept(key, chosen)
    return flow_tiles.tile_bytes(kept, tile=tile, name="release_flows")
