"""What is published by itself: nothing small, and no atom but those stored."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from movements.release.levels import LEAST
from tests.attack import judge, published, rules
from tests.attack.on import ALONE, SEED, Ground
from tests.attack.system import ANY, Ints
from tests.attack.table import Line


def shown(on: Ground) -> Iterator[Line]:
    """Yield what each rule shows of every cell."""
    stored = published.flows(on.stage.database)
    same = on.atoms.drop("people").equals(stored)
    yield Line("atoms through HTTP that are not those stored", (float(not same),), 0)
    true, told = on.cells["c"].to_numpy(), _told(on)
    lines = on.atoms.filter(pl.col("level") != "country")
    others = [_shown(each, true, 1, ANY) for each in told[1:]]
    yield Line("lines shown", (lines.height, *others))
    under = lines.filter(pl.col("people").fill_null(0) < LEAST).height
    others = [_shown(each, true, 1, LEAST - 1) for each in told[1:]]
    yield Line("lines of fewer than six journeys", (under, *others), 0)
    rng = np.random.default_rng(SEED)
    alone = np.flatnonzero(true <= ALONE)
    some = rng.choice(alone, min(on.size.small, alone.size), replace=False)
    found = tuple(int((each[some] > 0).sum()) for each in told)
    yield Line(f"of {some.size:,} cells of one to three people, shown", found, 0)


def _told(on: Ground) -> list[Ints]:
    """Return int64[cells], what each rule tells of each cell by itself."""
    true = on.cells["c"].to_numpy()
    fine = on.atoms.filter(pl.col("level") == "district")
    kinds = {name: fine.schema[name] for name in judge.FINE}
    cells = on.cells.cast(kinds)
    ours = cells.join(fine, on=judge.FINE, how="left", maintain_order="left")["n"]
    rng = np.random.default_rng(SEED)
    away = rng.integers(-rules.NOISE, rules.NOISE + 1, true.size)
    return [
        ours.fill_null(0).to_numpy(),
        np.where(true >= rules.HIDDEN_BELOW, true, 0),
        rules.rounded_cells(on.cells, on.stage.key),
        np.maximum(true + away, 0),
    ]


def _shown(told: Ints, true: Ints, least: int, most: int) -> int:
    return int((told[(true >= least) & (true <= most)] > 0).sum())
