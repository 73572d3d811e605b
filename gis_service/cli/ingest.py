"""``nmis ingest FILE``: upload a file of any size from the server itself."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import click

from boundaries.lookup import gazetteer
from gis_service import audit, fault_csv, intake, prepare
from gis_service.db import Database
from gis_service.secrets import secrets_in
from gis_service.settings import Settings
from gis_service.webhooks import outbox
from movements.batch import Upload, accept
from movements.file_sheets import sheets
from movements.keys import Keys
from movements.mapping_store import spellings
from movements.receipt import Receipt
from movements.record import Terms
from movements.sheet import Sheet
from movements.spellings import NONE, Spellings
from movements.whole_file import Survey, told

# Enough to see what is wrong; --faults writes all of them.
_FAULTS_SHOWN = 20


@click.command("ingest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--state", required=True, help="The uploading state: LGD code or name.")
@click.option(
    "--mode",
    type=click.Choice(["partial", "atomic"]),
    default="partial",
    show_default=True,
    help="Store the good rows, or all rows or none.",
)
@click.option("--dry-run", is_flag=True, help="Check and report; store nothing.")
@click.option(
    "--accept-route-gap", is_flag=True, help="Take routes whose states do not touch."
)
@click.option(
    "--faults",
    "faults_to",
    type=click.File("w", encoding=fault_csv.ENCODING, lazy=False),
    help="Write every fault to this file, as CSV.",
)
@click.option("--sheet", help="Which sheet of a workbook with several.")
@click.option("--mapping", help="Which of the state's mappings spells the file.")
def command(  # noqa: PLR0913 - one for each option
    file: Path,
    *,
    state: str,
    mode: str,
    dry_run: bool,
    accept_route_gap: bool,
    faults_to: TextIO | None,
    sheet: str | None,
    mapping: str | None,
) -> None:
    """Upload FILE (CSV, NDJSON, JSON, XLSX or Parquet) in batches of 20,000 rows.

    With --mode atomic all batches are checked before the first is stored.
    """
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        terms = _terms(database, settings, state)
        taken = _Taken(
            database=database,
            terms=terms,
            keys=intake.keys(secrets_in(settings.var, secret_key=settings.secret_key)),
            atomic=mode == "atomic",
            accept_route_gap=accept_route_gap,
            faults_to=faults_to,
            sheet=sheet,
            spellings=_spellings(database, terms, mapping),
        )
        month_first = _surveyed(file, taken).month_first
        if dry_run or taken.atomic:
            faulty = _walked(file, taken, month_first=month_first, dry_run=True)
            if faulty and taken.atomic:
                raise click.ClickException(f"{faulty} rows refused; nothing is stored")
        if not dry_run:
            _walked(file, taken, month_first=month_first, dry_run=False)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Where the rows go, and how they are taken."""

    database: Database
    terms: Terms
    keys: Keys
    atomic: bool
    accept_route_gap: bool
    faults_to: TextIO | None
    sheet: str | None
    spellings: Spellings

    def sheets(self, file: Path) -> Iterator[Sheet]:
        """Return the sheets of a file, read from its start."""
        return sheets(file, sheet=self.sheet, spellings=self.spellings)

    def upload(self, sheet: Sheet, *, dry_run: bool) -> Upload:
        """Return a sheet as an upload; the same sheet sent twice has one effect."""
        content = f"{sheet.frame.write_csv()}{self.atomic}{self.accept_route_gap}"
        if sheet.month_first or sheet.cells:
            content += f"{sheet.month_first}{sheet.cells}"
        if sheet.districts:
            content += str(sorted(sheet.districts.items()))
        digest = hashlib.sha256(content.encode()).digest()
        return Upload(
            sheet=sheet,
            terms=self.terms,
            keys=self.keys,
            atomic=self.atomic,
            dry_run=dry_run,
            accept_route_gap=self.accept_route_gap,
            idempotency_key=f"ingest-{digest.hex()[:32]}",
            digest=digest,
        )


def _terms(database: Database, settings: Settings, state: str) -> Terms:
    with database.read.connect() as db:
        return intake.terms(settings, gazetteer(db).state(state))


def _spellings(database: Database, terms: Terms, mapping: str | None) -> Spellings:
    if mapping is None:
        return NONE
    with database.upload.connect() as db:
        return spellings(db, tenant=terms.tenant, name=mapping)


def _surveyed(file: Path, taken: _Taken) -> Survey:
    """Read it all once: what is unreadable is known before a row is stored."""
    found = Survey()
    for sheet in taken.sheets(file):
        found.add(sheet)
    return found


def _walked(file: Path, taken: _Taken, *, month_first: bool, dry_run: bool) -> int:
    """Take every sheet of a file in turn; return how many rows were refused."""
    done = accepted = refused = faults = 0
    if taken.faults_to:
        taken.faults_to.seek(0)
        taken.faults_to.truncate()
        fault_csv.write_header(taken.faults_to)
    for sheet in told(taken.sheets(file), month_first=month_first):
        with taken.database.upload.begin() as db:
            receipt = accept(db, taken.upload(sheet, dry_run=dry_run))
            audit.accepted(db, receipt, who=audit.operator())
            outbox.told(db, receipt, tenant=taken.terms.tenant)
        for fault in receipt.faults[: max(0, _FAULTS_SHOWN - faults)]:
            click.echo(_line(fault, done), err=True)
        if taken.faults_to:
            fault_csv.write(taken.faults_to, receipt.faults, before=done)
        faults += len(receipt.faults)
        done += receipt.rows
        accepted += receipt.accepted
        refused += receipt.refused
        click.echo(f"{_said(receipt)}; {done:,} rows so far", err=True)
    if faults > _FAULTS_SHOWN:
        more = f"… and {faults - _FAULTS_SHOWN:,} faults more"
        advice = "" if taken.faults_to else "; --faults FILE.csv writes all of them"
        click.echo(f"{more}{advice}", err=True)
    verb = "would be accepted" if dry_run else "accepted"
    click.echo(f"{done:,} rows: {accepted:,} {verb}, {refused:,} refused")
    return refused


def _said(receipt: Receipt) -> str:
    if receipt.batch is None:
        return f"checked: {receipt.accepted:,} good, {receipt.refused:,} with faults"
    again = " (taken before)" if receipt.replayed else ""
    return (
        f"batch {receipt.batch}{again}: {receipt.new:,} new, {receipt.updated:,}"
        f" updated, {receipt.unchanged:,} unchanged, {receipt.refused:,} refused"
    )


def _line(fault: dict[str, Any], before: int) -> str:
    advice = f"; {fault['suggestion']}" if fault["suggestion"] else ""
    row = fault["row"] + before
    return f"row {row}, {fault['field']}: {fault['code']}, {fault['message']}{advice}"
