"""Routes and corridors written to their tables, each once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

import numpy as np
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

from routes import arrays
from routes.arrays import Array, Fixed, taught
from routes.contact import Shapes
from routes.corridor_shape import corridor_wkb
from routes.journey import Planned, corridor_id, dotted
from routes.line_graph import LineGraph
from routes.lines import KINDS, graph
from routes.network import Network, network
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
_CODES = (
    "origin_district",
    "destination_district",
    "origin_state",
    "destination_state",
)
_FLAGS = ("declared", "has_gap", "by_sea_or_air")
_ROUTES = arrays.columns({**_PLAIN, "mode": Text, "path": LargeBinary})
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
_KEYS = arrays.columns({"key": Uuid})
_BY_ID = attrgetter(
    "int"
)  # PostgreSQL's order of UUIDs; compared without their methods


@dataclass(frozen=True, slots=True, eq=False)
class Unstored:
    """Routes that are not stored yet, and what their lines are drawn with."""

    routes: Sequence[Planned]
    network: Network
    graphs: Mapping[str, tuple[str, LineGraph]]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Routes as they are stored, and the states of their corridors."""

    columns: Mapping[str, Array]
    corridors: Mapping[UUID, tuple[int, ...]]


def store(db: Connection, planned: Iterable[Planned]) -> int:
    """Store the routes that are not there yet, with their corridors; return how many.

    Lines are drawn for new routes only.
    """
    return stored(db, drawn(unstored(db, planned)))


def made_ready(db: Connection) -> None:
    """Read what routes are planned and drawn with; it is kept in memory."""
    network(db)
    corridor_wkb(db, [])


def unstored(db: Connection, planned: Iterable[Planned]) -> Unstored:
    """Return the routes that are not there yet, in order of their keys; reads only."""
    wanted = {each.route_id: each for each in planned}
    there = taught(db).scalars(
        select(ROUTE.c.route_id).where(ROUTE.c.route_id.in_(select(_KEYS.c.key))),
        {"key": arrays.ids([key.bytes for key in wanted])},
    )
    new = [wanted[key] for key in sorted(wanted.keys() - set(there), key=_BY_ID)]
    return Unstored(new, network(db), _graphs(db, new))


def drawn(new: Unstored) -> Drawn:
    """Return new routes with their lines; nothing is read or written."""
    if not new.routes:
        return Drawn({}, {})
    kinds, drawing = route_lines(new.network, new.routes, new.graphs)
    key = {states: corridor_id(states) for states in {r.states for r in new.routes}}
    corridors = [key[each.states].bytes for each in new.routes]
    columns = _columns(new.routes) | {
        "corridor_id": arrays.ids(corridors),
        "kind": _texts(kinds),
        "length_km": arrays.fixed(drawing.km.astype(">f8"), arrays.FLOAT),
        "path": arrays.cells(ewkb(drawing.lines), arrays.BYTES),
    }
    return Drawn(columns, {each: states for states, each in key.items()})


def stored(db: Connection, rows: Drawn) -> int:
    """Store drawn routes, with their corridors; return how many.

    Rows go in by key order, so that concurrent batches cannot deadlock; a route that
    another transaction stores meanwhile is left to it.
    """
    if not rows.columns:
        return 0
    _store_corridors(db, rows.corridors)
    return taught(db).execute(_INSERT_ROUTES, rows.columns).rowcount


def _graphs(
    db: Connection, planned: Sequence[Planned]
) -> dict[str, tuple[str, LineGraph]]:
    found = {}
    for mode in {each.mode for each in planned}:
        lines = graph(db, KINDS[mode])
        if lines is not None:
            found[mode] = (KINDS[mode], lines)
    return found


def _store_corridors(db: Connection, wanted: Mapping[UUID, tuple[int, ...]]) -> None:
    there = taught(db).scalars(
        select(CORRIDOR.c.corridor_id).where(
            CORRIDOR.c.corridor_id.in_(select(_KEYS.c.key))
        ),
        {"key": arrays.ids([key.bytes for key in wanted])},
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


def _columns(planned: Sequence[Planned]) -> dict[str, Array]:
    codes = [
        (each.origin, each.destination, each.states[0], each.states[-1])
        for each in planned
    ]
    flags = [(each.declared, each.has_gap, each.by_sea_or_air) for each in planned]
    return {
        "route_id": arrays.ids([each.route_id.bytes for each in planned]),
        "mode": _texts([each.mode for each in planned]),
        **_named(_CODES, np.array(codes, dtype=">i2"), arrays.SMALLINT),
        **_named(_FLAGS, np.array(flags, dtype=np.bool_), arrays.BOOLEAN),
    }


def _named(names: Sequence[str], table: Fixed, kind: arrays.Kind) -> dict[str, Array]:
    return {name: arrays.fixed(table[:, at], kind) for at, name in enumerate(names)}


def _texts(words: Sequence[str]) -> Array:
    return arrays.cells([word.encode() for word in words], arrays.TEXT)


def ewkb(lines: Shapes) -> list[bytes]:
    """Return shapes of EPSG:4326 as the database takes them."""
    found: list[bytes] = shapely.to_wkb(
        shapely.set_srid(lines, 4326), include_srid=True
    ).tolist()
    return found
