"""The ways that people take, with how many take each."""

from typing import Any

from sqlalchemy import Select, Text, cast, func, select

from layers.counts import BLUES, FLOW_SOURCE, TOP_FIELDS, ranked
from layers.layer import Field, Layer
from layers.pairs import route_totals
from layers.style import Style, ramp
from routes.tables import ROUTE

WAY = ROUTE.c


def _paths(*, srid: int) -> Select[Any]:
    top = ranked(route_totals(), keys=("route_id",)).c
    path = WAY.path if srid == 4326 else func.ST_Transform(WAY.path, srid)  # noqa: PLR2004 - the EPSG code
    route_id = cast(WAY.route_id, Text)
    return (
        select(
            path.label("geom"),
            route_id.label("route_id"),
            cast(WAY.mode, Text).label("mode"),
            WAY.kind,
            WAY.origin_district.label("origin"),
            WAY.destination_district.label("destination"),
            func.array_to_string(WAY.states, ";").label("states"),
            WAY.length_km,
            WAY.has_gap,
            func.concat("/maps/routes/", route_id).label("link"),
            *(top[name] for name in TOP_FIELDS),
        )
        .join_from(ROUTE, top.route_id.table, top.route_id == WAY.route_id)
        .order_by(top.rank)
    )


LAYER = Layer(
    name="routes",
    title="Routes",
    abstract="The routes that most people take. A schematic line joins the districts"
    " on the way; a rail or road line follows lines that the operator loaded.",
    kind="line",
    query=_paths(srid=4326),
    tiles=_paths(srid=3857),
    fields={
        "route_id": Field("which route"),
        "mode": Field("train or bus"),
        "kind": Field("schematic, rail or road"),
        "origin": Field("LGD code of the district of origin"),
        "destination": Field("LGD code of the district of destination"),
        "states": Field("LGD codes of the states passed, in order"),
        "length_km": Field("geodesic length", "km"),
        "has_gap": Field("whether neighbouring states of the list do not touch"),
        "link": Field("page of the route, below this service's address"),
    }
    | TOP_FIELDS,
    style=Style(classes=ramp((1, 10, 50, 200, 1000), BLUES[1:]), field="n"),
    source=FLOW_SOURCE,
    subjects=("boundaries", "routes", "flows"),
    filters=("from", "to", "window", "mode", "category", "stage", "unit", "k"),
)
