"""How many people move between each pair of units, as great-circle lines."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select

from boundaries.tables import UNIT
from layers.counts import FILTERS, FLOW_SOURCE, SUBJECTS, TOP_FIELDS, ranked
from layers.layer import Field, Layer
from layers.pairs import pairs
from layers.question import LEVEL, UNIT_SET
from layers.style import Style, ramp

# A great circle drawn with a point every 100 km is off by less than 200 m.
STEP_M = 100_000
# An id per pair that fits a JavaScript number; codes are smaller than this.
ID_BASE = 65_536
# Straw to wine, each darker than the one before: lines stand out from the blues of
# the places below them, with any colour vision.
EMBERS = ("#d9a95b", "#cf8440", "#bb5a34", "#9c3535", "#74203b", "#471134")


def _lines(*, srid: int) -> Select[Any]:
    pair = pairs().subquery("pair")
    moving = select(pair).where(pair.c.origin != pair.c.destination)
    top = ranked(moving, keys=("origin", "destination")).c
    start, end = UNIT.alias("start"), UNIT.alias("finish")
    line = _great_circle(start.c.inner_point, end.c.inner_point)
    return (
        select(
            (func.ST_Transform(line, srid) if srid != 4326 else line).label("geom"),  # noqa: PLR2004 - the EPSG code
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


def _great_circle(a: ColumnElement[Any], b: ColumnElement[Any]) -> ColumnElement[Any]:
    straight = func.geography(func.ST_MakeLine(a, b))
    return func.geometry(func.ST_Segmentize(straight, STEP_M))


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
