"""One journey more, everybody else known."""

from collections.abc import Iterator

from tests.attack import again, one_more
from tests.attack.on import LIKELY, PERCENT, SEED, Ground
from tests.attack.table import Line


def changed(on: Ground) -> Iterator[Line]:
    """Yield how often anything changes.

    Where small counts are hidden, others are exact: the country's total always changes.
    """
    added, counts, key = on.size.added, on.stage.counts, on.stage.key
    usual = one_more.at_random(counts, key, people=added, seed=SEED)
    worst = one_more.at_worst(counts, keys=added, seed=SEED)
    bar = LIKELY + again.error_of(LIKELY, added)
    for name, found in (("at random", usual), ("in the worst place", worst)):
        share = found.flows / found.of
        values = (share, 1.0, one_more.by_rounding(key, added))
        of = f"one journey more {name} changes a flow ({found.of:,} tried)"
        yield Line(of, values, bar, PERCENT)
        of = f"one journey more {name} changes a flow or a category"
        yield Line(of, (found.any / found.of,), bar, PERCENT)
    count, of = again.changes(on.stage, people=on.size.again, seed=SEED)
    name = f"one journey more changes anything HTTP shows ({of} released again)"
    bar = LIKELY + again.error_of(LIKELY, of)
    yield Line(name, (count / of,), bar, PERCENT)
