"""Uploads that are worked off after they are answered: what is known of each."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Row, cast, func, insert, select, update

from boundaries.wall import enter
from movements.errors import (
    IdempotencyMismatch,
    QueueFull,
    QueuePressed,
    UnknownUpload,
    UploadInFlight,
)
from movements.queue_tables import UPLOAD_JOB, UPLOAD_SLICE
from movements.tables import BATCH

RECEIVING, QUEUED, WORKING = "receiving", "queued", "working"
DONE, REFUSED, POISON = "done", "refused", "poison"
OPEN = (RECEIVING, QUEUED, WORKING)

# One state's night of files; with more it sends faster than they are worked off.
MOST_JOBS = 100
# The disk holds the bodies of so many states that use all they may.
FULL_STATES = 8
# A large upload is worked off within about a minute.
QUEUE_WAIT_S = 30

_COLUMNS = tuple(UPLOAD_JOB.c)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a state sends to be worked off later.

    Attributes:
        tenant: the state (LGD code), negative for its sandbox.
        key: its Idempotency-Key.
        digest: SHA-256 of the body and its parameters.
        manner: the parameters.
        media: the media type its sender gives.
        who: role, token and request, as the audit log names them.
    """

    tenant: int
    key: str | None
    digest: bytes
    manner: dict[str, Any]
    media: str
    who: tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Job:
    """One upload; attributes as the columns of ``nmis.upload_job``."""

    tenant: int
    job_id: UUID
    created_at: datetime
    state: str
    idempotency_key: str | None
    digest: bytes
    manner: dict[str, Any]
    media: str
    role: str
    token_id: str | None
    request_id: str
    key_made_on: date
    size: int
    sha256: bytes | None
    expires_at: datetime | None
    rows_total: int | None
    is_checked: bool
    rows_done: int
    slices: int
    attempts: int
    lease: UUID | None
    lease_until: datetime | None
    not_before: datetime | None
    ended_at: datetime | None
    reason_code: str | None
    reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN

    @property
    def is_trial(self) -> bool:
        """Whether nothing is to be stored of it."""
        return bool(self.manner.get("dry_run"))

    @property
    def is_atomic(self) -> bool:
        """Whether one fault refuses all rows."""
        return self.manner.get("mode") == "atomic"


@dataclass(frozen=True, slots=True)
class Slice:
    """What became of some rows: those of a batch, or of a trial with its receipt."""

    slice: int
    first_row: int
    rows: int
    accepted: int
    refused: int
    batch_id: UUID | None


def job(db: Connection, job_id: UUID, *, tenant: int, hold: bool = False) -> Job:
    """Return one of a state's own uploads.

    Args:
        db: a connection.
        job_id: which.
        tenant: whose.
        hold: whether nobody else may change it until the transaction ends.

    Raises:
        UnknownUpload: no such upload, or another state's.
    """
    enter(db, tenant=tenant)
    asked = select(*_COLUMNS).where(
        UPLOAD_JOB.c.tenant == tenant, UPLOAD_JOB.c.job_id == job_id
    )
    row = db.execute(asked.with_for_update() if hold else asked).one_or_none()
    if row is None:
        raise UnknownUpload(f"no upload {job_id}")
    return _job(row)


def slices(db: Connection, of: Job) -> list[Slice]:
    """Return what became of an upload's rows so far, in order."""
    enter(db, tenant=of.tenant)
    names = ("slice", "first_row", "rows", "accepted", "refused", "batch_id")
    asked = (
        select(*(UPLOAD_SLICE.c[name] for name in names))
        .where(UPLOAD_SLICE.c.tenant == of.tenant, UPLOAD_SLICE.c.job_id == of.job_id)
        .order_by(UPLOAD_SLICE.c.slice)
    )
    return [Slice(*row) for row in db.execute(asked)]


def faults(db: Connection, of: Job, part: Slice) -> Sequence[dict[str, Any]]:
    """Return the faults of a slice, with the row numbers of the whole upload."""
    enter(db, tenant=of.tenant)
    if part.batch_id is None:
        asked = select(UPLOAD_SLICE.c.receipt).where(
            UPLOAD_SLICE.c.tenant == of.tenant,
            UPLOAD_SLICE.c.job_id == of.job_id,
            UPLOAD_SLICE.c.slice == part.slice,
        )
    else:
        asked = select(BATCH.c.receipt).where(
            BATCH.c.tenant == of.tenant, BATCH.c.batch_id == part.batch_id
        )
    receipt = db.execute(asked).scalar_one()
    before = part.first_row - 1
    return [each | {"row": each["row"] + before} for each in receipt["faults"]]


