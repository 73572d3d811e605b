"""The blocks of cells, and the rules of others that answer questions about them."""

from collections.abc import Callable

import numpy as np
import polars as pl

from tests.attack import rules
from tests.attack.block import Block, blocks
from tests.attack.on import Ground

Rule = Callable[[Block], rules.Told]


def others(on: Ground) -> tuple[Rule, ...]:
    """Return hiding, rounding and noise, as ``table.RULES`` has them."""
    return (
        rules.hiding,
        lambda each: rules.rounding(each, on.stage.key),
        lambda each: rules.noise(each, np.random.default_rng(each.district)),
    )


def busiest(on: Ground) -> list[Block]:
    """Return blocks of the two weeks with the most journeys."""
    weeks = on.stage.counts.group_by("week").agg(pl.col("n").sum()).sort("week")
    both = weeks["n"] + weeks["n"].shift(-1).fill_null(0)
    first = weeks["week"][int(both.arg_max())]
    return blocks(on.stage.counts, first=first, shares=on.size.blocks)
