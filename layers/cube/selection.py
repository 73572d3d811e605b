"""Which pairs a reader may see and asked for; all that keeps scopes apart in memory.

The rules are those of ``boundaries.scope.within`` and of ``layers.pairs``, which
tests hold equal to these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries.scope import Scope
from layers.cube.snapshot import Pairs
from layers.question import Question

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Selected:
    """Some pairs.

    Attributes:
        mask: bool[pairs], which.
        at: intp[...], where they are; ``None`` for all.
        key: names the selection among those of the same pairs; ``None`` for one
            that is not asked again.
    """

    mask: Array
    at: Array | None
    key: str | None

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.mask) if self.at is None else len(self.at)

    def of(self, every: Array) -> Array:
        """Return the selected ones of an array over all pairs."""
        return every if self.at is None else every[self.at]


def selected(
    pairs: Pairs, question: Question, units: Array, boxed: Array | None
) -> Selected:
    """Return the pairs that are in the reader's scope and asked.

    Args:
        pairs: nodes and pairs of them.
        question: scope, direction and unit are heeded.
        units: int[nodes], the code at the question's level.
        boxed: bool[nodes], whose unit's point lies in the box asked; ``None`` where
            none was asked.
    """
    parts = (question.scope.key(), question.direction, question.unit, question.level)
    key = "|".join(map(str, parts))
    kept: Selected = pairs.kept.of(
        ("selected", key), lambda: _selected(_scoped(pairs, question, units), key)
    )
    if boxed is None:
        return kept
    touching = boxed[pairs.origin] | boxed[pairs.destination]
    return _selected(kept.mask & touching, None)


def _selected(mask: Array, key: str | None) -> Selected:
    return Selected(mask, None if mask.all() else np.flatnonzero(mask), key)


def inside(units: Array, points: Mapping[int, Any], question: Question) -> Array | None:
    """Return bool[nodes]: whose unit's point lies in the box asked, if any was."""
    if question.bbox is None:
        return None
    west, south, east, north = question.bbox
    there = {
        code
        for code, at in points.items()
        if at.lon is not None and west <= at.lon <= east and south <= at.lat <= north
    }
    found: Array = np.isin(units, np.fromiter(there, dtype=np.int64))
    return found


def _scoped(pairs: Pairs, question: Question, units: Array) -> Array:
    own = _own(pairs, question.scope)
    seen = own[pairs.origin] | own[pairs.destination]
    ends = own if question.unit is None else units == question.unit
    if question.direction == "both" and question.unit is None:
        return seen
    starting, ending = ends[pairs.origin], ends[pairs.destination]
    if question.direction == "in":
        towards = ending
    elif question.direction == "out":
        towards = starting
    else:
        towards = starting | ending
    asked: Array = seen & towards
    return asked


def _own(pairs: Pairs, scope: Scope) -> Array:
    """Return bool[nodes]: which districts the reader answers for."""
    if scope.districts is not None:
        return np.isin(pairs.code, sorted(scope.districts))
    if scope.states is not None:
        return np.isin(pairs.state, sorted(scope.states))
    return np.ones(len(pairs.code), dtype=bool)
