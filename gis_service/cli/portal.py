"""``nmis portal``: register sources of portals, pull what they hold, list them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from gis_service import portals, prepare
from gis_service.settings import Settings
from layers.portal_cells import INDIA
from layers.portal_pull import due
from layers.portal_sources import (
    DIALECTS,
    Registration,
    portal_of,
    register,
    remove,
    sources,
)

FAULTS_SHOWN = 10


def _fields(_context: object, _option: object, given: tuple[str, ...]) -> Any:  # noqa: ANN401 - a dictionary
    """Read ``OURS=THEIRS``, several times."""
    pairs = [each.partition("=") for each in given]
    for ours, joint, theirs in pairs:
        if not (ours and joint and theirs):
            raise click.BadParameter("write OURS=THEIRS, as --field cases=confirmed")
    return {ours.strip(): theirs for ours, _, theirs in pairs}


@click.group("portal")
def command() -> None:
    """Show layers of other portals: add, pull, list and remove their sources."""


@command.command()
@click.argument("name")
@click.option("--url", required=True, help="Where it is; http or https.")
@click.option(
    "--dialect",
    type=click.Choice(list(DIALECTS)),
    help="How it is written; by the end of the address where that tells it.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    callback=_fields,
    help="OURS=THEIRS: what a column is called there. Ours: code, district, state,"
    " date, cases ...",
)
@click.option("--date-format", help="Of its days, as %d-%m-%Y; ISO 8601 by default.")
@click.option(
    "--allow-cidr",
    "networks",
    multiple=True,
    help="A network that is not public and may be asked, as 10.1.0.0/16.",
)
@click.option(
    "--port", "ports", type=int, multiple=True, help="Allowed beside 80 and 443."
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    help="File on this server with a bearer token, mode 600; needs https.",
)
@click.option("--attribution", default="", help="Whose it is; by default the host.")
@click.option("--licence", default="not stated", help="Under which it is published.")
@click.option("--public", is_flag=True, help="Show it to everybody, without a token.")
@click.option("--refresh", "refresh_hours", type=int, default=0, help="Hours.")
def add(**given: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Add the source of portal NAME, or change it; it is pulled when it is due."""
    if given["token_file"]:
        portals.token_in(Path(given["token_file"]))
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        register(db, Registration(**given))
    click.echo(f"{given['name']} is registered: nmis portal pull {given['name']}")


@command.command()
@click.argument("name", required=False)
@click.option("--due", "only_due", is_flag=True, help="Only those that are due.")
@click.pass_context
def pull(context: click.Context, name: str | None, *, only_due: bool) -> None:
    """Fetch what NAME holds now, or every source; the last good answer stays if not."""
    with prepare.opened(Settings.from_env()) as database:
        with database.owner.connect() as db:
            names = due(db) if only_due else [each.name for each in sources(db)]
        if name:
            names = [each for each in names if each == portal_of(name).name]
            if not names:
                raise click.ClickException(f"no source of {name!r} is registered")
        well = portals.pull_each(database.owner, names, say=click.echo)
    if not well:
        context.exit(1)


@command.command("list")
def listed() -> None:
    """List the sources: when each was fetched, how it went; never its token."""
    with (
        prepare.opened(Settings.from_env()) as database,
        database.owner.connect() as db,
    ):
        for each in sources(db):
            for line in _lines(each):
                click.echo(line)


@command.command("remove")
@click.argument("name")
def removed(name: str) -> None:
    """Remove the source of NAME, and what was fetched from it."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        remove(db, name)
    click.echo(f"{name} is removed.")


def _lines(each: Row[Any]) -> list[str]:
    # The query of an address may hold a key.
    where = each.url.partition("?")[0]
    readers = "public" if each.public else "signed in"
    every = f"every {each.refresh_hours} h"
    head = (each.name, where, each.dialect, every, readers)
    lines = ["\t".join([*head, each.attribution, each.licence])]
    if each.fetched_at:
        lines.append(
            f"  fetched {_when(each.fetched_at)}, confirmed {_when(each.checked_at)};"
            f" as of {each.data_date or 'unknown'};"
            f" {each.matched} of {each.rows} rows used"
        )
    else:
        lines.append("  nothing fetched yet")
    if each.failing_since:
        since = f"{_when(each.failing_since)}, {each.failures} times"
        lines.append(f"  failing since {since}: {each.failure}")
    faults = each.faults or []
    lines += [f"  row {f['row']} ({f['place']}): {f['why']}" for f in faults][
        :FAULTS_SHOWN
    ]
    left = (each.unmatched or 0) - FAULTS_SHOWN
    return [*lines, f"  and {left} more"] if left > 0 else lines


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(INDIA):%Y-%m-%d %H:%M} IST"
