"""/api/v1/headcounts: how many pass a state on which vehicle; the loads of trains."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from gis_service import fault_csv, people_answers
from gis_service.access import current_officer, require
from gis_service.audit import Subject
from gis_service.audit.seen import ForPurpose, reads_people, seen
from gis_service.people_bodies import OR_CSV
from gis_service.people_plane import eye, opened, today
from gis_service.policy import Permission
from layers.errors import BadQuestion
from movements.people_headcounts import GROUPS, Headcount, headcounts

bp = APIBlueprint(
    "headcounts", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")]
)

MOST_DAYS = 31
_NUMBERS = ("people", "expected", "departed", "arrived", "cancelled")


class Asked(ForPurpose):
    """Which days."""

    from_: date | None = Field(
        None, alias="from", description="first day of travel; default: today, in India"
    )
    to: date | None = Field(
        None, description="last day of travel, inclusive; default: the first"
    )
    f: Literal["json", "csv"] = Field("json", description="form of the answer")


class Group(BaseModel):
    """People of one vehicle: people = expected + departed + arrived."""

    travel_date: date
    mode: str
    train_number: str | None
    train_date: date | None
    vehicle: str | None = Field(description="coach, or a bus's registration mark")
    origin_state: int | None = Field(None, description="where they board; Railways")
    origin_district: int | None = Field(None, description="where they board; Railways")
    people: int
    expected: int = Field(description="not departed yet")
    departed: int
    arrived: int
    cancelled: int = Field(description="in no other number")


class HeadcountBody(BaseModel):
    """Who passes, or is on trains, by vehicle; ``people`` are all of them."""

    model_config = OR_CSV

    side: str = Field(description="transit: who passes your state; or requisitions")
    from_: date = Field(alias="from")
    to: date
    people: int
    groups: list[Group]


@bp.get("/headcounts", responses={"200": HeadcountBody})
@require(Permission.HEADCOUNT_READ)
@reads_people
def counted(query: Asked) -> Response:
    """Return how many people there are by vehicle, and of nobody more than that.

    To a state: who passes it, from a day before they travel to two days after, once
    they have departed. To the Railways: who is on the trains that were asked for, and
    where they board.
    """
    first, last = _days(query)
    looking = eye(current_officer())
    side = next(each for each in GROUPS if each in looking.scope)
    db = opened(looking)
    groups = headcounts(db, looking, side, first=first, last=last)
    people = sum(each.counts.body()["people"] for each in groups)
    about = Subject("journey", n=people)
    seen(db, "headcount.read", query.purpose, about)
    if query.f == "csv":
        return _table(side, groups, name=f"headcounts-{first}-{last}")
    return people_answers.json(
        {
            "side": side,
            "from": first,
            "to": last,
            "people": people,
            "groups": [_line(each) for each in groups],
        }
    )


def _days(query: Asked) -> tuple[date, date]:
    first = query.from_ or query.to or today()
    last = query.to or first
    if last < first:
        raise BadQuestion("to", last.isoformat(), f"{first} or later")
    if last - first >= timedelta(days=MOST_DAYS):
        raise BadQuestion("to", last.isoformat(), f"at most {MOST_DAYS} days")
    return first, last


def _line(one: Headcount) -> dict[str, Any]:
    told = one.counts.body()
    return {**one.group, **{name: told[name] for name in _NUMBERS}}


def _table(side: str, groups: Iterable[Headcount], *, name: str) -> Response:
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow((*GROUPS[side], *_NUMBERS))
    for each in groups:
        lines.writerow([fault_csv.cell(value) for value in _line(each).values()])
    body = out.getvalue().encode(fault_csv.ENCODING)
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return people_answers.private(response)
