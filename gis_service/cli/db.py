"""``nmis db``: the database by hand, where ``nmis up`` does not look after it."""

import click

from gis_service import cluster, db, prepare
from gis_service.settings import Settings


@click.group("db")
def command() -> None:
    """Start, stop and migrate the database."""


@command.command()
def start() -> None:
    """Start the private cluster and leave it running."""
    settings = _private()
    running = cluster.start(settings.var, workers=settings.workers, kept=True)
    database = db.database(running.urls, patient=True)
    prepare.everything(database, settings)
    database.close()
    click.echo(f"The database runs until `nmis db stop`: {running.urls['owner']}")


@command.command()
def stop() -> None:
    """Stop the private cluster, whoever started it."""
    stopped = cluster.stop(_private().var)
    click.echo("The database is stopped." if stopped else "It was not running.")


@command.command()
def migrate() -> None:
    """Bring the tables to the newest version."""
    with prepare.opened(Settings.from_env()):
        click.echo("The database is at the newest version.")


def _private() -> Settings:
    settings = Settings.from_env()
    if settings.database_url:
        raise click.ClickException(
            "NMIS_DATABASE_URL names a server of your own; start and stop that one"
            " with its own tools."
        )
    return settings
