"""Bring the database to the newest revision, and its policies to policy.csv.

Web workers never read this file.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.schema import CreateSchema

from gis_service.walls import raised


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision; one migration runs at a time."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as db:
        db.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('nmis.migrate'))")
        db.execute(CreateSchema("nmis", if_not_exists=True))
        config.attributes["connection"] = db
        command.upgrade(config, "head")
        owner = db.exec_driver_sql("SELECT current_user").scalar_one()
        raised(db, owner)
