"""What the addresses of uploads take and give, as their document has it."""

from typing import Literal

from flask_openapi3 import RawModel
from pydantic import BaseModel, ConfigDict, Field

from gis_service.batch_bodies import LONGEST_SHEET, MAPPING_NAME, FaultBody, Spoken
from gis_service.endpoints.stages import ONE_LINE

# Of one part: as much as is taken of a batch that is answered at once.
MOST_FAULTS = 20_000
_SHA256 = r"^[0-9a-fA-F]{64}$"


class UploadPath(BaseModel):
    """Which upload."""

    upload_id: str = Field(max_length=40)


class PartPath(UploadPath):
    """Which part of an upload."""

    part: int = Field(ge=1, description="from 1, without gaps")


class Declared(BaseModel):
    """What is going to come in parts, and how it is to be taken."""

    model_config = ConfigDict(extra="forbid")

    bytes: int = Field(ge=1, description="of the whole body")
    sha256: str = Field(pattern=_SHA256, description="of the whole body, in hex")
    media_type: str = Field(
        "", max_length=100, pattern=ONE_LINE, description="as a Content-Type"
    )
    mode: Literal["partial", "atomic"] = "partial"
    dry_run: bool = False
    accept_route_gap: bool = False
    sheet: str | None = Field(None, max_length=LONGEST_SHEET, pattern=ONE_LINE)
    mapping: str | None = Field(None, pattern=MAPPING_NAME)


class RawPart(RawModel):
    """Bytes of the body; a header ``Content-Digest`` gives their SHA-256."""

    mimetypes: list[str] = ["application/octet-stream"]  # noqa: RUF012 - the base's form


class FaultsPage(Spoken):
    """Which faults of an upload, and in what form."""

    f: Literal["json", "csv"] = Field("json", description="csv: all of them")
    after: int = Field(0, ge=0, description="list faults of rows after this one")
    limit: int = Field(
        1000, ge=1, le=MOST_FAULTS, description="faults at most; a row's stay together"
    )


class Progress(BaseModel):
    """How far an upload is."""

    phase: str | None = Field(description="reading, checking or storing")
    rows_done: int
    rows: int | None = Field(description="of all; known when it was read once")


class BatchOf(BaseModel):
    """A batch that came of an upload; its own row numbers begin at 1."""

    batch: str
    first_row: int = Field(description="the row of the upload that is its row 1")
    rows: int
    accepted: int
    refused: int
    links: dict[str, str]


class PartBody(BaseModel):
    """A part that has come."""

    part: int
    bytes: int
    sha256: str


class Reason(BaseModel):
    """Why an upload ended as it did."""

    code: str
    message: str


class StatusBody(BaseModel):
    """An upload that is worked off later."""

    upload: str
    state: str = Field(
        description="receiving, queued, working, done, refused or poison"
    )
    created_at: str
    ended_at: str | None
    expires_at: str | None = Field(description="when one that is not completed ends")
    bytes: int
    progress: Progress
    attempts: int
    accepted: int
    refused: int
    reason: Reason | None
    batches: list[BatchOf]
    parts: list[PartBody]
    links: dict[str, str]


class UploadFaults(BaseModel):
    """Faults by the rows of the whole upload; ``next`` is where they go on."""

    upload: str
    faults: list[FaultBody]
    next: str | None
