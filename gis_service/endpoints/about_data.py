"""/api/v1/about-data: what is done with people's data, for whoever wants to know."""

from datetime import date
from typing import Literal

import orjson
from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from gis_service import about_data
from gis_service.access import public
from gis_service.address import root
from gis_service.endpoints.retention import ClocksBody
from gis_service.web import language

bp = APIBlueprint(
    "about_data", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="about data")]
)


class Spoken(BaseModel):
    """In which language."""

    model_config = ConfigDict(extra="forbid")

    lang: Literal["en", "hi"] | None = Field(
        None, description="default: as Accept-Language weighs them"
    )


class PurposeBody(BaseModel):
    """What people are read for."""

    purpose: str
    text: str


class SightBody(BaseModel):
    """Whom a role sees, when, and what of them."""

    side: str
    whom: str
    when: str
    fields: str


class EpidemicBody(BaseModel):
    """The epidemic that is notified: contacts are traced until its last day."""

    reference: str
    until: date


class RoleBody(BaseModel):
    """What a role sees and may do, from policy.csv."""

    role: str
    title: str
    people: list[SightBody]
    nobody: str | None
    purposes: list[str]
    flows: list[str]
    also: list[str]
    idle: str | None


class AboutBody(BaseModel):
    """What is done with people's data, in words."""

    purposes: list[PurposeBody]
    epidemic: EpidemicBody | None = Field(description="null: no contacts are traced")
    epidemic_text: str
    law: list[str]
    law_note: str
    aadhaar: str
    who: list[RoleBody]
    clocks: ClocksBody
    clocks_text: list[str]
    sunset: date | None
    sunset_text: str
    stays: str
    grievance: str | None = Field(description="null: the operator has named nobody")
    grievance_text: str
    links: dict[str, str]


@bp.get("/about-data", responses={"200": AboutBody})
@public
def about(query: Spoken) -> Response:
    """Return what people's data is for, who sees it, when it ends, whom to ask."""
    body = about_data.told(current_app.extensions["settings"])
    links = {"own": f"{root()}/own-data", "page": f"{root()}/about-data"}
    response = Response(
        orjson.dumps(body | {"links": links}), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Language"] = query.lang or language.current()
    response.vary.update(("Cookie", "Accept-Language"))
    return response
