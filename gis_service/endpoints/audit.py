"""/api/v1/audit: auditors read who saw or wrote what of people, and what for."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping

from gis_service.access import require
from gis_service.address import root
from gis_service.audit.purposes import Purpose
from gis_service.audit.reading import Filter, page, report
from gis_service.db import connection
from gis_service.policy import Permission

bp = APIBlueprint(
    "audit", __name__, url_prefix="/api/v1/audit", abp_tags=[Tag(name="audit")]
)

MOST = 1_000
# So that a day more is a day still.
LAST = date(9998, 12, 31)
# A word of the log: a name of ours, never a NUL, which PostgreSQL's text cannot hold.
WORD = r"^[\w.:-]{1,64}$"
LONGEST = 64


class Wanted(BaseModel):
    """Which entries."""

    model_config = ConfigDict(extra="forbid")

    from_: date | None = Field(
        None, alias="from", le=LAST, description="first day, in India"
    )
    to: date | None = Field(None, le=LAST, description="last day, inclusive")
    purpose: Purpose | None = None
    role: str | None = Field(None, pattern=WORD)
    token_id: str | None = Field(None, pattern=WORD)
    action: str | None = Field(None, pattern=WORD, description="such as batch.people")
    request_id: str | None = Field(
        None, pattern=WORD, description="X-Request-Id of an answer"
    )

    def filter(self) -> Filter:
        """Return the same as the log's own filter."""
        return Filter(
            first=self.from_,
            last=self.to,
            purpose=self.purpose,
            role=self.role,
            token_id=self.token_id,
            action=self.action,
            request_id=self.request_id,
        )


class WantedPage(Wanted):
    """Which entries, page by page."""

    after: str | None = Field(
        None, max_length=LONGEST, description="where the page before ended"
    )
    limit: int = Field(100, ge=1, le=MOST, description="entries at most")


class WantedReport(Wanted):
    """Which entries are counted, and by what."""

    by: Literal["purpose", "officer"] = Field("purpose", description="one row for each")


class EntryBody(BaseModel):
    """Who saw or wrote what; ``n`` people, whom the log does not name."""

    writer: int
    seq: int
    at: str
    plane: str
    role: str
    token_id: str | None
    purpose: Purpose
    action: str
    subject_kind: str
    subject: str | None
    n: int
    request_id: str
    case_ref: str | None = Field(description="of who traced contacts: for which case")


class EntryList(BaseModel):
    """Entries, newest first; ``next`` is where the list goes on."""

    entries: list[EntryBody]
    next: str | None


class CountBody(BaseModel):
    """Entries of one purpose and action, or of one officer and purpose."""

    purpose: Purpose
    action: str | None = None
    role: str | None = None
    token_id: str | None = None
    entries: int
    people: int = Field(description="one who was seen twice counts twice")
    first: str
    last: str


class ReportBody(BaseModel):
    """How often people were seen or written."""

    by: Literal["purpose", "officer"]
    rows: list[CountBody]


@bp.get("", responses={"200": EntryList})
@require(Permission.AUDIT_READ)
def listed(query: WantedPage) -> Response:
    """Return the audit log, newest first, page by page."""
    found, after = page(
        connection("audit"), query.filter(), limit=query.limit, after=query.after
    )
    more = None
    if after:
        given = query.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"after"}
        )
        more = f"{root()}/api/v1/audit?{urlencode(given | {'after': after})}"
    return _json({"entries": _bodies(found), "next": more})


@bp.get("/report", responses={"200": ReportBody})
@require(Permission.AUDIT_READ)
def reported(query: WantedReport) -> Response:
    """Return how often people were seen or written, by purpose or by officer."""
    found = report(connection("audit"), query.filter(), by=query.by)
    return _json({"by": query.by, "rows": _bodies(found)})


def _bodies(rows: Iterable[RowMapping]) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows]


def _json(body: dict[str, Any]) -> Response:
    response = Response(orjson.dumps(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