def earlier(
    db: Connection, key: str | None, *, tenant: int, digest: bytes | None = None
) -> Job | None:
    """Return what was sent before under a key; nobody else may use it until the end.

    Args:
        db: a connection in a transaction.
        key: the Idempotency-Key.
        tenant: whose.
        digest: of the body and its parameters; without it they are not compared.

    Raises:
        UploadInFlight: an upload with this key is being received.
        IdempotencyMismatch: the key was used with another body.
    """
    if key is None:
        return None
    enter(db, tenant=tenant)
    # The lock that batches take: a key names one upload, however it is answered.
    lock = func.hashtextextended(f"batch:{tenant}:{key}", 0)
    if not db.execute(select(func.pg_try_advisory_xact_lock(lock))).scalar_one():
        raise UploadInFlight(f"an upload with Idempotency-Key {key!r} is under way")
    row = db.execute(
        select(*_COLUMNS).where(
            UPLOAD_JOB.c.tenant == tenant, UPLOAD_JOB.c.idempotency_key == key
        )
    ).one_or_none()
    found = _job(row) if row else None
    if found and digest and not hmac.compare_digest(found.digest, digest):
        raise IdempotencyMismatch(key)
    return found


def refuse_batch(db: Connection, key: str | None, *, tenant: int) -> None:
    """Refuse a key that a batch has, which was answered at once.

    Raises:
        IdempotencyMismatch: it has; what waits is another body, or asked otherwise.
    """
    asked = select(BATCH.c.batch_id).where(
        BATCH.c.tenant == tenant, BATCH.c.idempotency_key == key
    )
    if key is not None and db.execute(asked).one_or_none():
        raise IdempotencyMismatch(key)


def made(db: Connection, job_id: UUID, sent: Sent, **more: object) -> Job:
    """Store an upload.

    Args:
        db: a connection in a transaction.
        job_id: its new id.
        sent: what is sent.
        more: further columns; state, key_made_on and size are needed.
    """
    role, token_id, request_id = sent.who
    row = db.execute(
        insert(UPLOAD_JOB)
        .values(
            tenant=sent.tenant,
            job_id=job_id,
            idempotency_key=sent.key,
            digest=sent.digest,
            manner=sent.manner,
            media=sent.media,
            role=role,
            token_id=token_id,
            request_id=request_id,
            not_before=func.now(),
            **more,
        )
        .returning(*_COLUMNS)
    ).one()
    return _job(row)


def begun_anew(db: Connection, of: Job, **told: object) -> Job:
    """Return an upload that goes on behind what is stored of it, with another body.

    Args:
        db: a connection in a transaction.
        of: a new one, or one that had become poison.
        told: its state, and further columns.
    """
    again = {"attempts": 0, "ended_at": None, "reason": None, "reason_code": None}
    mine = UPLOAD_JOB.c.tenant == of.tenant, UPLOAD_JOB.c.job_id == of.job_id
    row = db.execute(
        update(UPLOAD_JOB)
        .where(*mine)
        .values(**again, not_before=func.now(), **told)
        .returning(*_COLUMNS)
    ).one()
    return _job(row)


def refuse_full(db: Connection, *, tenant: int, size: int, most: int) -> None:
    """Refuse what would let a state, or everybody, wait with more than they may.

    Args:
        db: a connection in a transaction.
        tenant: whose upload it is.
        size: its bytes.
        most: bytes of one state that may wait.

    Raises:
        QueueFull: the state's uploads fill what it may.
        QueuePressed: everybody's together do.
    """
    enter(db, tenant=tenant)
    total = cast(func.coalesce(func.sum(UPLOAD_JOB.c.size), 0), BigInteger)
    own = select(func.count(), total).where(
        UPLOAD_JOB.c.tenant == tenant, UPLOAD_JOB.c.state.in_(OPEN)
    )
    jobs, waiting = db.execute(own).one()
    if jobs >= MOST_JOBS or waiting + size > most:
        raise QueueFull(
            f"{jobs} uploads of yours with {waiting} bytes wait; allowed: {MOST_JOBS}"
            f" with {most} bytes",
            QUEUE_WAIT_S,
        )
    if waiting_of_all(db, tenant=tenant).size + size > most * FULL_STATES:
        raise QueuePressed("too many uploads wait; try again", QUEUE_WAIT_S)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of everybody; ``others``: also of another state, ready for a turn."""

    jobs: int
    size: int
    others: bool


def waiting_of_all(db: Connection, *, tenant: int) -> Waiting:
    """Return what waits of everybody, as one state may know it: sums."""
    found = func.nmis.uploads_waiting(tenant).table_valued("jobs", "size", "others")
    row = db.execute(select(found.c.jobs, found.c.size, found.c.others)).one()
    return Waiting(*row)


def _job(row: Row[Any]) -> Job:
    told = row._asdict()
    for name in ("digest", "sha256"):
        told[name] = None if told[name] is None else bytes(told[name])
    return Job(**told)
