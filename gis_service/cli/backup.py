"""``nmis backup`` and what it leaves to do."""

from pathlib import Path

import click

from gis_service.addresses import addresses
from gis_service.backup import dump
from gis_service.cli._started import started
from gis_service.settings import Settings


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a backup of the database into FOLDER, which is made.

    The service may go on. The keys are not in it: keep NMIS_VAR/secrets elsewhere,
    without them nobody can read what is sealed, nor make a further release.
    """
    settings = Settings.from_env()
    with started(settings):
        held = dump.backup(addresses(settings)["owner"], folder)
    click.echo(
        f"{folder}: {held.rows:,} rows of {len(held.tables)} tables, migration"
        f" {held.revision}."
    )
    click.echo(f"The keys are not in it. Keep {settings.var / 'secrets'} elsewhere.")
