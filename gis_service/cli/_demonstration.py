"""The demonstration as ``nmis up`` shows it: loaded once, a sign-in for each role."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select

from gis_service import access
from gis_service.db import Database
from gis_service.settings import Settings
from gis_service.tables import ACCESS_TOKEN
from movements.release.make import is_first
from movements.tables import BATCH

# Printed anew at each start, and only good for a working day or two.
DAYS = 2


class NotLoaded(Exception):
    """The demonstration could not be loaded."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One demo role: what it is called, and the unit it answers for (LGD codes)."""

    label: str
    role: str
    state: int | None = None
    district: int | None = None


SEATS = (
    Seat("demo: state officer, Maharashtra", "state", state=27),
    Seat("demo: state officer, Uttar Pradesh", "state", state=9),
    Seat("demo: district officer, Gorakhpur", "district", district=148),
    Seat("demo: uploader, Maharashtra", "uploader", state=27),
    Seat("demo: ministry", "ministry"),
    Seat("demo: GIS analyst", "analyst"),
    Seat("demo: auditor", "auditor"),
)


def is_due(database: Database, settings: Settings) -> bool:
    """Return whether the database is empty, or a load was cut short."""
    if _begun(settings).exists():
        return True
    with database.owner.connect() as db:
        return not db.execute(select(exists(select(BATCH.c.batch_id)))).scalar_one()


def load(settings: Settings, *, people: int | None) -> None:
    """Load the synthetic people, with progress.

    A load that was cut short goes on where it was: until it is complete, its size
    stands in a file. It runs as the command ``nmis demo``, so that a start that
    needs no demonstration does not wait for its libraries.

    Raises:
        NotLoaded: the command failed; it has said why.
    """
    begun = _begun(settings)
    if begun.exists():
        size = begun.read_text(encoding="ascii")
    else:
        size = str(people or "")
        begun.parent.mkdir(parents=True, exist_ok=True)
        begun.write_text(size, encoding="ascii")
    if not _done("demo", *(["--people", size] if size else [])):
        raise NotLoaded("The demonstration was not loaded; `nmis demo` says why.")
    begun.unlink()


def release(database: Database) -> None:
    """Make a release of the demonstration, where there is none.

    Raises:
        NotLoaded: the command failed; it has said why.
    """
    with database.owner.connect() as db:
        due = is_first(db) and _is_demonstration(db)
    if due and not _done("release", "make"):
        raise NotLoaded("There is no release; `nmis release make` says why.")


def _done(*words: str) -> bool:
    """Run a command of ours, which ends with us; return whether it succeeded."""
    nmis = str(Path(sys.executable).with_name("nmis"))
    done = subprocess.run(  # noqa: S603 - our own command
        ["setpriv", "--pdeathsig", "TERM", "--", nmis, *words],  # noqa: S607 - the system's
        check=False,
    )
    return done.returncode == 0


def _begun(settings: Settings) -> Path:
    return settings.var / "demo.loading"


def tokens(database: Database) -> dict[str, str]:
    """Return a new token per demo role by its label; those printed before are void.

    A database that the demonstration was never loaded into gets none.
    """
    with database.owner.begin() as db:
        if not _is_demonstration(db):
            return {}
        labels = [seat.label for seat in SEATS]
        db.execute(delete(ACCESS_TOKEN).where(ACCESS_TOKEN.c.label.in_(labels)))
        return {seat.label: _issued(db, seat) for seat in SEATS}


def _issued(db: Connection, seat: Seat) -> str:
    return access.issue(
        db,
        role=seat.role,
        state=seat.state,
        district=seat.district,
        days=DAYS,
        label=seat.label,
    )


def _is_demonstration(db: Connection) -> bool:
    synthetic = exists(select(BATCH.c.batch_id).where(BATCH.c.synthetic))
    return bool(db.execute(select(synthetic)).scalar_one())
