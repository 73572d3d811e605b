"""An atom is drawn once: journeys added one by one leave it five counts still."""

from collections import defaultdict
from itertools import product

import pytest

from movements.release.levels import BASE, LEAST, MOST

# Whether a count is rounded up depends on which eleventh its rounding lies in.
DRAWS = list(product(range(LEAST, MOST + 1), range(BASE)))
FEWEST, SMALL, LARGE = 5, 11, 60


def told(count: int, draw: tuple[int, int]) -> int:
    """What is published of a count, by a threshold and an eleventh."""
    threshold, eleventh = draw
    return (count + eleventh) // BASE * BASE if count >= threshold else 0


@pytest.mark.parametrize("corrections", [0, 1, 2, 4, 5])
def test_corrections_of_known_size_leave_five_counts(corrections):
    """The attacker knows how many came on top at each of so many corrections."""
    counts = defaultdict(set)
    for count, draw in product(range(LARGE), DRAWS):
        seen = tuple(told(count + more, draw) for more in range(corrections + 1))
        counts[seen].add(count)
    left = [each for each in counts.values() if min(each) <= SMALL]
    assert min(map(len, left)) >= FEWEST
