"""The line of each route: along loaded rail or road lines, else schematic."""

from collections.abc import Sequence

from sqlalchemy import Connection

from routes.drawing import Drawing, drawn
from routes.journey import Planned
from routes.network import network
from routes.way import ways_of


def route_lines(
    db: Connection, planned: Sequence[Planned]
) -> tuple[list[str], Drawing]:
    """Return the kind (schematic, rail or road) and the line of each route."""
    places = network(db)
    drawing = drawn(places, ways_of(places, planned))
    kinds = ["schematic"] * len(planned)
    return kinds, drawing
