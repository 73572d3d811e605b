"""Routes and corridors written to their tables, each once."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import (
    ARRAY,
    Boolean,
    Connection,
    Float,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from routes.contact import Shapes
from routes.corridor_shape import corridor_wkb
from routes.journey import Planned, corridor_id, dotted
from routes.line_graph import LineGraph
from routes.lines import KINDS, graph
from routes.network import network
from routes.route_line import route_lines
from routes.row import rows_of
from routes.tables import CORRIDOR, MODE, ROUTE

_PLAIN = {
    "route_id": Uuid,
    "origin_district": SmallInteger,
    "destination_district": SmallInteger,
    "origin_state": SmallInteger,
    "destination_state": SmallInteger,
    "declared": Boolean,
    "corridor_id": Uuid,
    "kind": Text,
    "has_gap": Boolean,
    "by_sea_or_air": Boolean,
    "length_km": Float,
}
_ROUTES = rows_of({**_PLAIN, "mode": Text, "path": LargeBinary})
_CORRIDORS = rows_of({"corridor_id": Uuid, "states": Text, "geom": LargeBinary})

_INSERT_ROUTES = (
    insert(ROUTE)
    .from_select(
        [*_PLAIN, "mode", "path", "states"],
        select(
            *(_ROUTES.c[name] for name in _PLAIN),
            cast(_ROUTES.c.mode, MODE),
            func.ST_GeomFromEWKB(_ROUTES.c.path),
            CORRIDOR.c.states,
        )
        .join(CORRIDOR, CORRIDOR.c.corridor_id == _ROUTES.c.corridor_id)
        .order_by(_ROUTES.c.route_id),
    )
    .on_conflict_do_nothing()
    .execution_options(preserve_rowcount=True)
)
_INSERT_CORRIDORS = (
    insert(CORRIDOR)
    .from_select(
        ["corridor_id", "states", "geom"],
        select(
            _CORRIDORS.c.corridor_id,
            cast(_CORRIDORS.c.states, ARRAY(SmallInteger)),
            func.ST_GeomFromEWKB(_CORRIDORS.c.geom),
        ).order_by(_CORRIDORS.c.corridor_id),
    )
    .on_conflict_do_nothing()
)
_KEYS = rows_of({"key": Uuid})
_BY_ID = attrgetter(
    "int"
)  # PostgreSQL's order of UUIDs; compared without their methods


def store(db: Connection, planned: Iterable[Planned]) -> int:
    """Store the routes that are not there yet, with their corridors; return how many.

    Rows go in by key order, so that concurrent batches cannot deadlock; a route that
    another transaction stores meanwhile is left to it. Lines are drawn for new routes
    only.
    """
    wanted = {each.route_id: each for each in planned}
    there = db.scalars(
        select(ROUTE.c.route_id).where(ROUTE.c.route_id.in_(select(_KEYS.c.key))),
        {"key": [*wanted]},
    )
    new = [wanted[key] for key in sorted(wanted.keys() - set(there), key=_BY_ID)]
    if not new:
        return 0
    corridors = {states: corridor_id(states) for states in {r.states for r in new}}
    _store_corridors(db, {key: states for states, key in corridors.items()})
    kinds, drawing = route_lines(network(db), new, _graphs(db, new))
    rows = _columns(new) | {
        "corridor_id": [corridors[each.states] for each in new],
        "kind": kinds,
        "length_km": drawing.km.tolist(),
        "path": ewkb(drawing.lines),
    }
    return db.execute(_INSERT_ROUTES, rows).rowcount


def _graphs(
    db: Connection, planned: Sequence[Planned]
) -> dict[str, tuple[str, LineGraph]]:
    found = {}
    for mode in {each.mode for each in planned}:
        lines = graph(db, KINDS[mode])
        if lines is not None:
            found[mode] = (KINDS[mode], lines)
    return found


def _store_corridors(db: Connection, wanted: dict[UUID, tuple[int, ...]]) -> None:
    there = db.scalars(
        select(CORRIDOR.c.corridor_id).where(
            CORRIDOR.c.corridor_id.in_(select(_KEYS.c.key))
        ),
        {"key": [*wanted]},
    )
    new = sorted(wanted.keys() - set(there), key=_BY_ID)
    states = [wanted[key] for key in new]
    if new:
        db.execute(
            _INSERT_CORRIDORS,
            {
                "corridor_id": new,
                "states": [f"{{{dotted(each).replace('.', ',')}}}" for each in states],
                "geom": corridor_wkb(db, states),
            },
        )


def _columns(planned: Sequence[Planned]) -> dict[str, list[Any]]:
    return {
        "route_id": [each.route_id for each in planned],
        "mode": [each.mode for each in planned],
        "origin_district": [each.origin for each in planned],
        "destination_district": [each.destination for each in planned],
        "origin_state": [each.states[0] for each in planned],
        "destination_state": [each.states[-1] for each in planned],
        "declared": [each.declared for each in planned],
        "has_gap": [each.has_gap for each in planned],
        "by_sea_or_air": [each.by_sea_or_air for each in planned],
    }


def ewkb(lines: Shapes) -> list[bytes]:
    """Return shapes of EPSG:4326 as the database takes them."""
    found: list[bytes] = shapely.to_wkb(
        shapely.set_srid(lines, 4326), include_srid=True
    ).tolist()
    return found
