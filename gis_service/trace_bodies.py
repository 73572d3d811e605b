"""What the addresses of tracing take and give, as their document has it."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gis_service.people_bodies import Journey

MOST = 500
LONGEST_NAME = 200
# So that some days before and after are days still.
FIRST, LAST = date(2000, 1, 1), date(9998, 12, 31)
# An identifier of the health authority's; spaces would let words in, and names.
CASE = r"^[A-Za-z0-9][A-Za-z0-9/_.-]{2,63}$"
State = Literal["answered", "waiting", "approved", "declined", "used"]


class Ask(BaseModel):
    """Whose contacts are asked for, and for which case."""

    model_config = ConfigDict(extra="forbid")

    mobile: str = Field(max_length=40, description="as an upload takes it")
    case_id: str = Field(
        pattern=CASE, description="the case, as the health authority numbers it"
    )
    name: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_NAME,
        description="which of several people who share the mobile",
    )
    approval: UUID | None = Field(
        None, description="above the quota: your question that another tracer approved"
    )
    from_: date | None = Field(
        None,
        alias="from",
        ge=FIRST,
        le=LAST,
        description="first day of travel; default: 27 days before `to`",
    )
    to: date | None = Field(
        None,
        ge=FIRST,
        le=LAST,
        description="last day of travel, inclusive; default: today in India",
    )


class Traced(BaseModel):
    """Somebody, with journeys; a field that the reader may not see is absent."""

    id: str
    name: str | None = None
    mobile: str | None = Field(None, description="E.164")
    mobile_borrowed: bool | None = Field(
        None, description="true: the mobile is somebody else's"
    )
    journeys: list[Journey]


class Note(BaseModel):
    """What the answer does not hold, and why."""

    code: Literal["nobody", "no_vehicle"]
    movement: UUID | None = Field(None, description="of which journey")
    message: str


class Quota(BaseModel):
    """Your questions that were answered today; how many need no approval."""

    used: int
    of: int


class TraceBody(BaseModel):
    """One person, and who rode in the same coaches and buses."""

    trace: UUID
    case_id: str
    epidemic: str = Field(description="the notification under which this is answered")
    from_: date = Field(alias="from")
    to: date
    person: Traced | None = Field(description="null: nobody was found")
    co_travellers: list[Traced] = Field(
        description="each with the shared journeys alone"
    )
    notes: list[Note]
    quota: Quota


class Waiting(BaseModel):
    """Which of today's questions."""

    model_config = ConfigDict(extra="forbid")

    state: State = Field("waiting", description="where they stand")
    after: UUID | None = Field(None, description="where the page before ended")
    limit: int = Field(100, ge=1, le=MOST, description="questions at most")


class Question(BaseModel):
    """A question for contacts: who asked it, for which case; never about whom."""

    trace: UUID
    case_id: str
    asked_at: str
    state: State
    asker: str = Field(description="as the audit log names officers")
    yours: bool
    decided_by: str | None


class QuestionList(BaseModel):
    """Today's questions, the oldest first; ``next`` is where the list goes on."""

    traces: list[Question]
    next: str | None


class TracePath(BaseModel):
    """Which question."""

    trace: UUID


class Decide(BaseModel):
    """Whether another tracer's question above the quota may be answered."""

    model_config = ConfigDict(extra="forbid")

    approve: bool = Field(strict=True)
