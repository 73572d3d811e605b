"""The Verhoeff check digit: a product in the dihedral group of the pentagon.

Source: J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tracts 29,
Amsterdam 1969. The tables are computed from the group instead of being listed.
"""

import numpy as np
import numpy.typing as npt


def _product(a: int, b: int) -> int:
    turn_a, turn_b, flipped_a, flipped_b = a % 5, b % 5, a > 4, b > 4  # noqa: PLR2004 - five rotations, five reflections
    turn = (turn_a - turn_b if flipped_a else turn_a + turn_b) % 5
    return turn + 5 * (flipped_a != flipped_b)


_PRODUCTS = np.array(
    [[_product(a, b) for b in range(10)] for a in range(10)], dtype=np.int8
)
_STEP = np.array([1, 5, 7, 6, 2, 8, 3, 0, 9, 4], dtype=np.int8)


def _powers(count: int) -> list[npt.NDArray[np.int8]]:
    powers = [np.arange(10, dtype=np.int8)]
    while len(powers) < count:
        powers.append(_STEP[powers[-1]])
    return powers


def holds(digits: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Say for each number whether its last digit checks the others.

    Args:
        digits: one number per row, one digit per column.
    """
    check = np.zeros(len(digits), dtype=np.int8)
    powers = _powers(digits.shape[1])
    for place in range(digits.shape[1]):
        check = _PRODUCTS[check, powers[place][digits[:, -1 - place]]]
    return np.equal(check, 0)
