"""Flows as pairs of units: the one place where the day roll-up is read by layers."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    or_,
    select,
)

from boundaries.scope import within
from layers.question import (
    CATEGORIES,
    DIRECTION,
    FIRST,
    LAST,
    LEVEL_NAME,
    MODES,
    STAGES,
    UNIT_CODE,
)
from movements.flow import FLOW_DAY, ROUTE_DAY
from routes.tables import ROUTE

FLOW = FLOW_DAY.c
ORIGIN = case((LEVEL_NAME == "state", FLOW.origin_state), else_=FLOW.origin)
DESTINATION = case(
    (LEVEL_NAME == "state", FLOW.destination_state), else_=FLOW.destination
)


def moves(
    origin: ColumnElement[int] = ORIGIN, destination: ColumnElement[int] = DESTINATION
) -> Select[Any]:
    """Return ``origin, destination, n`` of the roll-up's rows, asked and in scope.

    ``n`` is people of the stages asked, else of every one but cancelled. A pair may
    stand in several rows; a unit paired with itself is in them too.

    Args:
        origin: what stands for the origin; by default the unit of ``LEVEL``.
        destination: the same for the destination.
    """
    return (
        select(
            origin.label("origin"),
            destination.label("destination"),
            FLOW.n.label("n"),
        )
        .where(FLOW.day.between(FIRST, LAST), _staged(FLOW.status))
        .where(_one_of(FLOW.mode, MODES), _one_of(FLOW.category, CATEGORIES))
        .where(
            within(
                states=(FLOW.origin_state, FLOW.destination_state),
                districts=(FLOW.origin, FLOW.destination),
            )
        )
        .where(_towards(origin, destination))
    )


def pairs() -> Select[Any]:
    """Return ``origin, destination, n`` once for each pair of units of ``LEVEL``."""
    row = moves().subquery("row")
    total = func.sum(row.c.n)
    return (
        select(row.c.origin, row.c.destination, total.label("n"))
        .group_by(row.c.origin, row.c.destination)
        .having(total != 0)
    )


def route_totals() -> Select[Any]:
    """Return ``route_id, n`` of every route travelled, asked and in scope."""
    total = func.sum(ROUTE_DAY.c.n)
    way = ROUTE.c
    return (
        select(way.route_id, total.label("n"))
        .join_from(ROUTE_DAY, ROUTE, ROUTE_DAY.c.route_id == way.route_id)
        .where(ROUTE_DAY.c.day.between(FIRST, LAST), _staged(ROUTE_DAY.c.status))
        .where(_one_of(way.mode, MODES), _one_of(ROUTE_DAY.c.category, CATEGORIES))
        .where(
            within(
                states=(way.origin_state, way.destination_state),
                districts=(way.origin_district, way.destination_district),
            )
        )
        .where(
            or_(
                UNIT_CODE.is_(None),
                way.origin_district == UNIT_CODE,
                way.destination_district == UNIT_CODE,
            )
        )
        .group_by(way.route_id)
        .having(total > 0)
    )


def _one_of(
    column: ColumnElement[Any], asked: ColumnElement[Any]
) -> ColumnElement[bool]:
    return or_(asked.is_(None), cast(column, Text) == any_(asked))


def _staged(column: ColumnElement[Any]) -> ColumnElement[bool]:
    counted = and_(STAGES.is_(None), column != "cancelled")
    return or_(counted, cast(column, Text) == any_(STAGES))


def _towards(
    origin: ColumnElement[int], destination: ColumnElement[int]
) -> ColumnElement[bool]:
    starts = or_(
        origin == UNIT_CODE,
        and_(UNIT_CODE.is_(None), _own(FLOW.origin_state, FLOW.origin)),
    )
    ends = or_(
        destination == UNIT_CODE,
        and_(UNIT_CODE.is_(None), _own(FLOW.destination_state, FLOW.destination)),
    )
    return or_(
        and_(DIRECTION == "both", UNIT_CODE.is_(None)),
        and_(DIRECTION != "in", starts),
        and_(DIRECTION != "out", ends),
    )


def _own(
    state: ColumnElement[int], district: ColumnElement[int]
) -> ColumnElement[bool]:
    return within(states=(state,), districts=(district,))
