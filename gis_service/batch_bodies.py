"""What the addresses of batches take and give, as their document has it."""

from datetime import date
from typing import Literal, cast

from flask_openapi3 import RawModel
from pydantic import BaseModel, ConfigDict, Field

from gis_service.audit.seen import ForPurpose
from gis_service.endpoints.stages import ONE_LINE
from movements.kind import PARQUET_TYPE, XLSX_TYPE
from movements.receipt import MOST_PEOPLE

# It stands in addresses, so it is written plainly.
MAPPING_NAME = r"^[a-z0-9][a-z0-9_-]{0,39}$"

LONGEST_CONFIRMATION = 60

# A name of a sheet has at most 31 signs.
LONGEST_SHEET = 31


class Spoken(BaseModel):
    """The language of what is told."""

    model_config = ConfigDict(extra="forbid")

    lang: Literal["en", "hi"] | None = Field(
        None, description="en or hi; default: as Accept-Language asks"
    )


class Taken(Spoken):
    """How rows are to be taken, whoever sends them."""

    mode: Literal["partial", "atomic"] = Field(
        "partial", description="partial stores the good rows, atomic all or none"
    )
    dry_run: bool = Field(default=False, description="check and report, store nothing")
    accept_route_gap: bool = Field(
        default=False, description="take routes whose states do not touch"
    )


class Manner(Taken):
    """How an upload is to be taken."""

    sheet: str | None = Field(
        None,
        max_length=LONGEST_SHEET,
        pattern=ONE_LINE,
        description="which sheet of a workbook; default: the only visible one with"
        " our columns",
    )
    mapping: str | None = Field(
        None,
        pattern=MAPPING_NAME,
        description="which of your own mappings spells columns, words and districts",
    )
    kind: Literal["delta", "snapshot"] | None = Field(
        None,
        description="snapshot: the rows are all your people of the days from..to, and"
        " who is not among them is withdrawn; delta, the default: nobody is",
    )
    from_: date | None = Field(
        None,
        alias="from",
        description="first travel date of a snapshot; default: today",
    )
    to: date | None = Field(
        None, description="last travel date of a snapshot; default: the last one taken"
    )
    confirm: str | None = Field(
        None,
        max_length=LONGEST_CONFIRMATION,
        pattern=r"^[0-9a-f]+-[0-9]+$",
        description="of a snapshot: what its dry run answered as `confirm`",
    )
    accept_large: bool | None = Field(
        None, description="let a snapshot withdraw more than a fifth of those it is of"
    )
    report: Literal["receipt", "refused", "all"] = Field(
        "receipt",
        description="refused or all: the answer is a CSV of these rows as sent, each"
        " with its faults; it is kept nowhere",
    )


class BatchPath(BaseModel):
    """Which batch."""

    batch_id: str = Field(max_length=40)


class FaultsAs(Spoken):
    """The form of the faults."""

    f: Literal["json", "csv"] | None = Field(
        None, description="json or csv; default: as Accept asks"
    )


class Template(BaseModel):
    """What a blank table holds."""

    model_config = ConfigDict(extra="forbid")

    examples: bool = Field(default=False, description="with two made-up people")


class Page(ForPurpose):
    """Which accepted rows of a batch."""

    after: int = Field(0, ge=0, description="list rows after this row number")
    limit: int = Field(1000, ge=1, le=MOST_PEOPLE, description="rows at most")


class FaultBody(BaseModel):
    """One thing wrong with one row; the value is masked where it is personal."""

    row: int = Field(description="data row, from 1; blank lines do not count")
    field: str
    code: str
    message: str
    message_hi: str
    value: str | None
    suggestion: str | None


class IgnoredBody(BaseModel):
    """Something that is not stored, and why."""

    field: str | None
    code: str
    message: str
    count: int


class ReceiptBody(BaseModel):
    """The answer to an upload: rows = accepted + refused."""

    batch: str | None
    rows: int
    accepted: int = Field(description="new + updated + unchanged")
    refused: int
    new: int
    updated: int
    unchanged: int
    withdrawn: int = Field(description="whom a snapshot did not name")
    ignored: list[IgnoredBody]
    faults: list[FaultBody]
    confirm: str | None = Field(None, description="of a snapshot's dry run")
    links: dict[str, str]


_OR_CSV = cast(
    "ConfigDict",
    {"openapi_extra": {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)


class UploadBody(ReceiptBody):
    """The receipt or, where ``report`` asks for them, the rows as CSV."""

    model_config = _OR_CSV


class FaultList(BaseModel):
    """Every fault of a batch."""

    model_config = _OR_CSV

    batch: str
    faults: list[FaultBody]


class PersonRow(BaseModel):
    """An accepted row and the unique ID of its person."""

    row: int
    source_ref: str | None
    id: str


class PeopleList(BaseModel):
    """Accepted rows; ``next`` is where the list goes on."""

    batch: str
    people: list[PersonRow]
    next: str | None


class Rows(RawModel):
    """The rows, one person each; docs/uploads.md lists the columns."""

    mimetypes: list[str] = [  # noqa: RUF012 - the base class declares it so
        "text/csv",
        "application/x-ndjson",
        "application/json",
        XLSX_TYPE,
        PARQUET_TYPE,
    ]
