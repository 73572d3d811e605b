"""/flows/{level}: who goes from where to where, in a window."""

from typing import Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from gis_service.access import current_officer, require
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import Filters, flow_reader, question, versions_now
from gis_service.db import connection
from gis_service.policy import Permission
from layers.flows import answer
from layers.formats import flowjson
from layers.nodes import nodes

bp = APIBlueprint("flows", __name__, abp_tags=[Tag(name="flows")])


class Level(BaseModel):
    """What flows are summed to."""

    level: Literal["country", "state", "district"]


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


@bp.get("/flows/<level>", responses={"200": Flows})
@require(Permission.FLOW_READ)
def flows(path: Level, query: Filters) -> Response:
    """Return every unit's people and the k largest flows between units.

    What is left out is disclosed: `hidden` people are on edges beyond `k`.
    """
    db = connection()
    scope = flow_reader(current_officer(), path.level)
    known = versions_now(db)
    asked = question(db, query, scope=scope, level=path.level, known=known)
    etag = tag("flows", known["flows"], known["boundaries"], asked.key())
    return unchanged(etag, public=False) or whole(
        lambda: flowjson.body(
            answer(db, asked),
            asked,
            places=nodes(db, asked, version=known["boundaries"]),
            version=known["flows"],
        ),
        etag=etag,
        public=False,
        media_type=flowjson.MEDIA_TYPE,
    )
