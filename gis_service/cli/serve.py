"""``nmis serve``: the web workers alone, for systemd units and containers."""

import os

import click

from gis_service import web_server
from gis_service.settings import Settings


@click.command("serve")
def command() -> None:
    """Serve on a database that already runs and is migrated."""
    settings = Settings.from_env()
    at = web_server.address(settings.bind)
    web_server.check_free(at)
    line = web_server.command(settings, at)
    click.echo(f"Serving on {at.url}")
    os.execv(line[0], line)  # noqa: S606 - our own command line; signals reach it
