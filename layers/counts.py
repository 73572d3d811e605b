"""What the maps of counted people share: their fields, source, and choropleth."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    Numeric,
    Select,
    Subquery,
    Table,
    cast,
    func,
    select,
)

from boundaries.tables import UNIT, UNIT_SHAPE
from layers.layer import Field, Layer, Source
from layers.pairs import pairs
from layers.places import (
    BOUNDARY_SOURCE,
    UNIT_FIELDS,
    unit_tiles,
    units,
)
from layers.question import LEVEL, UNIT_SET, K
from layers.style import Style, ramp

SUBJECTS = ("boundaries", "flows")
FILTERS = (
    "from",
    "to",
    "window",
    "mode",
    "category",
    "stage",
    "direction",
    "unit",
    "level",
    "as_of",
)

FLOW_SOURCE = Source(
    attribution="Journeys: National Migrant Information System. "
    + BOUNDARY_SOURCE.attribution,
    licence="for officers in their own scope; boundaries " + BOUNDARY_SOURCE.licence,
    lineage="Accepted batches, counted by district pair and day of travel; every"
    " stage but cancelled.",
)

COUNT_FIELDS = {
    "n": Field("people", "people"),
    "per_1000": Field("people per 1,000 inhabitants of 2011", "people per 1,000"),
}

TOP_FIELDS = {
    "n": Field("people", "people"),
    "rank": Field("place by people, 1 the largest"),
    "share": Field("part of the total", "fraction of 1"),
    "shown": Field("people on all that is listed", "people"),
    "total": Field("people on all that was asked", "people"),
}

# Light to dark, told apart with any colour vision (single hue, rising darkness).
BLUES = ("#eef3f8", "#c9dcec", "#93bcdb", "#5796c4", "#2a6aa3", "#123f6d")
# Straw to wine, each darker than the one before: lines stand out from the blues of
# the places below them, with any colour vision.
EMBERS = ("#d9a95b", "#cf8440", "#bb5a34", "#9c3535", "#74203b", "#471134")


def choropleth(*, name: str, title: str, abstract: str, end: str) -> Layer:
    """Return a layer of all units with the people at one end of their journeys.

    Journeys within one unit are not counted, as in the ``in`` and ``out`` of
    ``/flows``. A unit without any stays on the map with zero.

    Args:
        name: as in ``Layer``.
        title: as in ``Layer``.
        abstract: as in ``Layer``.
        end: ``origin`` or ``destination``, the end that counts.
    """
    return Layer(
        name=name,
        title=title,
        abstract=abstract,
        kind="polygon",
        query=_counted(units, UNIT, end),
        tiles=_counted(unit_tiles, UNIT_SHAPE, end),
        fields=UNIT_FIELDS | COUNT_FIELDS,
        style=Style(classes=ramp((0, 0.01, 0.1, 0.5, 1, 5), BLUES), field="per_1000"),
        source=FLOW_SOURCE,
        subjects=SUBJECTS,
        filters=FILTERS,
    )


def _counted(drawn: Any, of: Table, end: str) -> Select[Any]:  # noqa: ANN401 - units or unit_tiles
    """Return what is ``drawn`` of a table with its counts, zero where none are."""
    pair = pairs().subquery("pair")
    sums = (
        select(pair.c[end].label("code"), func.sum(pair.c.n).label("n"))
        .where(pair.c.origin != pair.c.destination)
        .group_by(pair.c[end])
        .subquery("sums")
    )
    people = cast(func.coalesce(sums.c.n, 0), BigInteger)
    rate = cast(people * 1000, Numeric) / func.nullif(of.c.population_2011, 0)
    counted = (
        people.label("n"),
        # A tile would carry PostgreSQL's numeric as text.
        cast(func.round(rate, 3), Float).label("per_1000"),
    )
    query: Select[Any] = drawn(LEVEL, set_id=UNIT_SET, more=counted)
    return query.outerjoin_from(of, sums, sums.c.code == of.c.code)


def ranked(totals: Select[Any], *, keys: tuple[str, ...]) -> Subquery:
    """Return the ``K`` largest totals with ``rank, share, shown, total``.

    What is left out is disclosed: ``total`` is the sum over everything asked,
    ``shown`` over what is returned. Ties go by key, so that answers never flicker.

    Args:
        totals: rows with ``n``.
        keys: the columns that tell rows apart.
    """
    rows = totals.subquery("rows")
    order = (rows.c.n.desc(), *(rows.c[key] for key in keys))
    placed = select(
        rows,
        func.row_number(type_=BigInteger).over(order_by=order).label("rank"),
        cast(func.sum(rows.c.n).over(), BigInteger).label("total"),
    ).subquery("placed")
    share = cast(placed.c.n, Float) / func.nullif(placed.c.total, 0)
    return (
        select(
            placed,
            share.label("share"),
            cast(func.sum(placed.c.n).over(), BigInteger).label("shown"),
        )
        .where(placed.c.rank <= K)
        .subquery("top")
    )
