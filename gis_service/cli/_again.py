"""Whom a restored backup brought back, erased again, and what is said of it."""

import click

from gis_service import prepare, retention, retention_again
from gis_service.settings import Settings


def erased_again(settings: Settings) -> None:
    """Erase again what the file of the erased names; say how many that were."""
    with prepare.opened(settings) as database:
        by = retention.purger(settings, database.owner, say=click.echo)
        again = retention_again.erased_again(by)
    months = ", ".join(again.months) or "none"
    click.echo(
        f"Erased again what was erased after the backup: months: {months}; people"
        f" beside: {again.people:,}."
    )
