"""Linear and integer programming: the fewest and most a count can be, exactly."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import vstack

from tests.attack.system import System


class Unsolved(Exception):
    """The solver gave no answer."""


def least_and_most(system: System, count: int) -> tuple[int, int]:
    """Return the fewest and most that a count can be, all sums heeded at once."""
    found = [_solved(system, count, sign) for sign in (1, -1)]
    return int(np.ceil(found[0] - 1e-6)), int(np.floor(found[1] + 1e-6))


def is_possible(system: System, count: int, value: int) -> bool:
    """Return whether whole numbers fit all that is told, with this count so."""
    if not system.low[count] <= value <= system.high[count]:
        return False
    low, high = system.low.copy(), system.high.copy()
    low[count] = high[count] = value
    found = milp(
        np.zeros(len(low)),
        integrality=np.ones(len(low)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(system.sums, system.least, system.most),
    )
    if found.status not in (0, 2):
        raise Unsolved(found.message)
    return bool(found.status == 0)


def _solved(system: System, count: int, sign: int) -> float:
    aim = np.zeros(len(system.low))
    aim[count] = sign
    same = system.least == system.most
    bound = {}
    if not same.all():
        apart = system.sums[~same]
        bound = {
            "A_ub": vstack([apart, -apart]),
            "b_ub": np.concatenate([system.most[~same], -system.least[~same]]),
        }
    found = linprog(
        aim,
        A_eq=system.sums[same] if same.any() else None,
        b_eq=system.least[same] if same.any() else None,
        bounds=np.column_stack([system.low, system.high]),
        method="highs",
        **bound,
    )
    if found.status != 0:
        raise Unsolved(found.message)
    return float(sign * found.fun)


def of_pair(system: System, pair: int, *, answers: int, cells: int) -> System:
    """Return what one pair's own answers say of its own cells.

    Args:
        system: of a block.
        pair: its place among the block's.
        answers: how many questions there are.
        cells: how many cells a pair has.
    """
    own = slice(pair * cells, (pair + 1) * cells)
    rows = slice(pair * answers, (pair + 1) * answers)
    return System(
        system.low[own],
        system.high[own],
        system.sums[rows, own],
        system.least[rows],
        system.most[rows],
    )
