"""Every published atom of a release, as it was published."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    select,
)

from boundaries.tables import UNIT
from layers import atoms
from layers.circles import great_circle
from layers.counts import EMBERS
from layers.layer import Field, Layer
from layers.question import DISTRICT_SET, STATE_SET
from layers.style import Style, about, ramp

ENDS = ("origin", "destination")

FIELDS = {
    "level": Field(
        "how finely it is told: district, state_to_district, state, country"
    ),
    "week": Field("Monday of the week of travel"),
    "day": Field("day of travel, where it is told by the day"),
    "mode": Field("train or bus, where it is told"),
    "origin_state": Field("LGD code of the state of origin, where it is told"),
    "origin": Field("LGD code of the district of origin, where it is told"),
    "destination_state": Field("LGD code of the state of destination, likewise"),
    "destination": Field("LGD code of the district of destination, likewise"),
}


def _lines(*, srid: int) -> Select[Any]:
    row = atoms.asked().subquery("row")
    one = row.c
    ends = {
        name: (UNIT.alias(f"{name}_unit"), UNIT.alias(f"{name}_within"))
        for name in ENDS
    }
    start, end = (
        func.coalesce(*(each.c.inner_point for each in ends[name])) for name in ENDS
    )
    apart = func.ST_Equals(start, end).is_(False)
    query = select(
        case((apart, great_circle(start, end, srid=srid))).label("geom"),
        one.object_id.label("id"),
        *(
            cast(one[name], Text).label(name) if name == "mode" else one[name]
            for name in FIELDS
        ),
        one.n,
        *atoms.bounds(one.n, literal(1)),
    ).select_from(row)
    for name, (district, state) in ends.items():
        query = query.outerjoin(
            district, _is(district, one[name], "district", DISTRICT_SET)
        ).outerjoin(state, _is(state, one[f"{name}_state"], "state", STATE_SET))
    return query


def _is(
    unit: FromClause, code: ColumnElement[int], level: str, of: BindParameter[str]
) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (
        (unit.c.set_id == of) & (unit.c.level == level) & (unit.c.code == code)
    )
    return found


LAYER = Layer(
    name="release_atoms",
    title="Atoms of the protected release",
    abstract="Every atom of the newest protected release: the least that is told, of"
    " which all other numbers are sums. An atom keeps its id in all releases.",
    kind="line",
    query=_lines(srid=4326),
    tiles=_lines(srid=3857),
    fields=FIELDS | atoms.N_FIELDS,
    style=Style(classes=about(ramp((11, 22, 55, 220, 1100, 5500), EMBERS)), field="n"),
    source=atoms.SOURCE,
    subjects=atoms.SUBJECTS,
    updates=atoms.UPDATES,
    filters=(*atoms.DAYS, "mode", "as_of"),
    released="district",
    placeless=True,
    tiled=False,
)
