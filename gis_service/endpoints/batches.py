"""/api/v1/batches: a state uploads people, and reads what became of the rows."""

import hashlib
import io
from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

import orjson
from flask import Request, Response, current_app, request
from flask_openapi3 import APIBlueprint, RawModel, Tag
from pydantic import BaseModel, ConfigDict, Field

from gis_service import fault_csv, intake, metrics
from gis_service.access import current_officer, require
from gis_service.address import root
from gis_service.db import connection
from gis_service.policy import Permission
from movements.batch import Upload, accept
from movements.body import MAX_BYTES
from movements.errors import (
    BadParameter,
    UnknownBatch,
    UnreadableUpload,
    UploadTooLarge,
)
from movements.receipt import MOST_PEOPLE, Receipt, people, receipt
from movements.sheet import read

bp = APIBlueprint(
    "batches", __name__, url_prefix="/api/v1/batches", abp_tags=[Tag(name="batches")]
)

# A key names one upload; longer ones are no keys but mistakes.
LONGEST_KEY = 200


class Manner(BaseModel):
    """How an upload is to be taken."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["partial", "atomic"] = Field(
        "partial", description="partial stores the good rows, atomic all or none"
    )
    dry_run: bool = Field(default=False, description="check and report, store nothing")
    accept_route_gap: bool = Field(
        default=False, description="take routes whose states do not touch"
    )


class BatchPath(BaseModel):
    """Which batch."""

    batch_id: str = Field(max_length=40)


class FaultsAs(BaseModel):
    """The form of the faults."""

    model_config = ConfigDict(extra="forbid")

    f: Literal["json", "csv"] | None = Field(
        None, description="json or csv; default: as Accept asks"
    )


class Page(BaseModel):
    """Which accepted rows of a batch."""

    model_config = ConfigDict(extra="forbid")

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
    ignored: list[IgnoredBody]
    faults: list[FaultBody]
    links: dict[str, str]


class FaultList(BaseModel):
    """Every fault of a batch."""

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
    ]


@bp.post("", responses={"200": ReceiptBody, "201": ReceiptBody})
@require(Permission.BATCH_CREATE)
def create(query: Manner, raw: Rows) -> Response:
    """Take a batch of people as CSV, NDJSON or JSON, plain or gzip.

    201 is sent after the batch is committed; a dry run answers 200. Send an
    `Idempotency-Key` and the same upload, sent again after a timeout, has one effect.
    """
    officer = current_officer()
    terms = intake.terms(current_app.extensions["settings"], officer.tenant or 0)
    key = _key(request.headers.get("Idempotency-Key"))
    body = _body(raw)
    upload = Upload(
        sheet=read(body),
        terms=terms,
        keys=intake.keys(current_app.extensions["secrets"]),
        atomic=query.mode == "atomic",
        dry_run=query.dry_run,
        accept_route_gap=query.accept_route_gap,
        idempotency_key=key,
        digest=_digest(body, query),
    )
    db = connection("upload")
    with db.begin():
        accepted = accept(db, upload)
    response = _json(_with_links(accepted), 200 if query.dry_run else 201)
    if accepted.batch and not accepted.replayed:
        metrics.taken(
            new=accepted.new,
            updated=accepted.updated,
            unchanged=accepted.unchanged,
            refused=accepted.refused,
        )
    if accepted.batch:
        response.headers["Location"] = _address(accepted.batch)
    if accepted.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return response


@bp.get("/<batch_id>", responses={"200": ReceiptBody})
@require(Permission.BATCH_READ)
def show(path: BatchPath) -> Response:
    """Return the receipt of one of your own batches."""
    return _json(_with_links(_own(path)))


@bp.get("/<batch_id>/faults", responses={"200": FaultList})
@require(Permission.BATCH_READ)
def faults(path: BatchPath, query: FaultsAs) -> Response:
    """Return the faults of one of your own batches, as JSON or CSV."""
    own = _own(path)
    wanted = query.f or request.accept_mimetypes.best_match(
        ["application/json", "text/csv"], "application/json"
    )
    if wanted in ("csv", "text/csv"):
        response = Response(_csv(own.faults), mimetype="text/csv")
        name = f'attachment; filename="faults-{own.batch}.csv"'
        response.headers["Content-Disposition"] = name
        return _private(response)
    return _json({"batch": str(own.batch), "faults": list(own.faults)})


@bp.get("/<batch_id>/people", responses={"200": PeopleList})
@require(Permission.BATCH_READ)
def listed(path: BatchPath, query: Page) -> Response:
    """Return row, source_ref and unique ID of the accepted rows, page by page."""
    own = _own(path)
    db = connection("upload")
    page = list(
        people(
            db,
            _uuid(path),
            tenant=current_officer().tenant or 0,
            after=query.after,
            limit=query.limit,
        )
    )
    more = None
    if len(page) == query.limit:
        at = f"{_address(_uuid(path))}/people"
        more = f"{at}?after={page[-1].row}&limit={query.limit}"
    rows = [{"row": p.row, "source_ref": p.source_ref, "id": p.id} for p in page]
    return _json({"batch": str(own.batch), "people": rows, "next": more})


def _own(path: BatchPath) -> Receipt:
    tenant = current_officer().tenant or 0
    return receipt(connection("upload"), _uuid(path), tenant=tenant)


def _uuid(path: BatchPath) -> UUID:
    try:
        return UUID(path.batch_id)
    except ValueError as error:
        raise UnknownBatch(f"no batch {path.batch_id!r}") from error


def _key(given: str | None) -> str | None:
    if given is None:
        return None
    if not 1 <= len(given) <= LONGEST_KEY or not given.isascii():
        raise BadParameter(f"Idempotency-Key: 1 to {LONGEST_KEY} ASCII signs")
    return given


def _body(asked: Request) -> bytes:
    encoding = asked.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise UnreadableUpload(f"Content-Encoding {encoding!r}; allowed: gzip")
    if asked.mimetype.startswith("multipart/"):
        raise UnreadableUpload(
            "send the file itself as the body, not a form: curl --data-binary @FILE"
        )
    if (asked.content_length or 0) > MAX_BYTES:
        raise UploadTooLarge("bytes", asked.content_length or 0, MAX_BYTES)
    return asked.stream.read(MAX_BYTES + 1)


def _digest(body: bytes, manner: Manner) -> bytes:
    return hashlib.sha256(body + b"\0" + manner.model_dump_json().encode()).digest()


def _address(batch: UUID) -> str:
    return f"{root()}/api/v1/batches/{batch}"


def _with_links(answered: Receipt) -> dict[str, Any]:
    links = {}
    if answered.batch:
        at = _address(answered.batch)
        links = {
            "self": at,
            "faults": f"{at}/faults",
            "faults_csv": f"{at}/faults?f=csv",
            "people": f"{at}/people",
        }
    return {**answered.body(), "links": links}


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return _private(Response(orjson.dumps(body), status, mimetype="application/json"))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(listed_faults: Iterable[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    fault_csv.write_header(out)
    fault_csv.write(out, listed_faults)
    return out.getvalue().encode(fault_csv.ENCODING)
