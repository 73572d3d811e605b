"""What the addresses of corrections take and give, as their document has it."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from gis_service.batch_bodies import IgnoredBody, Spoken
from gis_service.endpoints.stages import LONGEST_REASON, ONE_LINE
from movements.columns import COLUMNS
from movements.events import MOST

_REASON = Field(
    None,
    max_length=LONGEST_REASON,
    pattern=ONE_LINE,
    description="in words, on one line, without names",
)


class Why(BaseModel):
    """Why a person is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = _REASON


class WithdrawalBody(Why):
    """Who is taken back, and why."""

    people: list[str] = Field(
        min_length=1, max_length=MOST, description="unique IDs of people you sent"
    )


class WithdrawalFault(BaseModel):
    """Who was not taken back, and why."""

    id: str
    code: Literal["bad_unique_id", "unknown_person", "journey_under_way"]
    message: str


class WithdrawalReceipt(BaseModel):
    """people = applied + unchanged + faults."""

    people: int = Field(description="different people that were sent")
    applied: int
    unchanged: int = Field(description="those who were withdrawn already")
    faults: list[WithdrawalFault]


class WithdrawnBody(BaseModel):
    """What became of one person."""

    id: str
    outcome: Literal["withdrawn", "unchanged"]


class Amendment(Spoken):
    """How a correction is to be taken."""

    travel_date: date | None = Field(
        None, description="which journey, of those who have several"
    )
    accept_route_gap: bool = Field(
        default=False, description="take routes whose states do not touch"
    )


# A value is looked at by the rules of a batch's rows, which show nothing personal of
# what they refuse; so it may be anything here, and no other name is lost either.
_CELLS: dict[str, Any] = {
    column.name: (Any, Field(None, description=column.holds)) for column in COLUMNS
}
RowBody: type[BaseModel] = create_model(
    "RowBody",
    __config__=ConfigDict(extra="allow"),
    __doc__="A row as in a batch: one person and the journey.",
    **_CELLS,
)


class CorrectedBody(BaseModel):
    """What a correction came to."""

    id: str
    outcome: Literal["updated", "unchanged"]
    changed: list[str] = Field(description="names of the fields that changed")
    lapsed: bool = Field(
        description="whether a permission or train lapsed: the journey is another"
    )
    ignored: list[IgnoredBody]


class Change(BaseModel):
    """One withdrawal or correction of a journey, and where the journey stood."""

    kind: Literal["withdrawn", "superseded", "erased"]
    at: str
    by_role: str
    stage: str
    permission: str
    fields: list[str] | None = Field(description="names of what a correction changed")
    reason: str | None


class Changes(BaseModel):
    """What was withdrawn or corrected of a person's journeys, the oldest first."""

    id: str
    changes: list[Change]
