"""What the maps of a release's units share: about how many journeys end in each."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Float,
    Integer,
    Numeric,
    Select,
    Subquery,
    Table,
    Text,
    case,
    cast,
    func,
    null,
    select,
    union_all,
)

from boundaries.tables import UNIT, UNIT_SHAPE
from layers import atoms
from layers.counts import BLUES
from layers.layer import Field, Layer
from layers.places import UNIT_FIELDS, unit_tiles, units
from layers.question import LEVEL, UNIT_SET
from layers.release import LEAST_OF_RATIO
from layers.style import Style, about, ramp

FIELDS = (
    UNIT_FIELDS
    | {"code": Field("LGD code; 20000 and more: of no one district")}
    | atoms.N_FIELDS
    | {
        "per_1000": Field(
            "about so many journeys per 1,000 inhabitants of 2011, of"
            f" {LEAST_OF_RATIO} atoms or more",
            "journeys per 1,000",
        ),
        "internal": Field("about so many journeys within the unit", "journeys"),
        "internal_low": Field("at least so many of these", "journeys"),
        "internal_high": Field("at most so many of these", "journeys"),
    }
)
COUNTED = tuple(name for name in FIELDS if name not in UNIT_FIELDS)


def choropleth(*, name: str, title: str, abstract: str, end: str) -> Layer:
    """Return a layer of all units with the journeys at one end, of a release.

    A unit of which nothing is told stays on the map with zero. What is told of no
    district of a state, or of no state, is a feature without a place.

    Args:
        name: as in ``Layer``.
        title: as in ``Layer``.
        abstract: as in ``Layer``.
        end: ``origin`` or ``destination``, the end that counts.
    """
    placed = _drawn(units, UNIT, end)
    return Layer(
        name=name,
        title=title,
        abstract=abstract,
        kind="polygon",
        query=_with_rest(placed, end),
        tiles=_drawn(unit_tiles, UNIT_SHAPE, end),
        fields=FIELDS,
        style=Style(
            classes=about(ramp((0, 0.01, 0.1, 0.5, 1, 5), BLUES)), field="per_1000"
        ),
        source=atoms.SOURCE,
        subjects=atoms.SUBJECTS,
        updates=atoms.UPDATES,
        filters=(*atoms.DAYS, "mode", "direction", "unit", "level", "as_of"),
        released="district",
        placeless=True,
    )


def _drawn(drawn: Any, of: Table, end: str) -> Select[Any]:  # noqa: ANN401 - units or unit_tiles
    """Return what is ``drawn`` of a table with its journeys, zero where none are."""
    sums = _sums(end)
    people = cast(_zero(sums.c.n) * 1000, Numeric)
    rate = people / func.nullif(of.c.population_2011, 0)
    # A tile would carry PostgreSQL's numeric as text.
    enough = case((sums.c.atoms >= LEAST_OF_RATIO, cast(func.round(rate, 3), Float)))
    query: Select[Any] = drawn(LEVEL, set_id=UNIT_SET, more=_counted(sums, enough))
    return query.outerjoin_from(of, sums, sums.c.code == of.c.code)


def _with_rest(placed: Select[Any], end: str) -> Select[Any]:
    """Return the placed units, and those that only the release knows of."""
    sums, rest = _sums(end), atoms.places("rest")
    unplaced = (
        select(
            cast(null(), Geometry(srid=4326)),
            cast(null(), Text),
            sums.c.code,
            sums.c.code,
            func.coalesce(rest.c.name, cast(sums.c.code, Text)),
            rest.c.name_hi,
            rest.c.state_code,
            *_counted(sums, cast(null(), Float)),
        )
        .join_from(sums, rest, rest.c.code == sums.c.code, isouter=True)
        .where(sums.c.code.not_in(_known()))
    )
    both = union_all(placed, unplaced).subquery("both")
    return select(*both.c)


def _known() -> Select[Any]:
    """Return the codes of the units that have a shape."""
    return select(cast(UNIT.c.code, Integer)).where(
        UNIT.c.set_id == UNIT_SET, UNIT.c.level == LEVEL
    )


def _sums(end: str) -> Subquery:
    """Return ``code, n, atoms, internal, internal_atoms`` of units at one end."""
    pair = atoms.pairs().subquery("pair").c
    within = pair.origin == pair.destination
    return (
        select(
            pair[end].label("code"),
            func.sum(pair.n).filter(~within).label("n"),
            func.sum(pair.atoms).filter(~within).label("atoms"),
            func.sum(pair.n).filter(within).label("internal"),
            func.sum(pair.atoms).filter(within).label("internal_atoms"),
        )
        .group_by(pair[end])
        .subquery("sums")
    )


def _counted(sums: Subquery, rate: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a column expression
    c = sums.c
    n, internal = _zero(c.n), _zero(c.internal)
    return (
        n.label("n"),
        *atoms.bounds(n, _zero(c.atoms)),
        rate.label("per_1000"),
        internal.label("internal"),
        *atoms.bounds(internal, _zero(c.internal_atoms), "internal"),
    )


def _zero(column: Any) -> Any:  # noqa: ANN401 - as above
    return cast(func.coalesce(column, 0), BigInteger)
