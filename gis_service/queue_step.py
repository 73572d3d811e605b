"""Waiting uploads worked off, 20,000 rows at a time.

Rows, flows, audit, receipt and progress of such a slice are one transaction: a worker
that is killed at any moment loses and doubles nothing.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from boundaries.errors import BoundaryError
from gis_service import audit, intake, metrics
from gis_service.db import Database
from gis_service.errors import TABLE
from gis_service.settings import Settings
from gis_service.webhooks import outbox
from movements import queue
from movements.batch import Upload, accept
from movements.errors import MovementError, UnreadableUpload, UploadTooLarge
from movements.file_sheets import sheets
from movements.jobs import DONE, POISON, REFUSED, Job, slices, waiting_of_all
from movements.keys import Keys
from movements.mapping_store import spellings
from movements.queue import LEASE_S, MOST_ATTEMPTS, LeaseLost
from movements.record import Terms
from movements.sealed_body import SealedBody
from movements.sheet import Sheet
from movements.spellings import NONE, Spellings
from movements.whole_file import Survey, told
from routes.errors import RouteError

log = logging.getLogger("nmis.queue")

# How long one upload is worked on while other states' wait: its body is read from the
# start again when its turn comes back, about a second for a million rows.
TURN_S = 10.0

_SERVER_ERROR = 500
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Work:
    """What waiting uploads are worked off with.

    Attributes:
        database: where they are.
        settings: of this installation.
        keys: of the vault, and what bodies are sealed under.
        lease_s: for how long an upload is taken, unless renewed.
        turn_s: how long it is worked on while others wait.
        is_over: whether to stop at the next slice.
    """

    database: Database
    settings: Settings
    keys: Keys = field(repr=False)
    lease_s: float = LEASE_S
    turn_s: float = TURN_S
    is_over: Callable[[], bool] = lambda: False


def step(work: Work) -> bool:
    """Give the upload that is next its turn; return whether there was one."""
    with work.database.upload.begin() as db:
        job = queue.claimed(db, lease_s=work.lease_s)
    if job is None:
        return False
    try:
        if job.attempts > MOST_ATTEMPTS:
            _failed(work, job, "the worker ended while it was at it")
        else:
            _Turn(work, job).taken()
    except LeaseLost:
        log.warning("upload %s: another worker has it", job.job_id)
    except (MovementError, BoundaryError, RouteError) as error:
        _refused(work, job, error)
    except Exception as error:  # whatever it is, the next upload must have its turn
        log.exception("upload %s, attempt %s", job.job_id, job.attempts)
        # Only of what kind: the words of a driver may quote a row.
        _failed(work, job, type(error).__name__)
    return True


def _refused(work: Work, job: Job, error: Exception) -> None:
    known = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)
    if known is None or known.status >= _SERVER_ERROR or known.status == _CONFLICT:
        _failed(work, job, known.code if known else type(error).__name__)
        return
    reason = str(error) or known.title
    with work.database.upload.begin() as db:
        # An atomic one too: it was good when it was checked, and something has changed.
        stored = sum(each.rows for each in slices(db, job) if each.batch_id)
        if stored:
            reason += f" (rows 1 to {stored} are stored, as batches say)"
        queue.refused(db, job, code=known.code, reason=reason)
        outbox.ended(db, job, state=REFUSED)


def _failed(work: Work, job: Job, reason: str) -> None:
    with work.database.upload.begin() as db:
        state = queue.failed(db, job, reason=reason)
        if state == POISON:
            outbox.ended(db, job, state=state)
    log.error("upload %s: %s; now %s", job.job_id, reason, state)


@dataclass(slots=True)
class _Turn:
    """One upload, for as long as it is its turn."""

    work: Work
    job: Job
    begun: float = field(default_factory=time.monotonic)

    def taken(self) -> None:
        """Work on it until it ends, others have their turn, or the worker stops."""
        job = self.job
        if job.rows_total is None and not self._counted():
            return
        if (job.is_trial or job.is_atomic) and not job.is_checked:
            if not self._went_through(dry_run=True):
                return
            if job.is_trial or not self._passed():
                return
        if self._went_through(dry_run=False):
            with self.work.database.upload.begin() as db:
                queue.done(db, self.job)
                outbox.ended(db, self.job, state=DONE)

    def _counted(self) -> bool:
        """Read it all once: what is unreadable is known before a row is stored."""
        found = Survey()
        for sheet in self._sheets():
            if self.work.is_over():
                self._gives_way()
                return False
            found.add(sheet)
            if found.rows > self.work.settings.upload_rows:
                most = self.work.settings.upload_rows
                raise UploadTooLarge("rows", found.rows, most)
            with self.work.database.upload.begin() as db:
                queue.renewed(db, self.job, lease_s=self.work.lease_s)
        if not found.rows:
            raise UnreadableUpload("there is no row below the header")
        with self.work.database.upload.begin() as db:
            counted = queue.counted(db, self.job, found)
        self.job = counted
        return True

    def _passed(self) -> bool:
        """Say whether an atomic upload without a fault may be stored."""
        with self.work.database.upload.begin() as db:
            faulty = sum(each.refused for each in slices(db, self.job))
            if not faulty:
                queue.found_good(db, self.job)
            else:
                words = f"{faulty} of {self.job.rows_total} rows have faults"
                reason = f"{words}; nothing is stored"
                queue.refused(db, self.job, code="batch_refused", reason=reason)
                outbox.ended(db, self.job, state=REFUSED)
        self.job = replace(self.job, is_checked=True, slices=0, rows_done=0)
        return not faulty

    def _went_through(self, *, dry_run: bool) -> bool:
        """Check or store all slices that are left; say whether none is left."""
        terms = intake.terms(self.work.settings, self.job.tenant)
        begun_at = self.job.slices
        month_first = self.job.manner.get("month_first")
        for number, sheet in enumerate(told(self._sheets(), month_first=month_first)):
            if number < begun_at:
                continue
            # One slice at least: what gives way always would never end.
            if self.work.is_over() or (number > begun_at and self._is_others()):
                self._gives_way()
                return False
            self._slice(sheet, terms, dry_run=dry_run)
        if dry_run and self.job.is_trial:
            with self.work.database.upload.begin() as db:
                queue.done(db, self.job)
                outbox.ended(db, self.job, state=DONE)
        return True

    def _gives_way(self) -> None:
        with self.work.database.upload.begin() as db:
            queue.yielded(db, self.job)

    def _is_others(self) -> bool:
        """Say whether it is another state's turn."""
        if time.monotonic() - self.begun < self.work.turn_s:
            return False
        with self.work.database.upload.begin() as db:
            return waiting_of_all(db, tenant=self.job.tenant).others

    def _slice(self, sheet: Sheet, terms: Terms, *, dry_run: bool) -> None:
        with self.work.database.upload.begin() as db:
            now = queue.held(db, self.job)
            receipt = accept(db, self._upload(now, sheet, terms, dry_run=dry_run))
            who = audit.Who(now.role, now.token_id, now.request_id)
            audit.accepted(db, receipt, who=who)
            outbox.told(db, receipt, tenant=now.tenant)
            queue.advanced(db, now, receipt, lease_s=self.work.lease_s)
        if receipt.batch:
            metrics.taken(receipt)
        self.job = replace(
            self.job,
            slices=now.slices + 1,
            rows_done=now.rows_done + receipt.rows,
        )

    def _upload(self, now: Job, sheet: Sheet, terms: Terms, *, dry_run: bool) -> Upload:
        key = f"§{now.job_id}/{now.slices}"  # no sender's: theirs are ASCII
        return Upload(
            sheet=sheet,
            terms=terms,
            keys=self.work.keys,
            atomic=now.is_atomic and not dry_run,
            dry_run=dry_run,
            accept_route_gap=bool(now.manner.get("accept_route_gap")),
            idempotency_key=key,
            digest=hashlib.sha256(now.digest + key.encode()).digest(),
        )

    def _sheets(self) -> Iterator[Sheet]:
        body = SealedBody(self.work.database.upload, self.job, self.work.keys.ring)
        return sheets(
            body, sheet=self.job.manner.get("sheet"), spellings=self._spellings()
        )

    def _spellings(self) -> Spellings:
        name = self.job.manner.get("mapping")
        if name is None:
            return NONE
        with self.work.database.upload.begin() as db:
            return spellings(db, tenant=self.job.tenant, name=name)
