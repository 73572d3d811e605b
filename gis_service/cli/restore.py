"""``nmis restore``: a backup into an empty database."""

from pathlib import Path

import click

from gis_service.addresses import addresses
from gis_service.backup import dump
from gis_service.cli._again import erased_again
from gis_service.cli._started import started
from gis_service.retention_again import NoErasedFile, ready
from gis_service.settings import Settings


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Restore the backup in FOLDER into an empty database, and compare both.

    Put NMIS_VAR/secrets and NMIS_VAR/retention back in place before: whoever was erased
    after the backup was made is erased again.
    """
    settings = Settings.from_env()
    lost = _lost(settings.var)
    with started(settings):
        held = dump.restore(addresses(settings)["owner"], folder)
        click.echo(
            f"Restored and compared: {held.rows:,} rows of {len(held.tables)} tables,"
            f" migration {held.revision}."
        )
        if lost:
            click.echo(f"WARNING: {lost}.", err=True)
        else:
            _again(settings)


def _again(settings: Settings) -> None:
    try:
        erased_again(settings)
    except Exception:
        click.echo(
            "Restored, but whoever was erased after the backup may still be there: call"
            " `nmis purge again` before the service starts.",
            err=True,
        )
        raise


def _lost(var: Path) -> str | None:
    """Return what to say where it is not known who was erased since."""
    try:
        ready(var)
    except NoErasedFile as error:
        return str(error)
    return None
