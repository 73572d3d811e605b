"""Load the demonstration as the states would upload it, batch by batch."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl
from sqlalchemy import func, select

from gis_service import audit, intake
from gis_service.db import Database
from gis_service.demo import mark, places
from gis_service.demo.figures import FIRST_DAY, LAST_DAY
from gis_service.demo.population import population
from gis_service.demo.rows import Places, bus_pairs, rows
from gis_service.secrets import secrets_in
from gis_service.settings import Settings
from movements.batch import Upload, accept
from movements.columns import NAMES
from movements.record import Terms
from movements.sheet import MAX_ROWS, Sheet

PEOPLE = 200_000
# The year of the journeys; any number gives another, equally invented population.
SEED = 2020


class NotAllTaken(Exception):
    """A batch of the demonstration has faults; the message names the first."""


class OutsideWindow(Exception):
    """The settings take no travel dates of May 2020; the message says which to set."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: people new to the database, and people there already."""

    new: int
    unchanged: int
    batches: int


def load(
    database: Database,
    settings: Settings,
    *,
    people: int = PEOPLE,
    seed: int = SEED,
    quiet: bool = False,
) -> Loaded:
    """Load synthetic people, with progress; loading the same again adds nothing.

    Each state's rows go through ``movements.batch.accept`` in batches of up to
    20,000, each in its own transaction: stopped halfway, the next run goes on.

    Args:
        database: migrated, with the bundled boundaries in force.
        settings: what is kept of Aadhaar, and which travel dates are taken.
        people: how many.
        seed: equal seeds and numbers give equal people.
        quiet: whether no progress is shown.

    Raises:
        OutsideWindow: the dates of the demonstration are not taken here.
        NotAllTaken: a row was refused.
        Sunset: uploads have ended here.
    """
    _check_window(intake.terms(settings, 0))
    label = f"SYNTHETIC-{seed}-{people}"
    everybody = generated(database, people=people, seed=seed, label=label)
    keys = intake.keys(secrets_in(settings.var, secret_key=settings.secret_key))
    with database.owner.begin() as db:
        mark.synthetic(db)
    totals = Loaded(0, 0, 0)
    for tenant, number, part in _shown(_batches(everybody), everybody, quiet=quiet):
        key = f"{label}-{tenant}-{number}"
        upload = Upload(
            sheet=Sheet(_columns(part, settings)),
            terms=intake.terms(settings, tenant),
            keys=keys,
            idempotency_key=key,
            digest=hashlib.sha256(key.encode()).digest(),
            synthetic=True,
        )
        totals = _added(totals, database, upload)
    with database.owner.begin() as db:
        db.execute(select(func.nmis.refresh_statistics()))
    return totals


def write(
    database: Database, file: Path, *, people: int = PEOPLE, seed: int = SEED
) -> None:
    """Write the rows as one CSV file instead, with the column ``aadhaar``.

    ``tenant`` is left out: a state uploads the rows that leave it.
    """
    label = f"SYNTHETIC-{seed}-{people}"
    everybody = generated(database, people=people, seed=seed, label=label)
    everybody.drop("tenant").write_csv(file)


def generated(
    database: Database, *, people: int, seed: int, label: str
) -> pl.DataFrame:
    """Return the rows of everybody, with the ``tenant`` that would send each."""
    rng = np.random.default_rng(seed)
    with database.owner.connect() as db:
        going = population(rng, people, places.touching(db))
        ways = places.bus_ways(db, bus_pairs(going))
        known = Places(pins=places.pins(db), ways=ways)
    return rows(rng, going, places=known, label=label)


def _check_window(terms: Terms) -> None:
    if terms.first > FIRST_DAY or terms.last < LAST_DAY:
        raise OutsideWindow(
            f"the demonstration travels {FIRST_DAY} to {LAST_DAY};"
            f" taken are {terms.first} to {terms.last}"
            " (NMIS_WINDOW_START, NMIS_WINDOW_AHEAD)"
        )


def _batches(everybody: pl.DataFrame) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Yield tenant, number of its batch and the batch's rows."""
    for (tenant,), own in everybody.group_by("tenant", maintain_order=True):
        for number, part in enumerate(own.iter_slices(MAX_ROWS)):
            yield int(str(tenant)), number, part


def _columns(part: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the rows with every column of an upload; unused ones are empty."""
    text: Callable[[str], pl.Expr] = pl.lit(None, dtype=pl.String).alias
    kept = [name for name in NAMES if name in part.columns]
    if settings.aadhaar == "off":
        kept.remove("aadhaar")  # not even handed over
    return part.select([pl.col(name) if name in kept else text(name) for name in NAMES])


def _added(totals: Loaded, database: Database, upload: Upload) -> Loaded:
    with database.upload.begin() as db:
        receipt = accept(db, upload)
        if receipt.refused:
            raise NotAllTaken(f"{receipt.refused} rows refused: {receipt.faults[0]}")
        audit.accepted(db, receipt, who=audit.operator())
    if receipt.replayed:
        return Loaded(totals.new, totals.unchanged + receipt.rows, totals.batches)
    return Loaded(
        totals.new + receipt.new,
        totals.unchanged + receipt.unchanged,
        totals.batches + 1,
    )


def _shown(
    batches: Iterable[tuple[int, int, pl.DataFrame]],
    everybody: pl.DataFrame,
    *,
    quiet: bool,
) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Yield the batches while a bar of the people loaded is drawn."""
    bar: Any = click.progressbar(
        length=everybody.height, label="Loading synthetic people", hidden=quiet
    )
    with bar:
        for batch in batches:
            yield batch
            bar.update(batch[2].height)
