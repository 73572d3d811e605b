"""The mark that a database holds synthetic people, which every page shows."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from boundaries.version import VERSION

SUBJECT = "synthetic"


def synthetic(db: Connection) -> None:
    """Mark the database: its version of ``synthetic`` is 1 from now on, not 0."""
    row = insert(VERSION).values(subject=SUBJECT, version=1)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[VERSION.c.subject], set_={"version": row.excluded.version}
        )
    )
