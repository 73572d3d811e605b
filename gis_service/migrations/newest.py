"""Whether a database is at the newest migration, told without the migration tool.

``nmis up`` asks before anything else: the workers of a database that needs no
migration start at once, before the libraries that would do it are read.
"""

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

VERSION = sql.SQL("SELECT version_num FROM {}").format(
    sql.Identifier("nmis", "alembic_version")
)
WALL = sql.SQL("SELECT source FROM {}").format(sql.Identifier("nmis", "wall"))

# What the policies of the database are made of (gis_service/walls.py).
SOURCES = ("policy.csv", "walls.py")


def is_current(url: str) -> bool:
    """Return whether the database of ``url`` needs no migration and no new policy."""
    plain = url.replace("postgresql+psycopg:", "postgresql:", 1)
    try:
        with psycopg.connect(plain) as db:
            found = db.execute(VERSION).fetchone()
            if found is None or found[0] != revision():
                return False
            return db.execute(WALL).fetchone() == (source_digest(),)
    except psycopg.Error:
        return False  # a new database, or one whose trouble the migration will name


def source_digest() -> str:
    """Return the SHA-256 of what the policies of the database are made of."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(Path(__file__).parent.with_name(name).read_bytes())
    return digest.hexdigest()


def revision() -> str:
    """Return the newest revision: the highest number among the files."""
    numbered = Path(__file__).with_name("versions").glob("[0-9]*_*.py")
    return max(path.name.partition("_")[0] for path in numbered)
