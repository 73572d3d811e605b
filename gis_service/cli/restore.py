"""``nmis restore``: a backup into an empty database."""

from pathlib import Path

import click

from gis_service.addresses import addresses
from gis_service.backup import dump
from gis_service.cli._started import started
from gis_service.settings import Settings


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Restore the backup in FOLDER into an empty database, and compare both.

    Put the keys of NMIS_VAR/secrets back in place before the service starts.
    """
    settings = Settings.from_env()
    with started(settings):
        held = dump.restore(addresses(settings)["owner"], folder)
    click.echo(
        f"Restored and compared: {held.rows:,} rows of {len(held.tables)} tables,"
        f" migration {held.revision}."
    )
