"""Two answers that differ by one day of one cell: is their difference its count?"""

import numpy as np

from tests.attack.block import DAYS, Block
from tests.attack.rules import Told
from tests.attack.seen import MODES

SMALL = 11


def read_off(block: Block, told: Told) -> tuple[int, int]:
    """Return how many small cells are read off so, and of how many.

    For each cell of a pair, a day and a mode: the longest windows that end with that
    day, and with the day before, if both are answered.
    """
    place = {asked: at for at, asked in enumerate(block.asked)}
    values = told.values.reshape(-1, len(place))
    shown = told.shown.reshape(-1, len(place))
    counts = block.counts.reshape(-1, DAYS, len(MODES))
    right = of = 0
    for asked, at in place.items():
        if asked.last == asked.first or len(asked.modes) != 1 or asked.first:
            continue
        shorter = place[type(asked)(asked.first, asked.last - 1, asked.modes)]
        true = counts[:, asked.last, MODES.index(asked.modes[0])]
        small = (true > 0) & (true <= SMALL)
        pairs = np.arange(len(true))
        both = shown[pairs, at] & shown[pairs, shorter]
        found = values[pairs, at] - values[pairs, shorter]
        right += int((small & both & (found == true)).sum())
        of += int(small.sum())
    return right, of
