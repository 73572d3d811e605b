"""/api/v1/batches: a state uploads people, and reads what became of the rows."""

import hashlib
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint, Tag

from gis_service import (
    callers,
    corrected,
    fault_csv,
    fault_language,
    intake,
    metrics,
    queue_entry,
    queued,
    snapshot_asked,
    upload_answers,
)
from gis_service.access import current_officer, require
from gis_service.address import root
from gis_service.audit import Subject
from gis_service.audit import accepted as written
from gis_service.audit.seen import reads_people, seen, who
from gis_service.batch_bodies import (
    BatchPath,
    FaultList,
    FaultsAs,
    Manner,
    Page,
    PeopleList,
    ReceiptBody,
    Rows,
    Spoken,
    UploadBody,
)
from gis_service.bodies import own_limit
from gis_service.db import connection
from gis_service.policy import Permission
from gis_service.rates import limited
from gis_service.upload_bodies import StatusBody
from gis_service.webhooks import outbox
from movements import jobs
from movements.batch import Upload, accept
from movements.body import MAX_BYTES
from movements.errors import BatchRefused, UnknownBatch, UploadTooLarge
from movements.jobs import Job
from movements.mapping_store import spellings
from movements.reading import Asked, read
from movements.receipt import Receipt, people, receipt
from movements.sheet import Sheet

bp = APIBlueprint(
    "batches", __name__, url_prefix="/api/v1/batches", abp_tags=[Tag(name="batches")]
)


@bp.post("", responses={"200": UploadBody, "201": UploadBody, "202": StatusBody})
@require(Permission.BATCH_CREATE)
@limited("upload")
@own_limit
def create(query: Manner, raw: Rows) -> Response:
    """Take a batch of people as CSV, NDJSON, JSON, XLSX or Parquet, plain or gzip.

    201 is sent after the batch is committed; a dry run answers 200. Send an
    `Idempotency-Key` and the same upload, sent again after a timeout, has one effect.
    With more than 20,000 rows or 16 MiB, or where `Prefer: respond-async` asks for it,
    202 is sent after the body is stored, sealed; `Location` tells what becomes of it.
    """
    officer = current_officer()
    spoken = fault_language.language(request, query.lang)
    terms = intake.terms(current_app.extensions["settings"], officer.tenant or 0)
    key = intake.key(request.headers.get("Idempotency-Key"))
    body = intake.body(raw, queued.most_bytes())
    sheet = _sheet(body, query, raw)
    if sheet is None:
        return queue_entry.later(body, query, raw, key)
    upload = Upload(
        sheet=sheet,
        terms=terms,
        keys=intake.keys(current_app.extensions["secrets"]),
        atomic=query.mode == "atomic",
        dry_run=query.dry_run,
        accept_route_gap=query.accept_route_gap,
        idempotency_key=key,
        digest=_digest(body, query),
        snapshot=snapshot_asked.snapshot(query, body, terms),
    )
    accepted = _accepted(upload, spoken)
    if isinstance(accepted, Job):
        return upload_answers.answered(connection("upload"), accepted, 202, again=True)
    response = _told(accepted, upload, query.report, spoken)
    response.status_code = 200 if query.dry_run else 201
    if accepted.batch and not accepted.replayed:
        metrics.taken(accepted)
    if accepted.batch:
        response.headers["Location"] = _address(accepted.batch)
    if accepted.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return response


def _sheet(body: bytes, query: Manner, raw: Rows) -> Sheet | None:
    """Return the rows, or None where they are to be worked off later.

    Raises:
        UploadTooLarge: neither now nor later; and whatever else ``read`` raises.
    """
    request.environ[callers.STATE] = current_officer().tenant
    asked = _asked(query, raw.mimetype)
    if len(body) <= MAX_BYTES and queued.wants_later(raw):
        return None
    try:
        return read(body, asked)
    except UploadTooLarge as large:
        queued.refuse_whole(body, large)
        return None


