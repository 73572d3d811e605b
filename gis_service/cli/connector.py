"""``nmis connector``: check, pull and list states' own platforms."""

from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row, func, select

from gis_service import intake, prepare
from gis_service.connectors.description import described, states
from gis_service.connectors.each import pull_each
from gis_service.connectors.errors import BadConnector, NoConnector
from gis_service.connectors.pull import Means, due, tried
from gis_service.connectors.tables import CONNECTOR, CONNECTOR_PAGE
from gis_service.db import Database
from gis_service.secrets import secrets_in
from gis_service.settings import Settings
from layers.portal_cells import INDIA

FAULTS_SHOWN = 10


@click.group("connector")
def command() -> None:
    """Pull states' own platforms, as NMIS_VAR/connectors/CODE.json describes them."""


@command.command()
@click.argument("state", type=int)
def check(state: int) -> None:
    """Read the description of STATE (LGD code), ask for one page, store nothing."""
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        receipt = tried(_means(database, settings), state)
    if receipt is None:
        click.echo("It answers, and has no rows.")
        return
    counts = f"{receipt.accepted} good, {receipt.refused} with faults"
    click.echo(f"It answers: {receipt.rows} rows on the first page, {counts}")
    for fault in receipt.faults[:FAULTS_SHOWN]:
        told = f"{fault['field']}: {fault['code']}, {fault['message']}"
        click.echo(f"  row {fault['row']}, {told}")


@command.command()
@click.argument("state", type=int, required=False)
@click.option("--due", "only_due", is_flag=True, help="Only those that are due.")
@click.pass_context
def pull(context: click.Context, state: int | None, *, only_due: bool) -> None:
    """Pull the platform of STATE, or of every state that has a description."""
    settings = Settings.from_env()
    wanted = states(settings.var) if state is None else [state]
    with prepare.opened(settings) as database:
        if only_due:
            with database.owner.connect() as db:
                wanted = due(db, wanted)
        means = _means(database, settings)
        well = pull_each(means, wanted, say=click.echo)
    if not well:
        context.exit(1)


@command.command("list")
def listed() -> None:
    """List the platforms: when each was pulled, what came of it, what is wrong."""
    settings = Settings.from_env()
    with prepare.opened(settings) as database, database.owner.connect() as db:
        known = {row.tenant: row for row in db.execute(select(CONNECTOR))}
        for state in sorted({*known, *states(settings.var)}):
            click.echo(f"state {state}\t{_about(settings, state)}")
            for line in _lines(known.get(state)):
                click.echo(f"  {line}")
            if state in known:
                click.echo(f"  {_taken(db, state)}")


def _means(database: Database, settings: Settings) -> Means:
    keys = intake.keys(secrets_in(settings.var, secret_key=settings.secret_key))
    return Means(database, settings, keys)


def _about(settings: Settings, state: int) -> str:
    try:
        of = described(settings.var, state)
    except (BadConnector, NoConnector) as error:
        return str(error)
    # The query of an address may hold a key.
    return f"{of.url.partition('?')[0]}\tevery {of.every_minutes} min\t{of.title}"


def _lines(row: Row[Any] | None) -> list[str]:
    if row is None:
        return ["not pulled yet"]
    pulled = f"pulled {_when(row.pulled_at)}" if row.pulled_at else "not pulled whole"
    lines = [f"{pulled}; due {_when(row.due_at)}"]
    if row.run_id and row.pages:
        lines.append(f"under way: {row.pages} pages taken")
    if row.failing_since:
        since = f"{_when(row.failing_since)}, {row.failures} times"
        lines.append(f"failing since {since}: {row.failure}")
    return lines


def _taken(db: Any, state: int) -> str:  # noqa: ANN401 - a connection
    of = CONNECTOR_PAGE.c
    sums = [func.coalesce(func.sum(of[n]), 0) for n in ("rows", "accepted", "refused")]
    counts = select(func.count(), *sums).where(of.tenant == state)
    n, rows, accepted, refused = db.execute(counts).one()
    newest = select(of.batch_id).where(of.tenant == state)
    last = db.execute(newest.order_by(of.taken_at.desc()).limit(1)).scalar_one_or_none()
    end = f"; the last is batch {last}" if last else ""
    return f"{n} batches: {rows} rows, {accepted} accepted, {refused} refused{end}"


def _when(instant: datetime) -> str:
    return instant.astimezone(INDIA).isoformat(timespec="minutes")
