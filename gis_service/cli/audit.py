"""``nmis audit``: verify the log, show its roots, report, sign, retain."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine

from gis_service import prepare
from gis_service.audit import roots
from gis_service.audit.findings import Tally
from gis_service.audit.kept import line
from gis_service.audit.keys import audit_key, key_id, roots_file
from gis_service.audit.reading import BY, Filter, report, who_saw
from gis_service.audit.retention import retain
from gis_service.audit.signing import Signer
from gis_service.audit.verify import findings
from gis_service.settings import Settings

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("audit")
def command() -> None:
    """Verify the audit log, export its signed roots, report from it."""


@command.command()
@click.option(
    "--roots",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Roots kept elsewhere; by default audit/roots.ndjson below NMIS_VAR.",
)
@click.option(
    "--public-key", help="The key that signs, as `nmis audit roots` shows; else ours."
)
@click.pass_context
def verify(context: click.Context, kept: Path | None, public_key: str | None) -> None:
    """Verify that no entry and no root was changed, dropped, moved or cut off."""
    settings = Settings.from_env()
    public = _public(public_key) if public_key else audit_key(settings.var).public
    kept = kept or roots_file(settings.var)
    tally, faults = Tally(), 0
    with prepare.opened(settings) as database, _one_instant(database.audit) as db:
        for each in findings(db, public=public, kept=kept, tally=tally):
            faults += 1
            click.echo(each.says)
    seen = (
        f"{tally.entries:,} entries of {tally.writers} writers, {tally.roots:,} roots"
    )
    if faults:
        click.echo(f"{faults} findings in {seen}.")
        context.exit(1)
    click.echo(f"Whole: {seen}; {tally.unsigned:,} entries are not signed yet.")


@command.command("roots")
@click.option(
    "--export",
    "to",
    type=click.File("w", encoding="utf-8", lazy=False),
    help="Write all roots to this file, for keeping elsewhere.",
)
def roots_(to: TextIO | None) -> None:
    """Show the signed roots, or export them."""
    settings = Settings.from_env()
    public = audit_key(settings.var).public
    count = 0
    with prepare.opened(settings) as database, _one_instant(database.audit) as db:
        for root in roots.after(db, 0):
            count += 1
            if to:
                to.write(f"{line(root)}\n")
                continue
            heads = ", ".join(
                f"{'cut ' if h.cut else ''}{h.writer}:{h.seq}" for h in root.heads
            )
            at = f"{root.at:%Y-%m-%d %H:%M:%S}" if root.at else "no instant"
            click.echo(f"{root.number}\t{at}\t{root.reason}\t{heads}")
    told = public.public_bytes_raw().hex()
    click.echo(f"{count:,} roots. Public key {key_id(public)}: {told}", err=bool(to))


@command.command("report")
@click.option("--by", type=click.Choice(list(BY)), default="purpose", show_default=True)
@click.option("--from", "first", type=DAY, help="First day, in India.")
@click.option("--to", "last", type=DAY, help="Last day, inclusive.")
def report_(by: str, first: datetime | None, last: datetime | None) -> None:
    """Count how often people were seen or written, by purpose or officer."""
    wanted = Filter(
        first=first.date() if first else None, last=last.date() if last else None
    )
    with (
        prepare.opened(Settings.from_env()) as database,
        database.audit.connect() as db,
    ):
        rows = report(db, wanted, by=by)
    for row in rows:
        names = "\t".join(str(row[each.name] or "-") for each in BY[by])
        click.echo(
            f"{names}\t{row['entries']:,} entries\t{row['people']:,} people"
            f"\t{row['first']:%Y-%m-%d} to {row['last']:%Y-%m-%d}"
        )
    if not rows:
        click.echo("No entries.")


@command.command("who-saw")
@click.argument("unique_id")
def who_saw_(unique_id: str) -> None:
    """Tell a person, by their unique ID, who saw them and what for."""
    settings = Settings.from_env()
    with prepare.opened(settings) as database, database.audit.connect() as db:
        rows = who_saw(db, unique_id, key=audit_key(settings.var))
    for row in rows:
        click.echo(
            f"{row['at']:%Y-%m-%d %H:%M}\t{row['role']}\t{row['token_id'] or '-'}"
            f"\t{row['purpose']}\t{row['action']}"
        )
    if not rows:
        click.echo("Nobody, as far as the log is kept.")


@command.command()
def sign() -> None:
    """Sign a root of all entries now."""
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        signer = Signer(database.audit, audit_key(settings.var), settings.var)
        root = signer.sign("asked")
    click.echo(f"Root {root.number} is signed." if root else "All is signed already.")


@command.command("retain")
@click.option(
    "--from", "first", type=DAY, required=True, help="First day to keep, in India."
)
def retain_(first: datetime) -> None:
    """Remove the entries of the days before; a signed root says up to where."""
    settings = Settings.from_env()
    keep_from: date = first.date()
    with prepare.opened(settings) as database:
        signer = Signer(database.audit, audit_key(settings.var), settings.var)
        removed = retain(database.owner, signer, keep_from=keep_from)
    click.echo(f"{removed:,} entries are removed.")


@contextmanager
def _one_instant(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        db = opened.execution_options(isolation_level="REPEATABLE READ")
        # A long log takes long; and this statement alone reads nothing yet.
        db.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield db


def _public(given: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(given))
    except ValueError as error:
        raise click.BadParameter(
            "64 hexadecimal digits", param_hint="--public-key"
        ) from error
