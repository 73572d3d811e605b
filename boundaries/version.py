"""A number per subject that grows with every change of it.

``boundaries``, ``routes`` and ``flows`` each have a row, and ``synthetic``, which is
above zero once made-up people were loaded. Answers carry the number; entity tags are
made of it. Bumped as the last statement of the transaction that
changes the subject, so that its row lock orders the changes and is held briefly.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Table,
    Text,
    func,
    select,
    update,
)

from boundaries.tables import METADATA

VERSION = Table(
    "subject_version",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

# The version of every subject as one value, {subject: version}; for a statement that
# reads something else as well.
EVERY = select(
    func.json_object_agg(VERSION.c.subject, VERSION.c.version, type_=JSON)
).scalar_subquery()
_READ = select(EVERY)


def versions(db: Connection) -> dict[str, int]:
    """Return the version of every subject, read in one statement."""
    return db.execute(_READ).scalar_one() or {}


def bump(db: Connection, subject: str) -> int:
    """Raise a subject's version by one and return it; holds the row until commit."""
    raised = (
        update(VERSION)
        .where(VERSION.c.subject == subject)
        .values(version=VERSION.c.version + 1)
        .returning(VERSION.c.version)
    )
    version: int = db.execute(raised).scalar_one()
    return version
