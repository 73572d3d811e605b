"""The purge: months taken out of view and erased, in steps that a kill cannot halve.

A step and the note that it is done are one transaction; a purge that was killed goes on
with the step that is not noted. Only the rewriting of tables is none, and that may be
done twice. ``docs/retention.md`` says what each step does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from gis_service import audit
from gis_service import retention_steps as steps
from gis_service.audit.keys import AuditKey, audit_key
from gis_service.audit.signing import Signer
from gis_service.intake import keys as vault_keys
from gis_service.retention_caught_up import caught_up
from gis_service.retention_clocks import clocks
from gis_service.retention_key import hash_key
from gis_service.retention_proof import DESTROYED, OUT_OF_VIEW, PHASES, Phase, proved
from gis_service.retention_said import Say
from gis_service.retention_scrub import is_pending, scrubbed
from gis_service.secrets import secrets_in
from gis_service.settings import Settings
from movements import retention_forget as people
from movements.erased_refs import outlived
from movements.keys import Keys
from movements.retention import INDIA, Clocks, Run, planned
from movements.retention_faults import faults_ended
from movements.retention_traces import traces_ended


class PurgeRunning(Exception):
    """Another purge, or a backup, is at work."""


class NotDue(Exception):
    """A month is not due, or has no people; the message says which."""


@dataclass(frozen=True, slots=True)
class Purger:
    """What a purge needs.

    Attributes:
        owner: the database, as its owner.
        keys: of the vault.
        audit: signs proofs, and makes the hashes of who is gone.
        var: the folder of run-time files.
        clocks: of the installation.
        today: the civil date in India.
        say: shows one line.
    """

    owner: Engine
    keys: Keys
    audit: AuditKey
    var: Path
    clocks: Clocks
    today: date
    say: Say

    def plan(self) -> list[Run]:
        """Return every month there is or was, as the clocks have it now."""
        with self.owner.begin() as db:
            return planned(db, self.clocks)


def purger(settings: Settings, owner: Engine, *, say: Say) -> Purger:
    """Return what a purge of an installation needs."""
    secrets = secrets_in(settings.var, secret_key=settings.secret_key)
    return Purger(
        owner=owner,
        keys=vault_keys(secrets),
        audit=audit_key(settings.var),
        var=settings.var,
        clocks=clocks(settings),
        today=datetime.now(ZoneInfo(INDIA)).date(),
        say=say,
    )


def due(by: Purger, month: date | None = None) -> list[Run]:
    """Return the months that have something due, or the one that is asked for.

    Raises:
        NotDue: the month that is asked for has nothing due.
    """
    plan = by.plan()
    found = [run for run in plan if run.is_due(by.today) or _unfinished(by, run)]
    if month is None:
        return found
    wanted = [run for run in found if run.month == month]
    if not wanted:
        of_it = [run for run in plan if run.month == month and not run.destroyed]
        when = ", ".join(f"due on {_next(run)}" for run in of_it) or "has no people"
        raise NotDue(f"{month:%Y-%m} {when}")
    return wanted


def purge(by: Purger, wanted: list[Run]) -> None:
    """Do what is due of months, one after the other, and what has no month.

    That is: faults of refused rows and questions for contacts that are too old, row
    ids of people erased on request whose archives have ended, tables that wait to be
    rewritten.

    Raises:
        PurgeRunning: another purge, or a backup, is at work.
        StillSeen, StillHeld: others stand in the way; what was done stays done, and the
            next call goes on.
    """
    with _one_at_a_time(by.owner):
        _aged(by)
        for run in wanted:
            _taken_out(by, run)
            if by.today >= run.floor_ends:
                _ended(by, run)
        # Of a person who was erased on request, or what others held the last time.
        if is_pending(by.owner):
            scrubbed(by.owner, by.say)


def _aged(by: Purger) -> None:
    with by.owner.begin() as db:
        faults = faults_ended(db, by.clocks, by.today)
        outlived(db, by.clocks, by.today)
        traces = traces_ended(db, by.clocks, by.today)
        if faults:
            people.scrubbed_later(db, *faults)
    if faults:
        by.say(f"faults of {sum(faults.values()):,} uploads: removed")
    if traces:
        by.say(f"{traces:,} questions for contacts: removed")


def _taken_out(by: Purger, run: Run) -> None:
    key = hash_key(by.audit)
    _step(by, run, "archive", lambda db: _archived(db, by, run))
    _step(
        by, run, "forget", lambda db: people.forgotten(db, run, key=key, gone=by.today)
    )
    caught_up(by.owner, key=by.audit, var=by.var)
    _scrub(by, run, "scrub")
    _prove(by, run, OUT_OF_VIEW)


def _ended(by: Purger, run: Run) -> None:
    _step(by, run, "destroy", lambda db: _destroyed(db, run))
    caught_up(by.owner, key=by.audit, var=by.var)
    _scrub(by, run, "wipe")
    _prove(by, run, DESTROYED)


def _archived(db: Connection, by: Purger, run: Run) -> steps.Counts:
    counts = people.archived(db, run, keys=by.keys)
    _noted(db, "purge.archive", n=counts["people"])
    return counts


def _destroyed(db: Connection, run: Run) -> steps.Counts:
    _noted(db, "purge.destroy", n=0)
    return people.destroyed(db, run)


def _noted(db: Connection, action: str, *, n: Any) -> None:  # noqa: ANN401 - a count
    audit.record(
        db,
        audit.operator(),
        purpose=audit.Purpose.RETENTION,
        action=action,
        subject=audit.Subject("month", n=n),
    )


def _scrub(by: Purger, run: Run, name: str) -> None:
    if name not in steps.done(by.owner, run):
        steps.begun(by.owner, run, name)
        counts = scrubbed(by.owner, by.say)
        with by.owner.begin() as db:
            steps.ticked(db, run, name, counts)


def _prove(by: Purger, run: Run, phase: Phase) -> None:
    if phase.step in steps.done(by.owner, run):
        return
    steps.begun(by.owner, run, phase.step)
    root = Signer(by.owner, by.audit, by.var).sign("retention")
    with by.owner.begin() as db:
        counts = proved(db, run, phase, key=by.audit, root=root)
        steps.ticked(db, run, phase.step, counts)
    by.say(f"{run.name}: {phase.words}; `nmis purge proof` shows the signed statement.")


def _step(by: Purger, run: Run, name: str, work: steps.Work) -> None:
    counts = steps.taken(by.owner, run, name, work)
    if counts is not None:
        numbers = {what: n for what, n in counts.items() if isinstance(n, int)}
        told = ", ".join(f"{n:,} {what}" for what, n in numbers.items())
        by.say(f"{run.name}: {name}: {told or 'done'}")


def _unfinished(by: Purger, run: Run) -> bool:
    """Return whether a purge of the month was begun and broken off."""
    begun = steps.done(by.owner, run, also_begun=True)
    phases = [phase for phase in PHASES if phase.told[0] in begun]
    wanted = {step for phase in phases for step in (*phase.told, phase.step)}
    return not wanted <= steps.done(by.owner, run)


def _next(run: Run) -> date:
    return run.floor_ends if run.archived else run.view_ends


@contextmanager
def _one_at_a_time(owner: Engine) -> Iterator[None]:
    lock = func.hashtext("nmis.purge")
    with owner.connect() as db:
        held = db.execute(select(func.pg_try_advisory_lock(lock))).scalar_one()
        db.commit()
        if not held:
            raise PurgeRunning("another purge, or a backup, is at work")
        try:
            yield
        finally:
            db.execute(select(func.pg_advisory_unlock(lock)))
            db.commit()
