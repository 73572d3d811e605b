"""Uploads that come in parts, each with its digest, over a line that breaks."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from boundaries.wall import enter
from movements.errors import BadParameter, DigestMismatch, UploadClosed
from movements.jobs import QUEUED, RECEIVING, Job, job
from movements.queue_tables import UPLOAD_JOB, UPLOAD_PART
from movements.sealed_body import Place, SealedBody, stored

# At 16 MiB each they hold the largest upload many times over.
MOST_PARTS = 1000
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has come: its number, its bytes, and their SHA-256."""

    part: int
    size: int
    digest: bytes


def parts(db: Connection, of: Job) -> list[Part]:
    """Return the parts of an upload's body that are there, in order."""
    enter(db, tenant=of.tenant)
    asked = (
        select(UPLOAD_PART.c.part, UPLOAD_PART.c.size, UPLOAD_PART.c.digest)
        .where(UPLOAD_PART.c.tenant == of.tenant, UPLOAD_PART.c.job_id == of.job_id)
        .order_by(UPLOAD_PART.c.part)
    )
    return [Part(row[0], row[1], bytes(row[2])) for row in db.execute(asked)]


def put(
    db: Connection, place: Place, number: int, body: bytes, *, digest: bytes
) -> None:
    """Store a part; the same one sent again changes nothing.

    Args:
        db: a connection in a transaction.
        place: whose it is, and what it is sealed with.
        number: of the part, from 1.
        body: its bytes.
        digest: their SHA-256, as the sender has it.

    Raises:
        DigestMismatch: they are others.
        UploadClosed: the upload takes no more parts.
        BadParameter: there are no such parts, or more bytes than were declared.
    """
    found = hashlib.sha256(body).digest()
    if not hmac.compare_digest(found, digest):
        raise DigestMismatch(
            f"part {number}: what came has SHA-256 {found.hex()}; send it again"
        )
    if not 1 <= number <= MOST_PARTS:
        raise BadParameter(f"part is {number}; allowed: 1 to {MOST_PARTS}")
    of = job(db, place.job_id, tenant=place.tenant, hold=True)
    there = {each.part: each for each in parts(db, of)}
    if number in there and hmac.compare_digest(there[number].digest, digest):
        return
    if of.state != RECEIVING:
        raise UploadClosed(f"the upload is {of.state}; it takes no more parts")
    others = sum(each.size for each in there.values() if each.part != number)
    if others + len(body) > of.size:
        raise BadParameter(
            f"with part {number} there are {others + len(body)} bytes; declared:"
            f" {of.size}"
        )
    size = 1024 * 1024
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    stored(db, place, number, pieces)


def completed(db: Connection, body: SealedBody) -> bool:
    """Queue an upload whose parts are all there; say whether it was not before.

    Args:
        db: a connection in a transaction.
        body: of the upload.

    Raises:
        UploadClosed: parts are missing; says which.
        DigestMismatch: together they are not what was declared.
    """
    of = job(db, body.of.job_id, tenant=body.of.tenant, hold=True)
    if of.state != RECEIVING:
        return False
    there = parts(db, of)
    _refuse_missing(of, there)
    whole = hashlib.sha256()
    for piece in body.pieces():
        whole.update(piece)
    if not hmac.compare_digest(whole.digest(), of.sha256 or b""):
        raise DigestMismatch(
            f"together the parts have SHA-256 {whole.hexdigest()}, declared:"
            f" {(of.sha256 or b'').hex()}"
        )
    mine = UPLOAD_JOB.c.tenant == of.tenant, UPLOAD_JOB.c.job_id == of.job_id
    queued = {"state": QUEUED, "not_before": func.now(), "expires_at": None}
    db.execute(update(UPLOAD_JOB).where(*mine).values(queued))
    return True


def _refuse_missing(of: Job, there: list[Part]) -> None:
    numbers = {each.part for each in there}
    gaps = [n for n in range(1, max(numbers, default=1) + 1) if n not in numbers]
    if gaps:
        named = ", ".join(map(str, gaps[:_SHOWN]))
        raise UploadClosed(f"these parts are missing: {named}")
    size = sum(each.size for each in there)
    if size != of.size:
        raise UploadClosed(f"{size} bytes are there, {of.size} were declared")
