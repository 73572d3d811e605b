"""What analysts' tests share: the notebook, run on a release of a small crowd."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
from flask import Flask
from sqlalchemy import select

from gis_service.db import Database
from gis_service.secrets import release_key
from layers.cube.released import REST
from movements.release import rows
from movements.release.levels import FLOWS
from movements.release.partition import partition
from movements.release.tables import RELEASE_WEEK
from tests import notebooks

NOTEBOOK = "flows-for-analysts.ipynb"
PAGE = "arrivals-and-flows.html"


def run(address: str, token: str, folder: Path, last: str) -> Any:
    """Run the notebook with an analyst's token, its warnings as errors."""
    return notebooks.run(
        NOTEBOOK,
        last,
        folder=folder,
        NMIS_SERVICE=address,
        NMIS_TOKEN=token,
        PYTHONWARNINGS="error",
    )


def truth(app: Flask, database: Database) -> Counter[int]:
    """How many of the journeys that are told really end in each place and begin in
    another: of a district by its LGD code, else by that of its state's rest.
    """
    key = release_key(app.extensions["settings"].var, may_make=False)
    found: Counter[int] = Counter()
    with database.owner.connect() as db:
        for week in db.execute(select(RELEASE_WEEK.c.week)).scalars().all():
            again = rows.again(db, week)
            for atoms in partition(rows.counts(db, week), FLOWS, key=key, again=again):
                _counted(atoms.shown, found)
    return found


def _counted(shown: pl.DataFrame, found: Counter[int]) -> None:
    for row in shown.iter_rows(named=True):
        start, end = (
            row.get(name) or REST + (row.get(f"{name}_state") or 0)
            for name in ("origin", "destination")
        )
        if start != end:
            found[end] += row["people"]
