"""How true sums are, beside plain rounding."""

from collections.abc import Iterator

import polars as pl

from movements.release.levels import LEAST
from tests.attack import judge, rules, utility
from tests.attack.on import PERCENT, Ground
from tests.attack.table import Line

TOTAL, PAIRS = 0.005, 0.05
# Of fewer a release tells nothing, whatever it is. Of these the median error of plain
# rounding is the 8.3 % that the bar was set beside.
BARRED = f"state pair and week, {LEAST} or more"
# The bar is for so many journeys; of fewer, all pairs are small.
NATIONAL = 6_000_000


def true(on: Ground) -> Iterator[Line]:
    """Yield the errors."""
    counts = on.stage.counts
    rounded = rules.rounded_cells(on.cells, on.stage.key)
    kinds = {name: on.atoms.schema[name] for name in judge.FINE}
    plain = on.cells.cast(kinds).with_columns(pl.Series("n", rounded))
    totals = [utility.national(counts, each) for each in (on.atoms, plain)]
    yield Line("national total, error", (totals[0], None, totals[1]), TOTAL, ".3%")
    both = utility.errors(counts, on.atoms), utility.errors(counts, plain)
    for one, other in zip(*both, strict=True):
        held = one.name == BARRED and on.size.people >= NATIONAL
        name = f"{one.name} ({one.of:,}): median error"
        values = (one.median, None, other.median)
        yield Line(name, values, PAIRS if held else None, PERCENT)
        yield Line("… nine of ten below", (one.ninth, None, other.ninth), None, PERCENT)
