"""``nmis backup`` and what it leaves to do."""

from pathlib import Path

import click

from gis_service import db as planes
from gis_service.addresses import addresses
from gis_service.audit.keys import FILE, audit_key
from gis_service.backup import dump
from gis_service.cli._started import started
from gis_service.retention_caught_up import caught_up
from gis_service.retention_kept import erased_file
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
        kept = _kept(settings)
        held = dump.backup(addresses(settings)["owner"], folder)
    click.echo(
        f"{folder}: {held.rows:,} rows of {len(held.tables)} tables, migration"
        f" {held.revision}."
    )
    click.echo(f"The keys are not in it. Keep {settings.var / 'secrets'} elsewhere.")
    if kept:
        click.echo(f"Keep {kept} elsewhere too: it names whom a restore erases again.")


def _kept(settings: Settings) -> Path | None:
    """Return the file of the erased, up to date; none where the keys are not ours."""
    if not (settings.var / "secrets" / FILE).exists():
        return None
    database = planes.database(addresses(settings))
    try:
        caught_up(database.owner, key=audit_key(settings.var), var=settings.var)
    finally:
        database.close()
    return erased_file(settings.var)
