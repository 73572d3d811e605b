"""Sign-ins that went wrong, counted by the name that was given: each costs more time.

Also of names that nobody has, so that they cannot be told from others. An attempt is
counted before it is tried: many at once are no way around.
"""

import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, update
from sqlalchemy.dialects.postgresql import insert

from gis_service.tables import SIGN_IN_ATTEMPT
from gis_service.totp import AccountKey

# Typing wrongly is common; guessing 100 bits and a code in five goes is not.
FREE = 5
PAUSE = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)


class TooManyAttempts(Exception):
    """Too many sign-ins of this name went wrong; ``seconds`` until the next may be."""

    def __init__(self, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"too many attempts; try again in {seconds} s")
        self.seconds = seconds


def name_hash(key: AccountKey, name: str) -> bytes:
    """Return what the attempts of a name are counted by."""
    return hmac.digest(key.naming, name.encode("utf-8", "replace"), "sha256")


def count(db: Connection, hashed: bytes) -> None:
    """Count an attempt; commit before trying it.

    Raises:
        TooManyAttempts: it is too early for another one.
    """
    now, columns = datetime.now(UTC), SIGN_IN_ATTEMPT.c
    db.execute(delete(SIGN_IN_ATTEMPT).where(columns.last_at < now - FORGOTTEN))
    first = insert(SIGN_IN_ATTEMPT).values(name_hash=hashed, failures=0, last_at=now)
    # Changes nothing of a row that is there, but holds it: it is counted one by one.
    held = first.on_conflict_do_update(
        index_elements=["name_hash"], set_={"name_hash": first.excluded.name_hash}
    ).returning(columns.failures, columns.last_at)
    found = db.execute(held).one()
    paused = pause(found.failures)
    wait = found.last_at + paused - now
    # Another one may have been counted since we looked at the clock.
    if paused and wait > timedelta():
        raise TooManyAttempts(int(wait.total_seconds()) + 1)
    more = {"failures": found.failures + 1, "last_at": max(now, found.last_at)}
    mine = columns.name_hash == hashed
    db.execute(update(SIGN_IN_ATTEMPT).where(mine).values(more))


def forget(db: Connection, hashed: bytes) -> None:
    """Forget what went wrong, after a sign-in that went well."""
    db.execute(delete(SIGN_IN_ATTEMPT).where(SIGN_IN_ATTEMPT.c.name_hash == hashed))


def pause(failures: int) -> timedelta:
    """Return how long one waits after so many: twice as long with each."""
    if failures < FREE:
        return timedelta()
    doublings = min(failures - FREE, 10)
    return min(LONGEST, timedelta(seconds=PAUSE.total_seconds() * 2**doublings))
