"""What the attacks share: the service, what it tells, and the truth for the judge."""

from dataclasses import dataclass

import polars as pl

from tests.attack import judge, published, seen
from tests.attack.size import Size
from tests.attack.stage import Stage

SEED = 11
# Counts that are protected, cells of hardly anyone, and how many must stay possible.
SMALL, ALONE, FEWEST = 11, 3, 5
# As likely may one journey more be seen at most.
LIKELY = 4 / 11
PERCENT = ".1%"


@dataclass(frozen=True, slots=True)
class Ground:
    """What the sections share.

    Attributes:
        stage: the service.
        size: how much is tried.
        atoms: of flows, read through HTTP, with ``people`` for the judge.
        categories: published ones; no address tells them, the database does.
        cells: everyone by pair of districts, day and mode.
    """

    stage: Stage
    size: Size
    atoms: pl.DataFrame
    categories: pl.DataFrame
    cells: pl.DataFrame

    @staticmethod
    def of(stage: Stage, size: Size) -> "Ground":
        atoms = seen.seen(stage.door)
        return Ground(
            stage,
            size,
            judge.with_people(atoms, stage.counts, stage.key),
            published.categories(stage.database),
            judge.cells(stage.counts),
        )
