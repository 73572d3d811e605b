"""What the addresses of a person's own data take and give."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gis_service.audit.seen import ForPurpose
from gis_service.endpoints.stages import LONGEST_ID, LONGEST_REASON, ONE_LINE

Kind = Literal["access", "correction", "erasure"]
State = Literal["open", "done", "refused"]

LONGEST_MOBILE = 40
LONGEST_TEXT = 1_000
# Lines, but no other control characters.
LINES = r"^[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f]*$"
MOST = 500
# Requests of a page.
MOST_LISTED, USUAL = 500, 100


class Own(BaseModel):
    """Who asks: both, or nothing is told."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=LONGEST_ID, description="your unique ID")
    mobile: str = Field(
        max_length=LONGEST_MOBILE, description="the mobile that was sent for you"
    )


class Asking(Own):
    """What is asked for."""

    kind: Kind
    text: str | None = Field(
        None,
        max_length=LONGEST_TEXT,
        pattern=LINES,
        description="what is wrong, or why; stored sealed",
    )


class Standing(BaseModel):
    """Which request, and the mobile that it was filed with."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=LONGEST_ID)
    mobile: str = Field(max_length=LONGEST_MOBILE)


class Wanted(ForPurpose):
    """Which requests."""

    state: State = "open"
    after: str | None = Field(
        None, max_length=LONGEST_ID, description="number of the last one before"
    )
    limit: int = Field(USUAL, ge=1, le=MOST_LISTED)


class ByOfficer(BaseModel):
    """A request of a person who stands before an officer."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=LONGEST_ID, description="unique ID of the person")
    kind: Kind
    text: str | None = Field(None, max_length=LONGEST_TEXT, pattern=LINES)
    mobile: str | None = Field(
        None,
        max_length=LONGEST_MOBILE,
        description="with it the person can read the answer; it is not stored",
    )


class Answered(BaseModel):
    """An officer's answer."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["done", "refused"]
    reason: str = Field(
        min_length=1,
        max_length=LONGEST_REASON,
        pattern=ONE_LINE,
        description="for the person, on one line, without names",
    )


class NumberPath(BaseModel):
    """Which request."""

    number: str = Field(max_length=LONGEST_ID)


class SeenBy(BaseModel):
    """Who saw or changed what is held, as a role; officers are not named."""

    at: str
    role: str
    purpose: str
    action: str


class OwnJourney(BaseModel):
    """A journey; states by LGD code."""

    travel_date: date
    mode: str
    category: str
    stage: str
    permission: str
    origin_state: int
    destination_state: int


class OwnClocks(BaseModel):
    """Days after the end of a month of travel; see `/api/v1/retention`."""

    view_days: int
    keep_days: int


class OwnData(BaseModel):
    """What is held of a person, masked, and who saw it."""

    id: str
    held: dict[str, str | None] = Field(
        description="each field masked; null: nothing is held"
    )
    journeys: list[OwnJourney]
    not_shown: list[str] = Field(description="held of journeys and shown by officers")
    purposes: list[str] = Field(description="what people are read for")
    clocks: OwnClocks
    seen_by: list[SeenBy] = Field(description=f"the newest {MOST}, newest first")
    seen_times: int


class Receipt(BaseModel):
    """A filed request."""

    number: str = Field(description="keep it: with the mobile it opens the answer")
    kind: Kind
    state: State


class RequestTold(Receipt):
    """What became of a request."""

    filed_at: str
    answered_at: str | None
    answer: str | None


class Listed(BaseModel):
    """A request as officers see it."""

    number: str
    id: str | None = Field(description="unique ID; none once the person is erased")
    kind: Kind
    state: State
    text: str | None
    filed_at: str
    filed_by: str
    answered_at: str | None
    answer: str | None


class OneRequest(Listed):
    """A request by itself; ``links`` lead to its person and, while open, its answer."""

    links: dict[str, str] = Field(
        description="`person`: what is held; `answer`: of an open one; `correct`: of a"
        " correction, where the uploading state changes the person"
    )


class RequestList(BaseModel):
    """Requests, the oldest first; ``next`` is where the list goes on."""

    requests: list[Listed]
    next: str | None


class AnswerReceipt(BaseModel):
    """What was done."""

    number: str
    state: State
    links: dict[str, str] = Field(
        description="of a correction `correct`: where the uploading state changes it"
    )
