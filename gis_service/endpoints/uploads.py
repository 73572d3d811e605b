"""/api/v1/uploads: uploads that are worked off later, whole or in parts."""

import base64
import binascii
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection, func

from gis_service import (
    fault_language,
    intake,
    queue_entry,
    queued,
    upload_answers,
    upload_faults,
)
from gis_service.access import current_officer, require
from gis_service.bodies import own_limit
from gis_service.db import Database, connection
from gis_service.policy import Permission
from gis_service.rates import limited
from gis_service.upload_bodies import (
    Declared,
    FaultsPage,
    PartPath,
    RawPart,
    StatusBody,
    UploadFaults,
    UploadPath,
)
from movements import jobs
from movements.body import MAX_BYTES
from movements.errors import BadParameter, UnknownUpload, UploadTooLarge
from movements.jobs import Job, Sent
from movements.mapping_store import spellings
from movements.parts import completed, put
from movements.queue_key import made, opened
from movements.sealed_body import Place, SealedBody

bp = APIBlueprint(
    "uploads", __name__, url_prefix="/api/v1/uploads", abp_tags=[Tag(name="batches")]
)

# What was begun and not completed is of yesterday's line, or of nobody.
OPEN_FOR = timedelta(hours=24)
_ALGORITHM = "sha-256"


@bp.post("", responses={"201": StatusBody})
@require(Permission.BATCH_CREATE)
@limited("upload")
def begin(body: Declared) -> Response:
    """Begin an upload in parts: say how many bytes will come, and their SHA-256.

    Send an `Idempotency-Key`, and the same beginning has one effect. What is not
    completed within 24 hours ends.
    """
    settings = current_app.extensions["settings"]
    tenant = current_officer().tenant or 0
    intake.terms(settings, tenant)
    if body.bytes > queued.most_bytes():
        raise UploadTooLarge("bytes", body.bytes, queued.most_bytes())
    key = intake.key(request.headers.get("Idempotency-Key"))
    sent = _sent(body, None if body.dry_run else key)
    db = connection("upload")
    with db.begin():
        if body.mapping:
            spellings(db, tenant=tenant, name=body.mapping)
        jobs.refuse_batch(db, sent.key, tenant=tenant)
        job = jobs.earlier(db, sent.key, tenant=tenant, digest=sent.digest)
        again = job is not None
        if job is None:
            most = settings.queue_mb * queued.MEGABYTE
            jobs.refuse_full(db, tenant=tenant, size=body.bytes, most=most)
            job = _begun(db, sent, body)
        elif job.state == jobs.POISON:
            job = _again(db, job)
        return upload_answers.answered(db, job, 201, again=again)


@bp.put("/<upload_id>/parts/<part>", responses={"204": None})
@require(Permission.BATCH_CREATE)
@own_limit
def put_part(path: PartPath, raw: RawPart) -> Response:
    """Store a part of at most 16 MiB; the same one sent again changes nothing.

    `Content-Digest: sha-256=:...:` (RFC 9530) gives the SHA-256 of its bytes.
    """
    digest = _digest(request.headers.get("Content-Digest"))
    body = intake.body(raw)
    if len(body) > MAX_BYTES:
        raise UploadTooLarge("bytes of a part (at least)", len(body), MAX_BYTES)
    db = connection("upload")
    with db.begin():
        job = _own(path)
        day = job.key_made_on
        key = opened(db, tenant=job.tenant, day=day, ring=queued.ring())
        place = Place(job.tenant, job.job_id, key)
        put(db, place, path.part, body, digest=digest)
    return Response(status=204)


@bp.post("/<upload_id>/complete", responses={"202": StatusBody})
@require(Permission.BATCH_CREATE)
def complete(path: UploadPath) -> Response:
    """Have an upload worked off whose parts are all there; 202, however often."""
    database: Database = current_app.extensions["database"]
    db = connection("upload")
    with db.begin():
        job = _own(path)
        was_open = completed(db, SealedBody(database.upload, job, queued.ring()))
    with db.begin():
        return upload_answers.answered(db, _own(path), 202, again=not was_open)


@bp.get("/<upload_id>", responses={"200": StatusBody})
@require(Permission.BATCH_READ)
def show(path: UploadPath) -> Response:
    """Return how far one of your own uploads is, its parts, and its batches."""
    db = connection("upload")
    with db.begin():
        return upload_answers.answered(db, _own(path), 200)


@bp.get("/<upload_id>/faults", responses={"200": UploadFaults})
@require(Permission.BATCH_READ)
def faults(path: UploadPath, query: FaultsPage) -> Response:
    """Return the faults of one of your own uploads, by the rows of the whole file."""
    spoken = fault_language.language(request, query.lang)
    db = connection("upload")
    with db.begin():
        job = _own(path)
        page = None
        if query.f == "json":
            page = upload_faults.page(db, job, after=query.after, limit=query.limit)
    if page is None:
        return _in(spoken, upload_faults.csv(job, spoken))
    return _in(spoken, upload_answers.json(_listed(job, page, query, spoken)))


def _listed(
    job: Job, page: upload_faults.Page, query: FaultsPage, spoken: str
) -> dict[str, Any]:
    more = None
    if page.is_cut:
        at = f"{upload_answers.address(job)}/faults?after={page.last}"
        more = f"{at}&limit={query.limit}&lang={spoken}"
    listed = [fault_language.fault(each, spoken) for each in page.faults]
    return {"upload": str(job.job_id), "faults": listed, "next": more}


def _begun(db: Connection, sent: Sent, body: Declared) -> Job:
    day = queued.today()
    made(db, tenant=sent.tenant, day=day, ring=queued.ring())
    return jobs.made(
        db,
        uuid4(),
        sent,
        state=jobs.RECEIVING,
        key_made_on=day,
        size=body.bytes,
        sha256=bytes.fromhex(body.sha256),
        expires_at=func.now() + OPEN_FOR,
    )


def _again(db: Connection, job: Job) -> Job:
    day = queued.today()
    made(db, tenant=job.tenant, day=day, ring=queued.ring())
    until = func.now() + OPEN_FOR
    told = {"state": jobs.RECEIVING, "key_made_on": day, "expires_at": until}
    return jobs.begun_anew(db, job, **told)


def _sent(body: Declared, key: str | None) -> Sent:
    taken = {"bytes", "sha256", "media_type"}
    manner = body.model_dump(mode="json", exclude=taken, exclude_none=True)
    digest = hashlib.sha256(body.model_dump_json(exclude_none=True).encode())
    sent = queue_entry.sent_now(manner, body.media_type, key)
    return replace(sent, digest=digest.digest())


def _own(path: UploadPath) -> Job:
    try:
        job_id = UUID(path.upload_id)
    except ValueError as error:
        raise UnknownUpload(f"no upload {path.upload_id!r}") from error
    tenant = current_officer().tenant or 0
    return jobs.job(connection("upload"), job_id, tenant=tenant)


def _digest(given: str | None) -> bytes:
    for each in (given or "").split(","):
        name, _, value = each.strip().partition("=")
        if name.lower() != _ALGORITHM:
            continue
        try:
            found = base64.b64decode(value.strip().strip(":"), validate=True)
        except (binascii.Error, ValueError):
            break
        if len(found) == hashlib.sha256().digest_size:
            return found
    raise BadParameter(
        f"Content-Digest is {given!r}; allowed: sha-256=:BASE64:, of the part's bytes"
    )


def _in(spoken: str, response: Response) -> Response:
    response.headers["Content-Language"] = spoken
    return response
