"""What the addresses of people and journeys take and give, as their document has it."""

from datetime import date
from typing import Any, Literal, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gis_service.asked import Category, Mode, Stage
from gis_service.audit.seen import ForPurpose

Side = Literal["origin", "destination", "transit", "tenant", "requisitions"]
Permitted = Literal["none", "notified", "requested", "granted", "refused", "withdrawn"]

MOST = 1_000
# A table is one file: the arrivals of a busy day in one state, in one answer.
MOST_ROWS = 20_000
USUAL = 100
LONGEST_PLACE = 80
LONGEST_AFTER = 40

_UNIT = "LGD code or name"


class Listed(ForPurpose):
    """Which journeys, of those that the reader sees."""

    from_: date | None = Field(None, alias="from", description="first day of travel")
    to: date | None = Field(None, description="last day of travel, inclusive")
    mode: list[Mode] = Field([], description="modes; default: every mode")
    category: list[Category] = Field([], description="default: every category")
    stage: list[Stage] = Field([], description="default: every stage")
    permission: Permitted | None = Field(None, description="state of the permission")
    origin_state: str | None = Field(None, max_length=LONGEST_PLACE, description=_UNIT)
    origin_district: str | None = Field(
        None, max_length=LONGEST_PLACE, description=_UNIT
    )
    destination_state: str | None = Field(
        None, max_length=LONGEST_PLACE, description=_UNIT
    )
    destination_district: str | None = Field(
        None, max_length=LONGEST_PLACE, description=_UNIT
    )
    train_number: str | None = Field(
        None, pattern=r"^[0-9]{5}$", description="five digits"
    )
    train_date: date | None = Field(None, description="day on which the train leaves")
    batch: UUID | None = Field(None, description="one of your own uploads")
    side: Side | None = Field(
        None, description="where you stand on the journey; default: anywhere"
    )
    after: str | None = Field(
        None, max_length=LONGEST_AFTER, description="where the page before ended"
    )
    limit: int | None = Field(
        None,
        ge=1,
        le=MOST_ROWS,
        description=f"journeys at most, up to {MOST} (default {USUAL}); of a table"
        f" {MOST_ROWS} (default {MOST_ROWS})",
    )
    f: Literal["json", "csv"] = Field("json", description="form of the answer")


class JourneyPath(BaseModel):
    """Which journey."""

    movement_id: UUID


class Find(BaseModel):
    """Whom to look up: by one of the two, never in an address."""

    model_config = ConfigDict(extra="forbid")

    mobile: str | None = Field(None, max_length=40, description="as an upload takes it")
    id: str | None = Field(None, max_length=40, description="unique ID")


class Reveal(BaseModel):
    """What of a person is to be shown whole."""

    model_config = ConfigDict(extra="forbid")

    field: Literal[
        "name",
        "age",
        "gender",
        "mobile",
        "aadhaar",
        "current_address",
        "permanent_address",
    ]


class Point(BaseModel):
    """A place in degrees."""

    lon: float
    lat: float


class Personal(BaseModel):
    """Who somebody is; a field that the reader may not see is absent."""

    name: str | None = None
    age: int | None = None
    gender: str | None = None
    mobile: str | None = Field(None, description="E.164")
    mobile_borrowed: bool | None = Field(
        None, description="true: the mobile is somebody else's"
    )
    aadhaar: str | None = Field(None, description="masked but for four digits")
    current_address: str | None = None
    permanent_address: str | None = None
    guardian: str | None = Field(
        None, description="of a minor: the unique ID of who looks after"
    )


class Journey(BaseModel):
    """A journey; a field that the reader may not see is absent."""

    movement: UUID
    travel_date: date | None = None
    mode: str | None = None
    category: str | None = None
    stage: str | None = None
    permission: str | None = None
    origin_state: int | None = None
    origin_district: int | None = None
    destination_state: int | None = None
    destination_district: int | None = None
    route_states: list[int] | None = None
    train_number: str | None = None
    train_date: date | None = None
    vehicle: str | None = Field(None, description="coach, or a bus's registration mark")
    walk_in: bool | None = Field(
        None, description="true: arrived on no list, and registered there"
    )
    origin: Point | None = None
    destination: Point | None = None
    source_ref: str | None = None
    batch: UUID | None = None


class Movement(Journey, Personal):
    """A journey with its person."""

    id: str | None = Field(None, description="unique ID of the person")


class Person(Personal):
    """A person with the journeys that the reader sees."""

    id: str
    journeys: list[Journey]


OR_CSV = cast(
    "ConfigDict",
    {"openapi_extra": {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)


class MovementList(BaseModel):
    """Journeys in order of travel; ``next`` is where the list goes on."""

    model_config = OR_CSV

    movements: list[Movement]
    next: str | None


class PersonList(BaseModel):
    """People in order of travel; ``next`` is where the list goes on."""

    model_config = OR_CSV

    people: list[Person]
    next: str | None


class Found(BaseModel):
    """Whom the reader sees of those that were looked up; maybe nobody."""

    people: list[Person]


class Revealed(BaseModel):
    """One field of a person, whole."""

    id: str
    field: str
    value: Any
