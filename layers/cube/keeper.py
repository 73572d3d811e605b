"""Keeps one process's cube up to date: never an answer older than the database's.

Every answer first reads the flows' version and asks for a snapshot at least that
new. ``watch`` makes catching up early, and takes up new bases, but nothing depends
on it: a notice may be lost.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection

from layers.cube.base import Base, base
from layers.cube.built import arrays
from layers.cube.folder import every, opened
from layers.cube.rows import Later, are_few, few, later
from layers.cube.snapshot import Snapshot, begun, grown
from layers.errors import NoCube

log = logging.getLogger("nmis.cube")

# So few rows are read in a moment; they need no file.
SMALL_ROWS = 100_000
# A new base is worth it when an answer has to look through so many deltas.
MANY_DELTAS = 150_000
# A base of ten million people takes some ten seconds of one core.
RENEW_EVERY_S = 60.0
# How long one waits for a first base, and for another who does; with both, nobody is
# kept waiting for more than half a minute before being told to come back. When it is
# asked for again (its writer may have been killed), and how often it is looked for.
FIRST_BASE_S = 15.0
FIRST_AGAIN_S = 5.0
STEP_S = 0.1


@dataclass(slots=True)
class Keeper:
    """The cube of one process.

    Attributes:
        folder: where base files are.
        renew: starts another process that writes a base; returns at once.
    """

    folder: Path
    renew: Callable[[], None]
    _snapshot: Snapshot | None = None
    _renewed: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def at(self, db: Connection, known: Mapping[str, int]) -> Snapshot:
        """Return the flows, at least as new as the versions known.

        Args:
            db: a connection.
            known: every subject's version, read before.

        Raises:
            NoCube: no base can be had in time.
        """
        found = self._snapshot
        if found is not None and _is_new(found, known):
            return found
        if not self._lock.acquire(timeout=FIRST_BASE_S):
            raise NoCube(f"others have waited {FIRST_BASE_S:g} s for the flows")
        try:
            if self._snapshot is None or not _is_new(self._snapshot, known):
                self._snapshot = self._caught_up(db, self._snapshot)
            return self._snapshot
        finally:
            self._lock.release()

    def tend(self, db: Connection) -> None:
        """Catch up, take up a newer base, and have one written where it is time."""
        there = self._newest()  # before the database is asked how far it is
        with self._lock:
            self._snapshot = self._caught_up(db, self._snapshot)
            snapshot = self._snapshot
        if there.get(snapshot.epoch, 0) > snapshot.version:
            self._renew(every_s=RENEW_EVERY_S)  # a lost history: see ``history``
        many = len(snapshot.overlay.n) >= MANY_DELTAS
        if many and not self._take_up(db, snapshot):
            self._renew(every_s=RENEW_EVERY_S)

    def _newest(self) -> dict[int, int]:
        """Return the version of the newest base of each history."""
        found: dict[int, int] = {}
        for each in every(self.folder):
            found[each.epoch] = max(found.get(each.epoch, 0), each.version)
        return found

    def _renew(self, *, every_s: float) -> None:
        if time.monotonic() - self._renewed > every_s:
            self._renewed = time.monotonic()
            self.renew()

    def _take_up(self, db: Connection, snapshot: Snapshot) -> bool:
        """Go over to a base that is newer than ours; return whether one is whole."""
        found = opened(
            self.folder,
            epoch=snapshot.epoch,
            floor=snapshot.base.version + 1,
            version=snapshot.version,
        )
        if found is None:
            return False
        # Caught up apart: who asks meanwhile is answered from the old one.
        fresh = self._caught_up(db, begun(found))
        with self._lock:
            self._snapshot = self._caught_up(db, fresh)
        return True

    def _caught_up(self, db: Connection, before: Snapshot | None) -> Snapshot:
        after = later(db, 2**62 if before is None else before.version)
        # Again where the deltas after a base were deleted while it was read.
        while before is None or not _follows(before, after):
            before = begun(self._base(db, after))
            after = later(db, before.version)
        return grown(before, after)

    def _base(self, db: Connection, now: Later) -> Base:
        found = self._on_disk(now)
        if found:
            return found
        if are_few(db, most=SMALL_ROWS):
            seen = few(db)
            made, first_day = arrays(seen.rows)
            return base(
                made, version=seen.version, epoch=seen.epoch, first_day=first_day
            )
        return self._first(db)

    def _first(self, db: Connection) -> Base:
        """Have a base written and wait for it; another worker may be at it too."""
        until = time.monotonic() + FIRST_BASE_S
        while time.monotonic() < until:
            self._renew(every_s=FIRST_AGAIN_S)
            time.sleep(STEP_S)
            found = self._on_disk(later(db, 2**62))
            if found:
                return found
        raise NoCube(f"no base was written within {FIRST_BASE_S:g} s")

    def _on_disk(self, now: Later) -> Base | None:
        return opened(
            self.folder, epoch=now.epoch, floor=now.floor, version=now.version
        )


def _is_new(snapshot: Snapshot, known: Mapping[str, int]) -> bool:
    return snapshot.epoch == known["flow_epoch"] and snapshot.version >= known["flows"]


def _follows(before: Snapshot, after: Later) -> bool:
    """Return whether the deltas read are all that lies between."""
    return (
        before.epoch == after.epoch and after.floor <= before.version <= after.version
    )
