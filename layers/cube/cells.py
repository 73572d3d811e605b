"""The cells of a pair and a day: mode, category and stage as one small number."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from movements.flow import CATEGORIES, MODES, STAGES

CELLS = len(MODES) * len(CATEGORIES) * len(STAGES)

# Stages are the slowest index and "cancelled" is the last of them, so that the cells
# that count unless asked otherwise are the first ones.
LIVE = CELLS - len(MODES) * len(CATEGORIES)


def chosen(
    *, modes: Iterable[str], categories: Iterable[str], stages: Iterable[str]
) -> NDArray[np.bool_] | None:
    """Return which cells are asked; ``None`` for all that count by default.

    Args:
        modes: modes of travel; none means every one.
        categories: categories of people; none means every one.
        stages: stages of the journey; none means every one but cancelled.
    """
    kept = np.zeros((len(STAGES), len(CATEGORIES), len(MODES)), dtype=bool)
    stage = _at(STAGES, stages) or range(len(STAGES) - 1)
    category = _at(CATEGORIES, categories) or range(len(CATEGORIES))
    mode = _at(MODES, modes) or range(len(MODES))
    kept[np.ix_(list(stage), list(category), list(mode))] = True
    cells = kept.reshape(CELLS)
    return None if (cells == (np.arange(CELLS) < LIVE)).all() else cells


def _at(names: tuple[str, ...], asked: Iterable[str]) -> list[int]:
    return [names.index(name) for name in asked]
