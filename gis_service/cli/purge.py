"""``nmis purge``: take months out of view and erase them; show and verify the proof."""

import json
from datetime import datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gis_service import prepare, retention
from gis_service.audit.keys import audit_key, key_id
from gis_service.cli._again import erased_again
from gis_service.retention_caught_up import caught_up
from gis_service.retention_proof import statements, verified
from gis_service.settings import Settings
from movements.errors import MovementError
from movements.retention import Run

MONTH = click.DateTime(formats=["%Y-%m"])


@click.group("purge", invoke_without_command=True)
@click.option("--month", type=MONTH, help="This month only, as 2020-05.")
@click.option("--dry-run", is_flag=True, help="Show the plan; erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(
    context: click.Context, *, month: datetime | None, dry_run: bool, yes: bool
) -> None:
    """Take the people of past months out of view; destroy archives that have ended.

    What is due is erased for good. It may be stopped at any point, and goes on when
    called again. `nmis up` does this by itself, daily.
    """
    if context.invoked_subcommand:
        return
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        by = retention.purger(settings, database.owner, say=click.echo)
        if dry_run:
            _show(by.plan(), by)
            return
        caught_up(by.owner, key=by.audit, var=by.var)
        wanted = retention.due(by, month.date() if month else None)
        if not wanted:
            click.echo("Nothing is due.")
            _purged(by, [])
            return
        for run in wanted:
            click.echo(f"{run.name}: {_what(run, by)}")
        if not yes:
            click.confirm("Erase this for good?", abort=True)
        _purged(by, wanted)
        click.echo(
            "Backups of before hold what they held: `nmis vault rotate` makes the"
            " profiles in them useless."
        )


@command.command()
def again() -> None:
    """Erase again whom a restored backup brought back; `nmis restore` does so itself.

    Needs NMIS_VAR/retention/erased.ndjson. It may be called as often as one likes.
    """
    erased_again(Settings.from_env())


@command.command()
@click.option("--month", type=MONTH, required=True, help="As 2020-05.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to this file.",
)
def proof(month: datetime, out: Path | None) -> None:
    """Show the signed statements of what was erased of a month."""
    settings = Settings.from_env()
    key = audit_key(settings.var)
    with prepare.opened(settings) as database, database.owner.connect() as db:
        found = statements(db, month.date(), key=key)
    text = json.dumps(found, indent=1) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    click.echo(f"{len(found)} statements are in {out}.")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--public-key", help="The key that signs, as `nmis audit roots` shows; else ours."
)
def verify(file: Path, public_key: str | None) -> None:
    """Verify that the statements in FILE were signed here and not changed."""
    settings = Settings.from_env()
    public = _public(public_key) if public_key else audit_key(settings.var).public
    for each in verified(file.read_text(encoding="utf-8"), public=public):
        click.echo(f"{each['month']}: {each['phase']}, signed {each['signed_at']}")
    click.echo(f"All of it is signed with the key {key_id(public)}.")


def _purged(by: retention.Purger, wanted: list[Run]) -> None:
    try:
        retention.purge(by, wanted)
    except MovementError as error:
        # What was done stays done; the next call goes on from there.
        raise click.ClickException(str(error)) from error


def _show(plan: list[Run], by: retention.Purger) -> None:
    for run in plan:
        click.echo(f"{run.name}: {_what(run, by)}")
    if not plan:
        click.echo("No month has people.")


def _what(run: Run, by: retention.Purger) -> str:
    if run.destroyed:
        return "erased, nothing is kept"
    due = "due now" if run.is_due(by.today) else "due"
    if run.archived:
        return f"out of view; the archive ends on {run.floor_ends} ({due})"
    return f"in view until {run.view_ends} ({due}), the archive until {run.floor_ends}"


def _public(given: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(given))
    except ValueError as error:
        raise click.BadParameter(
            "64 hexadecimal digits", param_hint="--public-key"
        ) from error
