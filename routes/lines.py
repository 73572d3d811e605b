"""Rail and road lines that the operator loaded, as a graph per kind."""

import shapely
from sqlalchemy import Connection, func, select

from boundaries.version import versions
from boundaries.vintage import active_set
from routes.adjacency import shapes_of
from routes.kept import Kept
from routes.line_graph import LineGraph, line_graph
from routes.network import network
from routes.tables import LINE

# Which lines carry which mode.
KINDS = {"train": "rail", "bus": "road"}

_graphs: Kept[LineGraph | None] = Kept()


def graph(db: Connection, kind: str) -> LineGraph | None:
    """Return the graph of the stored lines of a kind, kept in memory per version.

    None where no lines of that kind were loaded.
    """
    current = versions(db)
    key = (str(db.engine.url), current["boundaries"], current["routes"], kind)
    return _graphs.of(key, lambda: read(db, kind))


def read(db: Connection, kind: str) -> LineGraph | None:
    """Return the graph of the stored lines of a kind, made anew."""
    query = select(func.ST_AsBinary(LINE.c.geom)).where(LINE.c.kind == kind)
    wkb = [bytes(row) for row in db.scalars(query.order_by(LINE.c.line_id))]
    if not wkb:
        return None
    places = network(db)
    return line_graph(
        shapely.from_wkb(wkb),
        places.points,
        districts=shapes_of(db, active_set(db, "district")),
        states=places.states,
    )


def forget() -> None:
    """Drop every graph kept in memory (for tests that roll a version back)."""
    _graphs.forget()
