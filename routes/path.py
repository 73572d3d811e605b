"""Routes for journeys: planned, stored once, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import shapely
from sqlalchemy import Connection, func, select

from boundaries.scope import Scope, within
from routes.errors import RouteGap, UnknownRoute
from routes.journey import Journey, Planned
from routes.kept import Kept
from routes.network import network
from routes.plan import plans
from routes.register import drawn, made_ready, store, stored, unstored
from routes.tables import CORRIDOR, ROUTE

__all__ = [
    "Journey",
    "Planned",
    "RouteView",
    "drawn",
    "made_ready",
    "planned",
    "route",
    "store",
    "stored",
    "unstored",
]


@dataclass(frozen=True, slots=True, eq=False)
class RouteView:
    """A stored route.

    Attributes:
        route_id: its identity.
        mode: train or bus.
        origin_district: LGD code.
        destination_district: LGD code.
        origin_state: LGD code.
        destination_state: LGD code.
        states: LGD state codes in order, ends included.
        declared: whether the states are other than the network's own choice.
        kind: schematic, road or rail.
        has_gap: whether two neighbouring states do not touch.
        by_sea_or_air: whether a part goes by ship or plane.
        length_km: geodesic length of the path.
        path: LineString, EPSG:4326.
        corridor: MultiPolygon of the states, coarse, EPSG:4326.
    """

    route_id: UUID
    mode: str
    origin_district: int
    destination_district: int
    origin_state: int
    destination_state: int
    states: tuple[int, ...]
    declared: bool
    kind: str
    has_gap: bool
    by_sea_or_air: bool
    length_km: float
    path: shapely.LineString
    corridor: shapely.MultiPolygon


_PLAIN = tuple(
    ROUTE.c[name]
    for name in RouteView.__slots__
    if name not in ("states", "path", "corridor")
)
_QUERY = (
    select(
        *_PLAIN,
        ROUTE.c.states,
        func.ST_AsBinary(ROUTE.c.path).label("path"),
        func.ST_AsBinary(CORRIDOR.c.geom).label("corridor"),
    )
    .join(CORRIDOR, ROUTE.c.corridor_id == CORRIDOR.c.corridor_id)
    .where(
        within(
            states=(ROUTE.c.origin_state, ROUTE.c.destination_state),
            districts=(ROUTE.c.origin_district, ROUTE.c.destination_district),
        )
    )
)

# States send the same journeys again and again. A plan takes under a kilobyte.
MOST_KEPT = 20_000

_planned: Kept[dict[Journey, Planned]] = Kept()  # by network


def planned(
    db: Connection, journeys: Sequence[Journey], *, accept_gaps: bool = False
) -> dict[Journey, Planned | RouteGap]:
    """Return the route of each journey, or the gap in its declared states.

    Reads only. 5,000 distinct undeclared journeys take 0.06 s once the network is in
    memory.

    Args:
        db: any connection that may read boundaries.
        journeys: what is asked for; repeats are planned once.
        accept_gaps: draw a straight line across a gap instead of refusing it.

    Raises:
        UnknownUnit: a journey names a district that is not in the active set.
    """
    current = network(db)
    known = _planned.of(current, dict)
    found: dict[Journey, Planned | RouteGap] = {}
    new: dict[Journey, None] = {}
    for journey in journeys:
        kept = known.get(journey)
        if kept is None:
            new[journey] = None
        else:
            found[journey] = kept
    if not new:
        return found
    made = dict(zip(new, plans(current, [*new], accept_gaps=accept_gaps), strict=True))
    _keep(known, made)
    return found | made


def _keep(
    known: dict[Journey, Planned], made: Mapping[Journey, Planned | RouteGap]
) -> None:
    if len(known) + len(made) > MOST_KEPT:
        known.clear()
    # Whether a gap is a route depends on who asks.
    whole = {
        journey: way
        for journey, way in made.items()
        if isinstance(way, Planned) and not way.open_at
    }
    known.update(whole)


def route(db: Connection, route_id: UUID, *, scope: Scope) -> RouteView:
    """Return a route with an end in the reader's scope.

    Raises:
        UnknownRoute: there is none, or the reader may not see it.
    """
    query = _QUERY.where(ROUTE.c.route_id == route_id)
    row = db.execute(query, scope.parameters()).mappings().one_or_none()
    if row is None:
        raise UnknownRoute(str(route_id))
    values = dict(row)
    values["states"] = tuple(row["states"])
    for shape in ("path", "corridor"):
        values[shape] = shapely.from_wkb(bytes(row[shape]))
    return RouteView(**values)
