"""Make a release: week by week, each in a transaction of its own, published at the end.

What was made of an unfinished release is taken up again. Weeks that were published
before and ended four weeks ago or more keep the edition they have; newer ones are
corrected, with the same draws; a week that did not change keeps its edition too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, func, insert, select, update

from boundaries.version import bump
from movements.release import rows
from movements.release.check import DRAWS, Unpublishable, checked
from movements.release.draw import ReleaseKey
from movements.release.tables import RELEASE, RELEASE_WEEK

# Days after a week's last day on which it may be corrected for the last time.
CORRECTED_DAYS = 28


class KeyChanged(Exception):
    """The key at hand is not the one that earlier releases were drawn by."""


class NothingToRelease(Exception):
    """No week is over, or nothing changed since the last release."""


@dataclass(frozen=True, slots=True)
class Made:
    """A published release.

    Attributes:
        release: its number.
        weeks: how many it holds.
        corrected: how many of these are new or changed.
    """

    release: int
    weeks: int
    corrected: int


def is_first(db: Connection) -> bool:
    """Return whether no release was ever begun, so that a key may be made."""
    return db.execute(select(RELEASE.c.release).limit(1)).first() is None


def make(
    engine: Engine,
    *,
    key: ReleaseKey,
    today: date,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Made:
    """Make and publish a release of all weeks that are over.

    Args:
        engine: of the owner plane.
        key: of all draws.
        today: the day in Asia/Kolkata.
        progress: is told how many weeks are done, and of how many.

    Raises:
        KeyChanged: earlier releases were drawn by another key: drawn again by this
            one, they could be compared.
        NothingToRelease: as it says.
        Unpublishable: see ``check``.
    """
    with engine.begin() as db:
        _refuse_another_key(db, key)
        number = _begun(db, key)
        before = _editions(db, _last(db))
        every = sorted({*rows.weeks(db, before=today), *before})
        done = _editions(db, number)
    if not every:
        raise NothingToRelease("no week with journeys is over")
    for at, week in enumerate(every):
        if week not in done:
            with engine.begin() as db:
                kept = before.get(week)
                if kept and week + timedelta(days=6 + CORRECTED_DAYS) < today:
                    _note(db, number, week, *kept)
                else:
                    _made(db, number, week, key=key, before=kept)
        progress(at + 1, len(every))
    with engine.begin() as db:
        return _published(db, number, before)


def _refuse_another_key(db: Connection, key: ReleaseKey) -> None:
    used = set(db.execute(select(RELEASE.c.key_id).distinct()).scalars())
    if used - {key.key_id}:
        known = ", ".join(sorted(used))
        raise KeyChanged(
            f"releases were drawn by the key {known}, not by {key.key_id}; a second"
            " draw would give away what the first one hides. Put the backup of that"
            " key in place; without it there are no further releases"
        )


def _last(db: Connection) -> int | None:
    published = select(func.max(RELEASE.c.release)).where(
        RELEASE.c.published_at.is_not(None)
    )
    found: int | None = db.execute(published).scalar_one()
    return found


def _begun(db: Connection, key: ReleaseKey) -> int:
    """Return the number of the unfinished release, begun where there is none."""
    unfinished = select(RELEASE.c.release).where(RELEASE.c.published_at.is_(None))
    number: int | None = db.execute(unfinished).scalar()
    if number is None:
        number = (_last(db) or 0) + 1
        db.execute(insert(RELEASE).values(release=number, key_id=key.key_id))
    return number


def _editions(db: Connection, number: int | None) -> dict[date, tuple[int, bytes]]:
    chosen = select(RELEASE_WEEK).where(RELEASE_WEEK.c.release == number)
    found = db.execute(chosen).all()
    return {row.week: (row.edition, bytes(row.digest)) for row in found}


def _made(
    db: Connection,
    number: int,
    week: date,
    *,
    key: ReleaseKey,
    before: tuple[int, bytes] | None,
) -> None:
    counts, again = rows.counts(db, week), rows.again(db, week)
    try:
        made = checked(counts, key=key, again=again, draws=1 if before else DRAWS)
    except Unpublishable:
        # What is out is never drawn again, so this correction cannot be told.
        if not before:
            raise
        _note(db, number, week, *before)
        return
    flows, categories = rows.stored(made)
    digest = rows.digest(flows, categories)
    if before and before[1] == digest:
        _note(db, number, week, *before)
        return
    edition = before[0] + 1 if before else 1
    rows.write(db, flows, categories, edition=edition)
    if before is None:
        rows.write_again(db, made)
    _note(db, number, week, edition, digest)


def _note(db: Connection, number: int, week: date, edition: int, digest: bytes) -> None:
    row = {"release": number, "week": week, "edition": edition, "digest": digest}
    db.execute(insert(RELEASE_WEEK).values(row))


def _published(
    db: Connection, number: int, before: dict[date, tuple[int, bytes]]
) -> Made:
    now = _editions(db, number)
    changed = sum(before.get(week) != edition for week, edition in now.items())
    if not changed:
        db.execute(RELEASE_WEEK.delete().where(RELEASE_WEEK.c.release == number))
        db.execute(RELEASE.delete().where(RELEASE.c.release == number))
    else:
        done = update(RELEASE).where(RELEASE.c.release == number)
        db.execute(done.values(published_at=func.now()))
        bump(db, "release")
    return Made(number if changed else number - 1, len(now), changed)
