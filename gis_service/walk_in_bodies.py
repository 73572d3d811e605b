"""What the address that registers walk-ins takes and gives, as its document has it."""

from datetime import date

from pydantic import BaseModel, Field

from gis_service.batch_bodies import FaultBody, IgnoredBody, Taken
from gis_service.endpoints.stages import LONGEST_VEHICLE


class Registering(Taken):
    """How people are registered, and what all of them came in."""

    train_number: str | None = Field(
        None, pattern=r"^[0-9]{5}$", description="five digits, of those by train"
    )
    train_date: date | None = Field(
        None, description="day on which the train left; needed with a coach"
    )
    vehicle: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_VEHICLE,
        description="the coach (S4) of that train, or the bus's registration mark",
    )


class Registered(BaseModel):
    """A row that was stored, and the unique ID to tell its person."""

    row: int
    id: str


class WalkInsBody(BaseModel):
    """What became of the rows: rows = accepted + refused."""

    batch: str | None = Field(description="null: nothing was stored")
    rows: int
    accepted: int
    refused: int
    people: list[Registered]
    ignored: list[IgnoredBody]
    faults: list[FaultBody]
