"""Uploads that are taken now and worked off later: sealed, stored, answered 202."""

import hashlib
import hmac
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Request, current_app
from sqlalchemy import Connection

from gis_service import intake
from gis_service.settings import Settings
from movements import jobs
from movements.body import GZIP
from movements.errors import (
    BadParameter,
    IdempotencyMismatch,
    UploadTooLarge,
)
from movements.file_sheets import flows
from movements.jobs import Job, Sent
from movements.kind import TEXT, kind
from movements.queue_key import made
from movements.sealed_body import PIECE_BYTES, Place, stored
from movements.wrapping import KeyRing

MEGABYTE = 1024 * 1024
_HEAD = 4096  # bytes; holds the byte order mark and a header row
_CLOCK = ZoneInfo("Asia/Kolkata")


def wants_later(asked: Request) -> bool:
    """Say whether the sender would rather not wait (RFC 7240)."""
    preferred = ",".join(asked.headers.getlist("Prefer")).lower()
    return "respond-async" in [each.strip() for each in preferred.split(",")]


def most_bytes() -> int:
    """Return how many bytes one upload may have."""
    settings: Settings = current_app.extensions["settings"]
    return settings.upload_mb * MEGABYTE


def today() -> date:
    """Return the day in India, which names the key that bodies are sealed with."""
    return datetime.now(_CLOCK).date()


def ring() -> KeyRing:
    """Return the key-encryption keys."""
    return intake.keys(current_app.extensions["secrets"]).ring


def refuse_whole(head: bytes, large: UploadTooLarge) -> None:
    """Refuse what is too large to be answered at once and is no better later.

    Workbooks and Parquet are read whole, and take more rows later than at once; CSV and
    NDJSON are read as they go.

    Raises:
        UploadTooLarge: as was found.
    """
    start = _unpacked(head[:_HEAD])
    more_rows = large.what == "rows" and kind(start) != TEXT
    if not flows(start) and not more_rows:
        raise large


def refuse_answer(manner: dict[str, Any], report: str) -> None:
    """Refuse what cannot be told or done later.

    Raises:
        BadParameter: names it.
    """
    if report != "receipt":
        raise BadParameter(
            f"report={report} is answered at once; an upload that is worked off later"
            " has its faults at its own address"
        )
    if manner.get("kind") == "snapshot":
        raise BadParameter(
            "a snapshot is taken whole, so it is answered at once: up to 20,000 rows"
        )


def taken(
    db: Connection, sent: Sent, pieces: Iterator[bytes], *, size: int, ending: bytes
) -> tuple[Job, bool]:
    """Seal and store a body within the caller's transaction; answer after COMMIT.

    Args:
        db: a connection of the plane that uploads.
        sent: whose it is and how it is to be taken; its digest is made here.
        pieces: the body.
        size: its bytes, as far as they are known.
        ending: what the digest is made of behind the body.

    Returns:
        The upload, and whether this is the same as was sent before.

    Raises:
        UploadInFlight, IdempotencyMismatch, QueueFull: as their names say.
        UploadTooLarge, TooSlowToSend: of the body.
    """
    earlier = jobs.earlier(db, sent.key, tenant=sent.tenant)
    jobs.refuse_batch(db, sent.key, tenant=sent.tenant)
    digest = hashlib.sha256()
    if earlier is not None and earlier.state != jobs.POISON:
        for piece in pieces:
            digest.update(piece)
        return _same(earlier, _ended(digest, ending), sent.key), True
    settings: Settings = current_app.extensions["settings"]
    most = settings.queue_mb * MEGABYTE
    jobs.refuse_full(db, tenant=sent.tenant, size=size, most=most)
    day = today()
    job = earlier or jobs.made(
        db, uuid4(), sent, state=jobs.QUEUED, key_made_on=day, size=0
    )
    key = made(db, tenant=sent.tenant, day=day, ring=ring())
    place = Place(sent.tenant, job.job_id, key)
    size, _ = stored(db, place, 1, _noted(pieces, digest))
    whole = _ended(digest, ending)
    if earlier is not None:
        _same(earlier, whole, sent.key)
    told = {"state": jobs.QUEUED, "digest": whole, "size": size, "key_made_on": day}
    return jobs.begun_anew(db, job, **told), earlier is not None


def pieces(head: bytes, asked: Request, *, most: int) -> Iterator[bytes]:
    """Yield a request's body piece by piece.

    Args:
        head: what was read of it.
        asked: the request, for the rest.
        most: bytes that it may have.

    Raises:
        UploadTooLarge: it has more.
        TooSlowToSend: it comes too slowly.
    """
    total = 0
    for at in range(0, len(head), PIECE_BYTES):
        yield head[at : at + PIECE_BYTES]
        total = min(len(head), at + PIECE_BYTES)
    while piece := asked.stream.read(PIECE_BYTES):
        total += len(piece)
        if total > most:
            raise UploadTooLarge("bytes (at least)", total, most)
        yield piece


def _noted(pieces: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _ended(digest: "hashlib._Hash", ending: bytes) -> bytes:
    digest.update(ending)
    return digest.digest()


def _same(earlier: Job, digest: bytes, key: str | None) -> Job:
    if not hmac.compare_digest(earlier.digest, digest):
        raise IdempotencyMismatch(key or "")
    return earlier


def _unpacked(head: bytes) -> bytes:
    if not head.startswith(GZIP):
        return head
    try:
        opener = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        return opener.decompress(head, _HEAD)
    except zlib.error:
        return head  # told when it is read
