"""``nmis release``: make, list and verify releases of protected flows."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import func, select

from gis_service import prepare
from gis_service.secrets import release_key
from gis_service.settings import Settings
from movements.release import make as making
from movements.release.tables import RELEASE, RELEASE_WEEK
from movements.release.verify import faults

INDIA = ZoneInfo("Asia/Kolkata")


@click.group("release")
def command() -> None:
    """Make, list and verify releases of protected flows."""


@command.command()
def make() -> None:
    """Make and publish a release of all weeks that are over.

    Broken off, it goes on where it was when it is called again.
    """
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        with database.owner.connect() as db:
            first = making.is_first(db)
        key = release_key(settings.var, may_make=first)
        if first:
            click.echo(
                "The key of releases is secrets/release.key below NMIS_VAR. Back it up:"
                " without it no further release can be made."
            )
        done = making.make(
            database.owner,
            key=key,
            today=datetime.now(INDIA).date(),
            progress=_progress,
        )
    if done.corrected:
        click.echo(
            f"Release {done.release} is published: {done.weeks} weeks,"
            f" {done.corrected} of them new or corrected."
        )
    else:
        click.echo(f"Nothing changed since release {done.release}.")


@command.command("list")
def list_() -> None:
    """List releases, newest first."""
    weeks = func.count(RELEASE_WEEK.c.week)
    span = func.min(RELEASE_WEEK.c.week), func.max(RELEASE_WEEK.c.week)
    every = (
        select(RELEASE.c.release, RELEASE.c.published_at, weeks, *span)
        .join_from(RELEASE, RELEASE_WEEK, isouter=True)
        .group_by(RELEASE.c.release)
        .order_by(RELEASE.c.release.desc())
    )
    with (
        prepare.opened(Settings.from_env()) as database,
        database.release.connect() as db,
    ):
        for number, published, count, first, last in db.execute(every):
            when = f"{published:%Y-%m-%d %H:%M}" if published else "not published"
            click.echo(f"{number}\t{when}\t{count} weeks\t{first} to {last}")


@command.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Verify that what is published is unchanged and gives nothing away."""
    with (
        prepare.opened(Settings.from_env()) as database,
        database.release.connect() as db,
    ):
        found = list(faults(db))
    for fault in found:
        click.echo(fault)
    if found:
        context.exit(1)
    click.echo("All that is published is as it was and keeps its five counts.")


def _progress(done: int, of: int) -> None:
    click.echo(f"\r{done} of {of} weeks", nl=done == of)
