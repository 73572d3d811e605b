"""/flows/{level}: who goes from where to where, in a window."""

from importlib import import_module
from typing import Literal

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gis_service.access import current_officer, require
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import (
    DayFilters,
    FlowFilters,
    day_question,
    flow_question,
    flow_reader,
    versions_now,
)
from gis_service.db import connection
from gis_service.flow_release import released
from gis_service.policy import ROLES, Permission
from gis_service.reading import read
from layers.flows import answer, by_day
from layers.formats import flowjson
from layers.nodes import labels, nodes
from layers.question import Question

bp = APIBlueprint("flows", __name__, abp_tags=[Tag(name="flows")])


class Level(BaseModel):
    """What flows are summed to."""

    level: Literal["country", "state", "district", "cluster"]


ARROW = "application/vnd.apache.arrow.stream"

# Clusters are made of districts: who may not read these may not read those.
GRAINS = {"cluster": "district"}


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


class Days(BaseModel):
    """Everyone by day."""

    first: str | None = Field(description="first day on which anyone travels")
    version: int
    people: list[int] = Field(description="people of each day, from `first` on")


@bp.get("/flows/days", responses={"200": Days})
@require(Permission.FLOW_READ)
@read
def days(query: DayFilters) -> Response:
    """Return how many people travel on each day, of every day there is."""
    db = connection()
    scope = flow_reader(current_officer(), query.level)
    known = versions_now(db)
    asked = day_question(db, query, scope=scope, known=known)
    etag = tag("days", known["flows"], known["boundaries"], asked.key())
    return unchanged(etag, public=False) or whole(
        lambda: _days(db, asked, known),
        etag=etag,
        public=False,
        media_type=flowjson.MEDIA_TYPE,
    )


@bp.get("/flows/<level>", responses={"200": Flows})
@require(Permission.FLOW_READ, Permission.RELEASE_READ)
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
    if Permission.RELEASE_READ in ROLES[current_officer().role].permissions:
        return released(path.level, query)
    db = connection()
    scope = flow_reader(current_officer(), GRAINS.get(path.level, path.level))
    known = versions_now(db)
    asked = flow_question(db, query, scope=scope, level=path.level, known=known)
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
    cube = current_app.extensions["cube"].at(db, known)
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
    cube = current_app.extensions["cube"].at(db, known)
    places = nodes(db, asked, version=known["boundaries"])
    first, people = by_day(cube, asked, places)
    return flowjson.days(first, people, version=cube.version)
