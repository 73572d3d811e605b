"""Whether a database is at the newest migration, told without the migration tool.

``nmis up`` asks before anything else: the workers of a database that needs no
migration start at once, before the libraries that would do it are read.
"""

from pathlib import Path

import psycopg
from psycopg import sql

VERSION = sql.SQL("SELECT version_num FROM {}").format(
    sql.Identifier("nmis", "alembic_version")
)


def is_current(url: str) -> bool:
    """Return whether the database of ``url`` needs no migration."""
    plain = url.replace("postgresql+psycopg:", "postgresql:", 1)
    try:
        with psycopg.connect(plain) as db:
            found = db.execute(VERSION).fetchone()
    except psycopg.Error:
        return False  # a new database, or one whose trouble the migration will name
    return found is not None and found[0] == revision()


def revision() -> str:
    """Return the newest revision: the highest number among the files."""
    numbered = Path(__file__).with_name("versions").glob("[0-9]*_*.py")
    return max(path.name.partition("_")[0] for path in numbered)
