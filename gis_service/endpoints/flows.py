"""/flows/{level}: who goes from where to where, in a window."""

from importlib import import_module
from typing import Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gis_service.access import NotPermitted, by_reader
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import (
    DayFilters,
    FlowFilters,
    day_question,
    flow_question,
    versions_now,
)
from gis_service.cube_asked import cube_of
from gis_service.db import connection
from gis_service.flow_release import ARROW, released_days, released_flows
from gis_service.readers import Reader, flow_reader
from gis_service.reading import read
from layers.flows import answer, by_day
from layers.formats import flowjson
from layers.nodes import labels, nodes
from layers.question import Question

bp = APIBlueprint("flows", __name__, abp_tags=[Tag(name="flows")])


class Level(BaseModel):
    """What flows are summed to."""

    level: Literal["country", "state", "district", "cluster"]


class FlowNode(BaseModel):
    """A unit with its people; ``internal`` never leave it."""

    code: int = Field(description="LGD code; 0 is the country")
    name: str
    name_hi: str | None
    state_code: int | None
    lon: float | None
    lat: float | None
    in_: int = Field(alias="in")
    out: int
    internal: int
    in_low: int | None = Field(None, description="of a release; so with out, internal")
    in_high: int | None = None
    out_low: int | None = None
    out_high: int | None = None
    internal_low: int | None = None
    internal_high: int | None = None


class FlowEdge(BaseModel):
    """People from one unit to another."""

    origin: int
    destination: int
    n: int
    before: int | None = Field(None, description="people on the days compared with")
    n_low: int | None = Field(None, description="of a release: at least so many")
    n_high: int | None = Field(None, description="of a release: at most so many")
    level: str | None = Field(None, description="of a release: how finely it is told")


class Flows(BaseModel):
    """The flows of a window: total + internal is everyone asked."""

    level: str
    from_: str | None = Field(alias="from")
    to: str | None
    version: int
    nodes: list[FlowNode]
    edges: list[FlowEdge]
    shown: int = Field(description="people on the listed edges")
    total: int = Field(description="people between different units")
    internal: int = Field(description="people within one unit")
    hidden: int = Field(description="people on edges beyond k: total - shown")
    edges_total: int = Field(description="how many edges there are")
    release: int | None = Field(None, description="which release, where it is of one")
    about: bool | None = Field(None, description="of a release: numbers are rounded")
    n_low: int | None = Field(None, description="of a release: all, at least")
    n_high: int | None = Field(None, description="of a release: all, at most")


class Weeks(BaseModel):
    """Journeys by week."""

    first: str | None = Field(description="Monday of the first week")
    people: list[int] = Field(description="journeys of each week, from `first` on")


class Days(BaseModel):
    """Everyone by day."""

    first: str | None = Field(description="first day on which anyone travels")
    version: int
    people: list[int] = Field(description="people of each day, from `first` on")
    release: int | None = Field(None, description="which release, where it is of one")
    about: bool | None = Field(None, description="of a release: numbers are rounded")
    by_week: Weeks | None = Field(
        None, description="of a release: journeys that are told by the week only"
    )


@bp.get("/flows/days", responses={"200": Days})
@by_reader
@read
def days(query: DayFilters) -> Response:
    """Return how many people travel on each day, of every day there is.

    Of a release: what is told by the day, and in `by_week` what is told by the week.
    """
    reader, query = _of_level(query)
    db = connection(reader.plane)
    known = versions_now(db)
    asked = day_question(db, query, reader=reader, known=known)
    if reader.told:
        return released_days(db, asked, known)
    etag = tag("days", known["flows"], known["boundaries"], asked.key())
    return unchanged(etag, public=False) or whole(
        lambda: _days(db, asked, known),
        etag=etag,
        public=False,
        media_type=flowjson.MEDIA_TYPE,
    )


def _of_level(query: DayFilters) -> tuple[Reader, DayFilters]:
    """Return who reads, and the question at the finest level that they may read."""
    if "level" in query.given():
        return flow_reader(query.level), query
    try:
        return flow_reader("district"), query
    except NotPermitted:
        return flow_reader("state"), query.model_copy(update={"level": "state"})


@bp.get("/flows/<level>", responses={"200": Flows})
@by_reader
@read
def flows(path: Level, query: FlowFilters) -> Response:
    """Return every unit's people and the k largest flows between units.

    With `format=arrow` an Arrow IPC stream (application/vnd.apache.arrow.stream) of
    one `table`; the totals are metadata of its schema.

    What is left out is disclosed: `hidden` people are on edges beyond `k`. With
    `versus_from` and `versus_to` every count is the window's less that of the days
    compared with, and `k` picks the largest differences.

    Who may not see exact flows is given those of the newest release: every number is
    about so many journeys, with `n_low` and `n_high` beside it. There are nodes for
    what no district (20000 + LGD code of the state) or state (20000) is told of.
    """
    reader = flow_reader(path.level)
    db = connection(reader.plane)
    known = versions_now(db)
    asked = flow_question(db, query, reader=reader, level=path.level, known=known)
    if reader.told:
        return released_flows(db, asked, known, query)
    form = (query.format, query.table)
    etag = tag("flows", known["flows"], known["boundaries"], asked.key(), *form)
    return unchanged(etag, public=False) or whole(
        lambda: _body(db, asked, known, query),
        etag=etag,
        public=False,
        media_type=ARROW if query.format == "arrow" else flowjson.MEDIA_TYPE,
    )


def _body(
    db: Connection, asked: Question, known: dict[str, int], query: FlowFilters
) -> bytes:
    cube = cube_of(db, known)
    places = nodes(db, asked, version=known["boundaries"])
    clusters = labels(db, asked, version=known["boundaries"])
    found = answer(cube, asked, places, clusters)
    if query.format == "arrow":
        # Its library is 25 MB that few workers need.
        arrow = import_module("layers.formats.arrow")
        made: bytes = arrow.body(found, asked, places=places, table=query.table)
        return made
    return flowjson.body(found, asked, places=places)


def _days(db: Connection, asked: Question, known: dict[str, int]) -> bytes:
    cube = cube_of(db, known)
    places = nodes(db, asked, version=known["boundaries"])
    first, people = by_day(cube, asked, places)
    return flowjson.days(first, people, version=cube.version)
