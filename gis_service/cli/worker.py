"""``nmis worker``: the process that works off waiting uploads, alone."""

import click

from gis_service import db, intake, logs, worker
from gis_service.addresses import addresses
from gis_service.queue_step import Work
from gis_service.secrets import secrets_in
from gis_service.settings import Settings


@click.command("worker")
def command() -> None:
    """Work off uploads that wait, on a database that already runs and is migrated."""
    logs.configure()
    settings = Settings.from_env()
    stop = worker.stopped_by_signals()
    secrets = secrets_in(settings.var, secret_key=settings.secret_key)
    database = db.database(addresses(settings), patient=True)
    try:
        intake.warmed(database)
        worker.run(Work(database, settings, intake.keys(secrets)), stop)
    finally:
        database.close()
