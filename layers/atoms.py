"""Published atoms of flows: the one place where layers read a release."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    SmallInteger,
    Subquery,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from boundaries.tables import UNIT
from layers.cube.released import REST
from layers.layer import Field, Source
from layers.places import BOUNDARY_SOURCE
from layers.question import (
    BY_WEEK,
    DIRECTION,
    FIRST,
    LAST,
    LEVEL,
    LEVEL_NAME,
    MODES,
    RELEASE_NUMBER,
    STATE_SET,
    UNIT_CODE,
    UNIT_SET,
)
from layers.release import NOWHERE, OF_NO_DISTRICT, OF_NO_DISTRICT_HI
from movements.release.levels import BASE, LEAST
from movements.release.tables import FLOW_RELEASE, RELEASE_WEEK

SUBJECTS = ("boundaries", "release")
DAYS = ("from", "to", "window")

SOURCE = Source(
    attribution="Journeys: National Migrant Information System, protected release. "
    + BOUNDARY_SOURCE.attribution,
    licence="for whom it was told, with its bounds; boundaries "
    + BOUNDARY_SOURCE.licence,
    lineage="Sums of published atoms: journeys of any stage but cancelled, drawn once"
    " in multiples of 11 by a keyed draw. Small numbers are told coarsely or not at"
    " all; zero and not told look the same.",
)
UPDATES = "with every release"

N_FIELDS = {
    "n": Field("about so many journeys", "journeys"),
    "n_low": Field("at least so many of these, of what is told", "journeys"),
    "n_high": Field("at most so many of these, of what is told", "journeys"),
}

ATOM = FLOW_RELEASE.c
_DISTRICT = LEVEL_NAME == "district"
_LAST_OF_WEEK = 6  # days after its Monday
# What is not told of any state or district goes by this code at level ``state``.
NO_STATE = 0


def asked() -> Select[Any]:
    """Return the atoms of a release that lie in the days and modes asked.

    What is told by the week lies in them where the whole week does.
    """
    week_in = and_(
        ATOM.week >= FIRST,
        ATOM.week + literal(_LAST_OF_WEEK, Integer) <= cast(LAST, Date),
    )
    day_in = and_(BY_WEEK.is_(False), ATOM.day.between(FIRST, LAST))
    of_week = or_(BY_WEEK, ATOM.day.is_(None))
    return (
        select(*ATOM)
        .join_from(
            RELEASE_WEEK,
            FLOW_RELEASE,
            and_(
                RELEASE_WEEK.c.week == ATOM.week,
                RELEASE_WEEK.c.edition == ATOM.edition,
            ),
        )
        .where(RELEASE_WEEK.c.release == RELEASE_NUMBER)
        .where(or_(day_in, and_(of_week, week_in)))
        .where(or_(MODES.is_(None), cast(ATOM.mode, Text) == any_(MODES)))
    )


def pairs() -> Select[Any]:
    """Return ``origin, destination, n, atoms`` once for each pair of ``LEVEL``.

    A unit that is not told has the code of its state's rest. A unit paired with
    itself is among them.
    """
    row = asked().subquery("row").c
    origin = _unit(row.origin, row.origin_state)
    destination = _unit(row.destination, row.destination_state)
    ends = select(
        origin.label("origin"), destination.label("destination"), row.n.label("n")
    ).where(_towards(origin, destination))
    each = ends.subquery("each").c
    return select(
        each.origin,
        each.destination,
        cast(func.sum(each.n), BigInteger).label("n"),
        func.count().label("atoms"),
    ).group_by(each.origin, each.destination)


def bounds(
    n: ColumnElement[int], atoms: ColumnElement[int], name: str = "n"
) -> tuple[Any, Any]:
    """Return the columns ``{name}_low, {name}_high`` of a sum of so many atoms."""
    away = (BASE - 1) * atoms
    low = func.greatest(LEAST * atoms, n - away)
    # Said, since the type of a greatest of integers is not known by itself.
    return (
        cast(low, BigInteger).label(f"{name}_low"),
        cast(n + away, BigInteger).label(f"{name}_high"),
    )


def places(name: str) -> Subquery:
    """Return the units of ``LEVEL``, and what stands for what no unit is told of.

    Columns ``code, name, name_hi, state_code, point`` (EPSG:4326, or none).

    Args:
        name: of the subquery.
    """
    unit, state = UNIT.alias(), UNIT.alias()
    told = select(
        cast(unit.c.code, Integer).label("code"),
        unit.c.name.label("name"),
        unit.c.name_hi.label("name_hi"),
        unit.c.state_code.label("state_code"),
        unit.c.inner_point.label("point"),
    ).where(unit.c.set_id == UNIT_SET, unit.c.level == LEVEL)
    rest = select(
        REST + state.c.code,
        state.c.name.op("||")(literal(OF_NO_DISTRICT)),
        state.c.name_hi.op("||")(literal(OF_NO_DISTRICT_HI)),
        state.c.code,
        state.c.inner_point,
    ).where(state.c.set_id == STATE_SET, state.c.level == "state", _DISTRICT)
    nowhere = select(
        case((_DISTRICT, REST), else_=NO_STATE),
        literal(NOWHERE.name),
        literal(NOWHERE.name_hi),
        cast(null(), SmallInteger),
        cast(null(), Geometry(srid=4326)),
    )
    return union_all(told, rest, nowhere).subquery(name)


def level(origin: ColumnElement[int], destination: ColumnElement[int]) -> Any:  # noqa: ANN401 - a column expression
    """Return how finely a pair is told."""
    return case(
        (LEVEL_NAME == "state", "state"),
        (and_(origin < REST, destination < REST), "district"),
        (destination < REST, "state_to_district"),
        else_="state",
    )


def _unit(district: ColumnElement[Any], state: ColumnElement[Any]) -> Any:  # noqa: ANN401 - as above
    code = func.coalesce(cast(state, Integer), NO_STATE)
    fine = func.coalesce(cast(district, Integer), REST + code)
    return case((_DISTRICT, fine), else_=code)


def _towards(
    origin: ColumnElement[int], destination: ColumnElement[int]
) -> ColumnElement[bool]:
    return or_(
        UNIT_CODE.is_(None),
        and_(DIRECTION != "in", origin == UNIT_CODE),
        and_(DIRECTION != "out", destination == UNIT_CODE),
    )
