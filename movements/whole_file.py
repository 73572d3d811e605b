"""What only all rows of a file together tell, where it is taken in several sheets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from movements.grid import CellFault
from movements.journey_rules import months_in
from movements.person_rules import text
from movements.rule import where
from movements.sheet import Sheet

Hashes = npt.NDArray[np.uint64]

# Runs of so many are no longer merged: 8 MB, and a copy beside it for the moment.
_LONGEST_RUN = 2**20


@dataclass(slots=True)
class Survey:
    """What is known of a file when all of it was read once.

    Attributes:
        rows: how many it has.
        early: whether a date can only have the month first (``05/13/2020``).
        late: whether one can only have the day first.
    """

    rows: int = 0
    early: bool = False
    late: bool = False

    def add(self, sheet: Sheet) -> None:
        """Take the next sheet into account."""
        self.rows += sheet.frame.height
        if sheet.day_first:
            early, late = months_in(sheet.frame["travel_date"].unique())
            self.early |= early
            self.late |= late

    @property
    def month_first(self) -> bool:
        """Whether its dates have the month first, so that none of two can be told."""
        return self.early and not self.late


def told(sheets: Iterable[Sheet], *, month_first: bool | None) -> Iterator[Sheet]:
    """Yield a file's sheets, from the first, with what the whole of it says of them.

    A ``source_ref`` that an earlier sheet had is a fault, as it is within one: stored,
    it would take the place of the other person.

    Args:
        sheets: all of them; 8 bytes are kept of each ``source_ref``.
        month_first: of a survey; ``None`` where there was none.
    """
    refs = _Refs()
    for sheet in sheets:
        again: list[CellFault] = [
            (int(row), "source_ref", "duplicate_source_ref")
            for row in refs.again(sheet.frame["source_ref"])
        ]
        yield replace(sheet, month_first=month_first, cells=(*sheet.cells, *again))


@dataclass(slots=True)
class _Refs:
    """The hashes of the row ids so far, in sorted runs.

    They have 64 bits: of 6.3 million ids two are taken for one once in a million files.
    """

    runs: list[Hashes] = field(default_factory=list)

    def again(self, given: pl.Series) -> npt.NDArray[np.int64]:
        """Return the rows (from 0) whose id was there before, and keep the others."""
        if not given.count():
            return np.array([], dtype=np.int64)
        refs = text("source_ref", given).values
        rows = where(refs.is_not_null())
        hashes: Hashes = refs.drop_nulls().hash().to_numpy()
        seen = np.zeros(len(hashes), dtype=np.bool_)
        for run in self.runs:
            at = np.searchsorted(run, hashes).clip(max=len(run) - 1)
            seen |= run[at] == hashes
        if not seen.all():
            self._keep(np.unique(hashes[~seen]))
        return np.asarray(rows[seen], dtype=np.int64)

    def _keep(self, run: Hashes) -> None:
        while self.runs and len(self.runs[-1]) <= len(run) <= _LONGEST_RUN:
            run = np.sort(np.concatenate([self.runs.pop(), run]), kind="stable")
        self.runs.append(run)
