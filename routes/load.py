"""Store rail or road lines and draw the routes of their mode along them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import shapely
from sqlalchemy import (
    Connection,
    Float,
    LargeBinary,
    Row,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from boundaries.version import bump
from routes import corridor
from routes.earth import line_km
from routes.journey import Planned
from routes.line_file import Lines
from routes.lines import KINDS, read
from routes.network import Network, network
from routes.register import ewkb
from routes.route_line import route_lines
from routes.row import rows_of
from routes.tables import LINE, ROUTE

LINES = uuid5(NAMESPACE_URL, "urn:nmis:line")

# Routes drawn at once: bounds memory (a line is about 1 kB, along rails up to 50 kB).
CHUNK = 2_000

_NEW = rows_of({"line_id": Uuid, "name": Text, "length_km": Float, "geom": LargeBinary})
_INSERT = (
    insert(LINE)
    .from_select(
        ["line_id", "name", "length_km", "geom", "kind", "source", "licence"],
        select(
            _NEW.c.line_id,
            _NEW.c.name,
            _NEW.c.length_km,
            func.ST_GeomFromEWKB(_NEW.c.geom),
            bindparam("kind", type_=Text),
            bindparam("source", type_=Text),
            bindparam("licence", type_=Text),
        ),
    )
    .on_conflict_do_nothing()
    .execution_options(preserve_rowcount=True)
)
_DRAWN = rows_of({"drawn": Uuid, "drawn_as": Text, "km": Float, "line": LargeBinary})
_REDRAW = (
    update(ROUTE)
    .where(ROUTE.c.route_id == _DRAWN.c.drawn)
    .values(
        kind=_DRAWN.c.drawn_as,
        length_km=_DRAWN.c.km,
        path=func.ST_GeomFromEWKB(_DRAWN.c.line),
    )
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many lines were stored, their km, and how many routes follow them now."""

    lines: int
    km: float
    redrawn: int
    along: int


def load(
    db: Connection, found: Lines, *, kind: str, source: str, licence: str
) -> Loaded:
    """Store lines, draw the existing routes of their mode anew, bump ``routes``.

    Lines that are there already are left alone, so that a file can be loaded twice.

    Args:
        db: a connection on the owner plane, inside a transaction.
        found: the lines.
        kind: rail or road.
        source: who published them.
        licence: under which licence.
    """
    vertices, owner = shapely.get_coordinates(found.shapes, return_index=True)
    km = line_km(vertices, owner, lines=len(found.shapes))
    wkb = ewkb(found.shapes)
    stored = db.execute(
        _INSERT,
        {
            "line_id": [uuid5(LINES, f"{kind}/{each.hex()}") for each in wkb],
            "name": found.names,
            "length_km": km.tolist(),
            "geom": wkb,
            "kind": kind,
            "source": source,
            "licence": licence,
        },
    ).rowcount
    redrawn, along = redraw(db, kind)
    bump(db, "routes")
    return Loaded(stored, float(km.sum()), redrawn, along)


def unload(db: Connection, kind: str) -> Loaded:
    """Remove all lines of a kind; its routes become schematic again."""
    gone = db.execute(delete(LINE).where(LINE.c.kind == kind)).rowcount
    redrawn, along = redraw(db, kind)
    bump(db, "routes")
    return Loaded(gone, 0.0, redrawn, along)


def redraw(db: Connection, kind: str) -> tuple[int, int]:
    """Draw all routes of a kind's mode anew, in place.

    Identity and states of a route stay. Routes of districts that are no longer in
    force keep their line.

    Returns:
        How many routes were drawn, and how many of them follow lines of the kind.
    """
    mode = next(mode for mode, carrier in KINDS.items() if carrier == kind)
    places = network(db)
    graph = read(db, kind)
    graphs = {} if graph is None else {mode: (kind, graph)}
    drawn = along = 0
    for planned in _chunks(_planned(db, places, mode)):
        kinds, drawing = route_lines(places, planned, graphs)
        rows = {
            "drawn": [each.route_id for each in planned],
            "drawn_as": kinds,
            "km": drawing.km.tolist(),
            "line": ewkb(drawing.lines),
        }
        db.execute(_REDRAW, rows)
        drawn += len(planned)
        along += kinds.count(kind)
    return drawn, along


def _chunks(planned: list[Planned]) -> Iterator[list[Planned]]:
    for start in range(0, len(planned), CHUNK):
        yield planned[start : start + CHUNK]


def _planned(db: Connection, places: Network, mode: str) -> list[Planned]:
    stored = db.execute(
        select(ROUTE).where(ROUTE.c.mode == mode).order_by(ROUTE.c.route_id)
    ).all()
    ends = np.array(
        [(row.origin_district, row.destination_district) for row in stored]
    ).reshape(-1, 2)
    known = np.isin(ends, places.codes).sum(axis=1) == ends.shape[1]
    return [_again(places, stored[i]) for i in np.flatnonzero(known).tolist()]


def _again(places: Network, row: Row[tuple[object, ...]]) -> Planned:
    """Return a stored route as it was planned."""
    states = tuple(row.states)
    ends = places.index(np.array([row.origin_district, row.destination_district]))
    start, end = places.part[ends].tolist()
    return Planned(
        route_id=row.route_id,
        mode=row.mode,
        origin=row.origin_district,
        destination=row.destination_district,
        states=states,
        declared=row.declared,
        open_at=corridor.open_hops(places, states, start, end) if row.declared else (),
        by_sea_or_air=row.by_sea_or_air,
    )
