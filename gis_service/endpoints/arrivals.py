"""/api/v1/arrivals: what a destination's officer needs of a day, in one request."""

from datetime import date
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from gis_service import arrivals_told, people_answers
from gis_service.access import current_officer, require
from gis_service.audit.seen import ForPurpose, reads_people
from gis_service.people_bodies import MOST, USUAL, Movement
from gis_service.policy import Permission
from movements.people_arrivals import Coming

bp = APIBlueprint(
    "arrivals", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")]
)


class Asked(ForPurpose):
    """Which day's arrivals."""

    day: date | None = Field(
        None, description="day of travel; default: tomorrow, in India"
    )
    limit: int = Field(USUAL, ge=1, le=MOST, description="people listed at most")


class Numbers(BaseModel):
    """People by stage and permission: people = expected + departed + arrived."""

    people: int
    expected: int = Field(description="not departed yet")
    departed: int = Field(description="on the way")
    arrived: int
    walk_ins: int = Field(description="of those who arrived, who was on no list")
    notified: int = Field(description="of all, those for whom no permission is needed")
    requested: int = Field(description="of all, those whose permission waits for you")
    granted: int
    cancelled: int = Field(description="who does not come; in no other number")


class Group(Numbers):
    """People of one train from one district, or by bus from there."""

    mode: str
    train_number: str | None
    train_date: date | None
    origin_state: int
    origin_district: int
    hour: int | None = Field(description="null: there are no timetables yet")


class ArrivalsBody(BaseModel):
    """A day's arrivals: counts, groups, and the first people by policy."""

    day: date
    totals: Numbers
    groups: list[Group]
    people: list[Movement]
    next: str | None
    links: dict[str, str]


@bp.get("/arrivals", responses={"200": ArrivalsBody})
@require(Permission.ARRIVAL_READ)
@reads_people
def arrivals(query: Asked) -> Response:
    """Return who comes to your places on a day, of those whom you see already.

    Counted by train, or for buses by district of origin. Flows (`/flows`) count all who
    are to come, also those who are not yet to be seen.
    """
    officer = current_officer()
    day = query.day or arrivals_told.tomorrow()
    told = arrivals_told.told(officer, day, purpose=query.purpose, limit=query.limit)
    after = told.next and told.next.text()
    more = after and arrivals_told.listed(
        day, query.purpose, limit=str(query.limit), after=after
    )
    return people_answers.json(
        {
            "day": day,
            "totals": told.totals,
            "groups": [_group(each) for each in told.groups],
            "people": told.people,
            "next": more,
            "links": arrivals_told.links(officer, day, query.purpose),
        }
    )


def _group(one: Coming) -> dict[str, Any]:
    return {
        "mode": one.mode,
        "train_number": one.train_number,
        "train_date": one.train_date,
        "origin_state": one.origin_state,
        "origin_district": one.origin_district,
        "hour": None,
        **one.counts.body(),
    }
