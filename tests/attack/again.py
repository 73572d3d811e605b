"""A re-release with one journey more: does anything at all that HTTP shows change?

Done in full, for some: the journey is added to the exact flows, a release is made, and
every address is read again by an analyst and by the public.
"""

import hashlib
from datetime import timedelta

import numpy as np
import polars as pl
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from boundaries.version import bump
from movements.flow import FLOW_DAY
from movements.release.make import CORRECTED_DAYS, make
from tests.attack.door import Door
from tests.attack.same_bytes import OF_TRANSPORT
from tests.attack.stage import Stage

KEYS = ("origin", "destination", "day", "mode", "category", "status")
WATCHED = (
    "/flows/country",
    "/flows/state?k=20000",
    "/flows/district?k=20000",
    "/flows/cluster?zoom=6&k=500",
    "/flows/days",
    "/tiles/release_flows/4/11/6.mvt",
    "/tiles/release_arrivals/4/11/6.mvt",
    "/layers/release_arrivals.geojson",
    "/layers/release_departures.geojson?level=state",
    "/layers",
    "/ogc/collections",
    "/ogc/collections/release_atoms/items?limit=1",
    "/releases",
)
PUBLIC = ("/flows/state", "/flows/days", "/layers", "/ogc/collections")


def changes(stage: Stage, *, people: int, seed: int) -> tuple[int, int]:
    """Return after how many of so many re-releases anything had changed.

    Each journey comes on top of those before; of the last week, since only weeks that
    ended four weeks ago or less are corrected.
    """
    last = stage.counts["week"].max()
    today = last + timedelta(days=6 + CORRECTED_DAYS)
    rows = stage.counts.filter(pl.col("week") == last).sample(
        people, seed=seed, with_replacement=True
    )
    before, changed = shown(stage.door), 0
    for row in rows.iter_rows(named=True):
        with stage.database.owner.begin() as db:
            _add(db, row)
        make(stage.database.owner, key=stage.key, today=today)
        after = shown(stage.door)
        changed += after != before
        before = after
    return changed, people


def shown(door: Door) -> str:
    """Return a digest of all that is watched: status, headers and body."""
    found = hashlib.sha256()
    for who, paths in (("analyst", WATCHED), ("public", PUBLIC)):
        for path in paths:
            answer = door.ask(path, who=who)
            told = sorted(
                (k, v) for k, v in answer.headers.items() if k not in OF_TRANSPORT
            )
            found.update(repr((answer.status, told)).encode() + answer.body)
    return found.hexdigest()


def _add(db: Connection, row: dict) -> None:
    """Count one journey more, as a batch does."""
    names = [*KEYS, "origin_state", "destination_state"]
    given = {name: row[name] for name in names}
    more = insert(FLOW_DAY).values(**given, n=1)
    db.execute(
        more.on_conflict_do_update(index_elements=KEYS, set_={"n": FLOW_DAY.c.n + 1})
    )
    bump(db, "flows")


def error_of(share: float, people: int) -> float:
    """Return two standard errors of a share seen in so many."""
    return float(2 * np.sqrt(share * (1 - share) / people))
