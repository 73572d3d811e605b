"""Rows of the day roll-up for tests of maps, written straight into the tables."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select

from boundaries.lookup import gazetteer
from boundaries.scope import Scope
from boundaries.tables import UNIT
from boundaries.version import bump, versions
from boundaries.vintage import sets_on
from layers.cube.base import base
from layers.cube.built import arrays
from layers.cube.rows import few
from layers.cube.snapshot import Snapshot, begun
from layers.flows import Counted, answer
from layers.nodes import nodes
from layers.question import Question
from movements.flow import FLOW_DAY, FLOW_DELTA, ROUTE_DAY
from routes.tables import CORRIDOR, ROUTE

# LGD codes: two districts of Maharashtra (27), two of Bihar (10), one of Kerala (32).
MUMBAI, PUNE = 482, 490
MAHARASHTRA, BIHAR, KERALA = 27, 10, 32
DAY = date(2020, 5, 10)


def two_of(db: Connection, state: int) -> tuple[int, int]:
    """The first two districts of a state."""
    units = gazetteer(db).districts.values()
    first, second, *_ = sorted(each.code for each in units if each.state_code == state)
    return first, second


def flow(origin: int, destination: int, n: int, **more: Any) -> dict[str, Any]:
    """One row; states are filled in by ``add``."""
    return {
        "origin": origin,
        "destination": destination,
        "day": DAY,
        "mode": "train",
        "category": "labour",
        "status": "planned",
        "n": n,
    } | more


def add(db: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows, with their states, and bump the version as a batch does."""
    districts = gazetteer(db).districts
    filled = [
        row
        | {
            "origin_state": districts[row["origin"]].state_code,
            "destination_state": districts[row["destination"]].state_code,
        }
        for row in rows
    ]
    version = bump(db, "flows")
    if filled:
        db.execute(insert(FLOW_DAY), filled)
        db.execute(insert(FLOW_DELTA), [row | {"version": version} for row in filled])


def cube_of(db: Connection) -> Snapshot:
    """The cube over what this connection sees, committed or not."""
    seen = few(db)
    made, first_day = arrays(seen.rows)
    return begun(
        base(made, version=seen.version, epoch=seen.epoch, first_day=first_day)
    )


def answered(db: Connection, asked: Question) -> Counted:
    """The answer to a question over what this connection sees."""
    places = nodes(db, asked, version=versions(db)["boundaries"])
    return answer(cube_of(db), asked, places)


def add_route(db: Connection, origin: int, destination: int, n: int) -> UUID:
    """Write a straight route between two districts with people on it."""
    districts = gazetteer(db).districts
    start, end = districts[origin].state_code, districts[destination].state_code
    a, b = _point(origin), _point(destination)
    corridor, route = uuid4(), uuid4()
    shape = (
        select(UNIT.c.geom)
        .where(UNIT.c.level == "state", UNIT.c.code == start)
        .scalar_subquery()
    )
    states = list(dict.fromkeys((start, end)))
    db.execute(insert(CORRIDOR).values(corridor_id=corridor, states=states, geom=shape))
    db.execute(
        insert(ROUTE).values(
            route_id=route,
            mode="train",
            origin_district=origin,
            destination_district=destination,
            origin_state=start,
            destination_state=end,
            states=states,
            declared=False,
            corridor_id=corridor,
            kind="schematic",
            has_gap=False,
            by_sea_or_air=False,
            length_km=1000.0,
            path=func.ST_MakeLine(a, b),
        )
    )
    db.execute(
        insert(ROUTE_DAY).values(
            route_id=route, day=DAY, category="labour", status="planned", n=n
        )
    )
    return route


def question(db: Connection, scope: Scope, **more: Any) -> Question:
    """A question in the boundaries in force."""
    return Question(scope, sets_on(db), **more)


def _point(code: int) -> Any:
    return (
        select(UNIT.c.inner_point)
        .where(UNIT.c.level == "district", UNIT.c.code == code)
        .scalar_subquery()
    )
