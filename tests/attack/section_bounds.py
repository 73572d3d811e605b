"""What all that is published leaves each small count: five numbers at least."""

from collections.abc import Iterator
from functools import reduce
from operator import add

import numpy as np

from tests.attack import sampled, week
from tests.attack.block import Block
from tests.attack.intervals import Impossible, narrowed
from tests.attack.on import ALONE, FEWEST, PERCENT, SEED, SMALL, Ground
from tests.attack.others import Rule, busiest, others
from tests.attack.table import Line


def bounds(on: Ground) -> Iterator[Line]:
    """Yield how many keep fewer, by intervals and by programs."""
    blocks = busiest(on)
    beside = [_by_intervals(blocks, rule) for rule in others(on)]
    few = (_ours_by_intervals(on), *(each[0] for each in beside))
    name = "small counts left fewer than five, by intervals"
    yield Line(name, few, 0, PERCENT)
    there = (0.0, *(each[1] for each in beside))
    name = "one to three people proven to be there, by intervals"
    yield Line(name, there, 0, PERCENT)
    name = "sampled small counts left fewer than five, by linear programs"
    yield Line(name, tuple(_by_programs(on, blocks)), 0, PERCENT)
    atoms, categories = on.atoms, on.categories
    whole = sampled.in_whole_numbers(atoms, categories, cells=on.size.whole, seed=SEED)
    name = f"of {whole.of} small atoms, not possible in five whole numbers"
    yield Line(name, (whole.exposed,), 0)


def _ours_by_intervals(on: Ground) -> float:
    """Return which part of all small atoms is exposed; of what is unseen too."""
    exposed = of = 0
    for at in sorted(on.atoms["week"].unique()):
        made = week.of_week(on.atoms, on.categories, at)
        low, high = narrowed(made.system)
        few = high - low + 1 < FEWEST
        people = made.atoms["people"].to_numpy()
        if (people < low[made.flows]).any() or (people > high[made.flows]).any():
            raise Impossible
        small = people <= SMALL
        exposed += int((few[made.flows] & small).sum())
        exposed += int(few[list(made.unseen.values())].sum())
        of += int(small.sum())
    return exposed / max(of, 1)


def _by_intervals(blocks: list[Block], rule: Rule) -> tuple[float, float]:
    few = small = there = alone = 0
    for each in blocks:
        low, high = narrowed(rule(each).system)
        some = (each.counts > 0) & (each.counts <= SMALL)
        few += int((some & (high - low + 1 < FEWEST)).sum())
        small += int(some.sum())
        one = some & (each.counts <= ALONE)
        there += int((one & (low > 0)).sum())
        alone += int(np.count_nonzero(one))
    return few / max(small, 1), there / max(alone, 1)


def _by_programs(on: Ground, blocks: list[Block]) -> Iterator[float]:
    cells = on.size.sampled
    ours = sampled.of_ours(on.atoms, on.categories, cells=cells, seed=SEED)
    yield ours.exposed / ours.of
    each = -(-cells // len(blocks))
    for rule in others(on):
        tried = (sampled.of_others(b, rule(b), cells=each, seed=SEED) for b in blocks)
        found = reduce(add, tried)
        yield found.exposed / found.of
