"""The demonstration as ``nmis up`` shows it: loaded once, a sign-in for each role."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, select

from gis_service import access
from gis_service.db import Database
from gis_service.demo import run
from gis_service.settings import Settings
from gis_service.tables import ACCESS_TOKEN
from movements.tables import BATCH

PEOPLE = 200_000

# Printed anew at each start, and only good for a working day or two.
DAYS = 2


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
    Seat("demo: ministry (states only)", "ministry"),
)


def is_wanted(database: Database) -> bool:
    """Return whether no batch was ever uploaded."""
    with database.owner.connect() as db:
        return not _has_batches(db)


def load(database: Database, settings: Settings, *, people: int) -> None:
    """Load the synthetic people, with progress."""
    run.load(database, settings, people=people)


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


def _has_batches(db: Connection) -> bool:
    return bool(db.execute(select(exists(select(BATCH.c.batch_id)))).scalar_one())


def _is_demonstration(db: Connection) -> bool:
    synthetic = exists(select(BATCH.c.batch_id).where(BATCH.c.synthetic))
    return bool(db.execute(select(synthetic)).scalar_one())
