"""About how many people move between each pair of units, of a release, as lines."""

from typing import Any

from sqlalchemy import Integer, Select, Text, case, cast, func, select

from layers import atoms
from layers.circles import ID_BASE, great_circle
from layers.counts import EMBERS, TOP_FIELDS, ranked
from layers.layer import Field, Layer
from layers.release import LEAST_OF_RATIO
from layers.style import Style, about, ramp

ABOUT = {
    "share": Field(
        f"part of the total, of {LEAST_OF_RATIO} atoms or more", "fraction of 1"
    ),
    "level": Field(
        "how finely it is told: district, state_to_district, or state (by the week)"
    ),
}


def _lines(*, srid: int) -> Select[Any]:
    pair = atoms.pairs().subquery("pair")
    moving = select(pair).where(pair.c.origin != pair.c.destination)
    top = ranked(moving, keys=("origin", "destination")).c
    start, end = atoms.places("start"), atoms.places("finish")
    line = great_circle(start.c.point, end.c.point, srid=srid)
    low, high = atoms.bounds(top.n, top.atoms)
    enough = case((top.atoms >= LEAST_OF_RATIO, top.share))
    return (
        select(
            line.label("geom"),
            (cast(top.origin, Integer) * ID_BASE + top.destination).label("id"),
            top.origin,
            func.coalesce(start.c.name, cast(top.origin, Text)).label("origin_name"),
            top.destination,
            func.coalesce(end.c.name, cast(top.destination, Text)).label(
                "destination_name"
            ),
            top.n,
            low,
            high,
            atoms.level(top.origin, top.destination).label("level"),
            top.rank,
            enough.label("share"),
            top.shown,
            top.total,
        )
        # A unit of another vintage has no name and no point here; it is told all the
        # same.
        .join_from(top.n.table, start, start.c.code == top.origin, isouter=True)
        .join(end, end.c.code == top.destination, isouter=True)
        .order_by(top.rank)
    )


LAYER = Layer(
    name="release_flows",
    title="Flows, protected release",
    abstract="About how many journeys go from unit to unit, of the newest protected"
    " release: the largest of them along the great circle; how much is left out stands"
    " in shown and total. What no district is told of goes from or to its state.",
    kind="line",
    query=_lines(srid=4326),
    tiles=_lines(srid=3857),
    fields={
        "origin": Field("LGD code of the origin; 20000 and more: of no one district"),
        "origin_name": Field("name of the origin"),
        "destination": Field("LGD code of the destination; likewise"),
        "destination_name": Field("name of the destination"),
    }
    | TOP_FIELDS
    | atoms.N_FIELDS
    | ABOUT,
    # The least that is published, and multiples of it.
    style=Style(
        classes=about(ramp((11, 55, 220, 1100, 5500, 22000), EMBERS)), field="n"
    ),
    source=atoms.SOURCE,
    subjects=atoms.SUBJECTS,
    updates=atoms.UPDATES,
    # As of the exact flows.
    maxzoom=10,
    filters=(*atoms.DAYS, "mode", "direction", "unit", "level", "as_of", "k"),
    released="district",
    placeless=True,
)
