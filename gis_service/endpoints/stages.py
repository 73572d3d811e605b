"""/api/v1/events: what happened to journeys is recorded, and read by unique ID."""

from datetime import date
from typing import Literal
from uuid import UUID

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from gis_service.access import current_officer, require
from gis_service.audit import Subject
from gis_service.audit.seen import ForPurpose, reads_people, seen
from gis_service.events_said import say
from gis_service.people_plane import eye, opened
from gis_service.policy import Permission
from movements.errors import BadParameter, BadUniqueId
from movements.events import MOST, history
from movements.happened import Happened, NotRecorded, Train
from movements.unique_id import id_of, id_text
from movements.vehicle import vehicle_of

bp = APIBlueprint(
    "stages", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="stages")]
)

Event = Literal[
    "permission_requested",
    "permission_granted",
    "permission_refused",
    "permission_withdrawn",
    "requisitioned",
    "departed",
    "arrived",
    "cancelled",
]
WHAT_AN_ID_IS = "not a unique ID: 27 signs, the last of which checks the others"
LONGEST_ID = 40  # with hyphens and spaces
LONGEST_REASON = 300
LONGEST_VEHICLE = 24  # with spaces and hyphens
WITH_RIDE = ("requisitioned", "departed", "arrived")
# PostgreSQL's text holds no NUL, and a reason has no other control character either.
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"


class TrainBody(BaseModel):
    """A train by its key."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(pattern=r"^[0-9]{5}$", description="five digits")
    day: date | None = Field(None, description="day on which it leaves")


class EventBody(BaseModel):
    """What happened, and to whom."""

    model_config = ConfigDict(extra="forbid")

    event: Event
    people: list[str] = Field(
        min_length=1, max_length=MOST, description="unique IDs; one journey each"
    )
    travel_date: date | None = Field(
        None, description="which journey, of those who have several"
    )
    train: TrainBody | None = Field(
        None, description="with requisitioned, departed or arrived"
    )
    vehicle: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_VEHICLE,
        description="with requisitioned, departed or arrived: the coach (S4), or the"
        " bus's registration mark; all of these people ride in it",
    )
    reason: str | None = Field(
        None,
        max_length=LONGEST_REASON,
        pattern=ONE_LINE,
        description="in words, on one line, without names",
    )


class EventFault(BaseModel):
    """Of whom it was not recorded, and why."""

    id: str
    code: Literal[
        "bad_unique_id",
        "unknown_person",
        "several_journeys",
        "stage_not_allowed",
        "not_by_train",
        "on_two_trains",
        "no_train",
        "not_a_mark",
        "other_day",
    ]
    message: str


class EventReceipt(BaseModel):
    """people = applied + unchanged + faults."""

    event: str
    people: int = Field(description="different people that were sent")
    applied: int
    unchanged: int = Field(description="those of whom it was so already")
    faults: list[EventFault]


class PersonPath(BaseModel):
    """Which person."""

    person: str = Field(max_length=LONGEST_ID, description="unique ID")


class EventRow(BaseModel):
    """One event, and where the journey stood after it."""

    event: str
    recorded_at: str
    travel_date: str
    stage: str
    permission: str
    by_role: str
    by_unit: int | None
    train_number: str | None
    train_date: str | None
    vehicle: str | None
    reason: str | None


class History(BaseModel):
    """Every event of a person's journeys that the reader may see, the oldest first."""

    id: str
    events: list[EventRow]


@bp.post("/events", responses={"200": EventReceipt})
@require(Permission.STAGE_RECORD)
def create(body: EventBody) -> Response:
    """Record what happened to people's journeys.

    Officers (and a state's system, of its own uploads) say of journeys that begin in
    their units: permission_requested, requisitioned, departed, cancelled; of journeys
    that end there: permission_granted, permission_refused, permission_withdrawn,
    arrived. Sent again it changes nothing. Who cannot be recorded is in `faults`; the
    others are.
    """
    known, bad = people_in(body.people)
    happened = Happened(
        event=body.event,
        people=tuple(known),
        travel_date=body.travel_date,
        train=Train(body.train.number, body.train.day) if body.train else None,
        vehicle=_vehicle(body),
        reason=body.reason,
    )
    done = say(happened)
    faults = [*bad, *map(fault_of, done.faults)]
    return jsonify(
        event=body.event,
        people=done.applied + done.unchanged + len(faults),
        applied=done.applied,
        unchanged=done.unchanged,
        faults=faults,
    )


@bp.get("/people/<person>/events", responses={"200": History})
@require(Permission.STAGE_READ)
@reads_people
def events(path: PersonPath, query: ForPurpose) -> Response:
    """Return what was recorded of a person's journeys."""
    person, officer = id_of(path.person), current_officer()
    looking = eye(officer)
    db = opened(looking)
    rows = history(db, person, scope=officer.scope, eye=looking)
    about = Subject("person")
    seen(db, "person.events", query.purpose, about, ids=[id_text(person)])
    listed = [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in row.items()
        }
        for row in rows
    ]
    response = jsonify(id=id_text(person), events=listed)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _vehicle(body: EventBody) -> str | None:
    for name in ("train", "vehicle"):
        if getattr(body, name) is not None and body.event not in WITH_RIDE:
            allowed = ", ".join(WITH_RIDE)
            raise BadParameter(f"{name}: not with {body.event}; with {allowed}")
    return None if body.vehicle is None else vehicle_of(body.vehicle)


def people_in(texts: list[str]) -> tuple[list[UUID], list[dict[str, str]]]:
    """Return the IDs, and a fault for each text that is none."""
    known: dict[UUID, None] = {}
    bad: dict[str, dict[str, str]] = {}
    for text in texts:
        try:
            known[id_of(text)] = None
        except BadUniqueId:
            bad[text] = {"id": text, "code": "bad_unique_id", "message": WHAT_AN_ID_IS}
    return list(known), list(bad.values())


def fault_of(one: NotRecorded) -> dict[str, str]:
    """Return of whom something was not recorded, and why."""
    return {"id": id_text(one.person), "code": one.code, "message": one.message}