def _asked(query: Manner, media: str) -> Asked:
    if query.mapping is None:
        return Asked(media=media, sheet=query.sheet)
    db = connection("upload")
    with db.begin():
        tenant = current_officer().tenant or 0
        own = spellings(db, tenant=tenant, name=query.mapping)
    return Asked(media=media, sheet=query.sheet, spellings=own)


@bp.get("/<batch_id>", responses={"200": ReceiptBody})
@require(Permission.BATCH_READ)
def show(path: BatchPath, query: Spoken) -> Response:
    """Return the receipt of one of your own batches."""
    spoken = fault_language.language(request, query.lang)
    return _in(spoken, _json(_with_links(_own(path), spoken)))


@bp.get("/<batch_id>/faults", responses={"200": FaultList})
@require(Permission.BATCH_READ)
def faults(path: BatchPath, query: FaultsAs) -> Response:
    """Return the faults of one of your own batches, as JSON or CSV."""
    own = _own(path)
    spoken = fault_language.language(request, query.lang)
    listed_faults = [fault_language.fault(each, spoken) for each in own.faults]
    wanted = query.f or request.accept_mimetypes.best_match(
        ["application/json", "text/csv"], "application/json"
    )
    if wanted in ("csv", "text/csv"):
        file = _file(_csv(listed_faults), f"faults-{own.batch}.csv")
        return _in(spoken, file)
    return _in(spoken, _json({"batch": str(own.batch), "faults": listed_faults}))


@bp.get("/<batch_id>/people", responses={"200": PeopleList})
@require(Permission.BATCH_READ)
@reads_people
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
    about = Subject("batch", own.batch)
    seen(db, "batch.people", query.purpose, about, ids=(each.id for each in page))
    more = None
    if len(page) == query.limit:
        at = f"{_address(_uuid(path))}/people"
        more = f"{at}?after={page[-1].row}&limit={query.limit}{query.again()}"
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


def _accepted(upload: Upload, spoken: str) -> Receipt | Job:
    db = connection("upload")
    key, tenant = upload.idempotency_key, upload.terms.tenant
    try:
        with db.begin():
            if not upload.dry_run:
                job = jobs.earlier(db, key, tenant=tenant, digest=upload.digest)
                if job is not None:
                    return job
            accepted = accept(db, upload)
            written(db, accepted, who=who())
            outbox.told(db, accepted, tenant=tenant)
            return accepted
    except BatchRefused as refused:
        receipt_body = fault_language.body(refused.receipt, spoken)
        raise BatchRefused(receipt_body) from refused


def _told(answered: Receipt, upload: Upload, report: str, spoken: str) -> Response:
    if report == "receipt":
        return _in(spoken, _json(_with_links(answered, spoken)))
    listed_faults = [fault_language.fault(each, spoken) for each in answered.faults]
    table = corrected.table(upload.sheet, listed_faults, all_rows=report == "all")
    return _in(spoken, _file(table, f"{report}-rows.csv"))


def _digest(body: bytes, manner: Manner) -> bytes:
    return hashlib.sha256(body + queue_entry.ending(manner)).digest()


def _address(batch: UUID) -> str:
    return f"{root()}/api/v1/batches/{batch}"


def _with_links(answered: Receipt, spoken: str) -> dict[str, Any]:
    links = {}
    if answered.batch:
        at = _address(answered.batch)
        links = {
            "self": at,
            "faults": f"{at}/faults",
            "faults_csv": f"{at}/faults?f=csv",
            "people": f"{at}/people",
        }
    return {**fault_language.body(answered, spoken), "links": links}


def _json(body: dict[str, Any]) -> Response:
    return _private(Response(orjson.dumps(body), mimetype="application/json"))


def _file(body: bytes, name: str) -> Response:
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)


def _in(spoken: str, response: Response) -> Response:
    response.headers["Content-Language"] = spoken
    return response


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(listed_faults: Iterable[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    fault_csv.write_header(out)
    fault_csv.write(out, listed_faults)
    return out.getvalue().encode(fault_csv.ENCODING)
