"""How many people move between each pair of units, as great-circle lines."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, select

from boundaries.tables import UNIT
from layers.circles import ID_BASE, great_circle
from layers.counts import EMBERS, FILTERS, FLOW_SOURCE, SUBJECTS, TOP_FIELDS, ranked
from layers.layer import Field, Layer
from layers.pairs import pairs
from layers.question import LEVEL, UNIT_SET
from layers.style import Style, ramp


def _lines(*, srid: int) -> Select[Any]:
    pair = pairs().subquery("pair")
    moving = select(pair).where(pair.c.origin != pair.c.destination)
    top = ranked(moving, keys=("origin", "destination")).c
    start, end = UNIT.alias("start"), UNIT.alias("finish")
    line = great_circle(start.c.inner_point, end.c.inner_point, srid=srid)
    return (
        select(
            line.label("geom"),
            (cast(top.origin, Integer) * ID_BASE + top.destination).label("id"),
            top.origin,
            start.c.name.label("origin_name"),
            top.destination,
            end.c.name.label("destination_name"),
            *(top[name] for name in TOP_FIELDS),
        )
        .join_from(start, top.origin.table, _at(start, top.origin))
        .join(end, _at(end, top.destination))
        .order_by(top.rank)
    )


def _at(unit: Any, code: ColumnElement[int]) -> ColumnElement[bool]:  # noqa: ANN401 - an alias
    found: ColumnElement[bool] = (
        (unit.c.set_id == UNIT_SET) & (unit.c.level == LEVEL) & (unit.c.code == code)
    )
    return found


LAYER = Layer(
    name="flows",
    title="Flows",
    abstract="The largest flows between districts (or states, with level=state), from"
    " inner point to inner point along the great circle; how much is left out stands"
    " in shown and total. Tiles hold the largest of each end's tile, and the units with"
    " their totals.",
    kind="line",
    query=_lines(srid=4326),
    tiles=_lines(srid=3857),
    fields={
        "origin": Field("LGD code of the origin"),
        "origin_name": Field("name of the origin"),
        "destination": Field("LGD code of the destination"),
        "destination_name": Field("name of the destination"),
    }
    | TOP_FIELDS,
    style=Style(classes=ramp((1, 10, 100, 500, 2000, 10000), EMBERS), field="n"),
    source=FLOW_SOURCE,
    subjects=SUBJECTS,
    # Closer, a tile holds so little of a line that a client draws it from this zoom's.
    maxzoom=10,
    filters=(*FILTERS, "k"),
)
