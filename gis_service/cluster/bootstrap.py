"""What a new cluster needs before the first migration: roles, database, PostGIS."""

import psycopg
from psycopg import sql

from gis_service.cluster.config import ADMIN, ROLES
from gis_service.cluster.place import Place

DATABASE = "nmis"


def furnish(where: Place) -> None:
    """Make what is missing of roles, database and extension; safe to repeat."""
    with psycopg.connect(where.url(ADMIN, "postgres"), autocommit=True) as db:
        for role in ROLES:
            if not _exists(db, "pg_roles", "rolname", role):
                db.execute(_named("CREATE ROLE {} LOGIN", role))
        # A purge lets the log of changes go, which takes a checkpoint.
        db.execute(_named("GRANT pg_checkpoint TO {}", ROLES[0]))
        if not _exists(db, "pg_database", "datname", DATABASE):
            db.execute(_named("CREATE DATABASE {} OWNER {}", DATABASE, ROLES[0]))
    with psycopg.connect(where.url(ADMIN, DATABASE), autocommit=True) as db:
        _extend(db)


def _extend(db: psycopg.Connection) -> None:
    installed, offered = _versions(db)
    if not installed:
        db.execute("CREATE EXTENSION postgis")
    elif installed != offered:
        # The machine got a newer PostGIS; its functions must match the library.
        db.execute("ALTER EXTENSION postgis UPDATE")


def _versions(db: psycopg.Connection) -> tuple[str | None, str]:
    found = db.execute(
        "SELECT installed_version, default_version FROM pg_available_extensions"
        " WHERE name = 'postgis'"
    ).fetchone()
    return found or (None, "")


def _exists(db: psycopg.Connection, catalog: str, column: str, name: str) -> bool:
    asked = _named("SELECT 1 FROM {} WHERE {} = %s", catalog, column)
    return db.execute(asked, (name,)).fetchone() is not None


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
