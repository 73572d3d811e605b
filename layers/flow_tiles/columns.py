"""Attributes of a vector tile: the distinct values of each, and who has which."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles.varint import folded, sized, sizes, varints

Array = NDArray[Any]

# Protobuf fields of the vector tile's schema: number * 8 + wire type (0 varint, 2 of a
# length, 5 four bytes).
VALUE = 34
TEXT_VALUE, FLOAT_VALUE, INTEGER_VALUE = 10, 21, 48


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of every feature, by the distinct values it has.

    Attributes:
        values: the values as they stand in a tile, one after the other.
        count: how many they are.
        at: which of them each feature has; -1 where it has none.
    """

    values: bytes
    count: int
    at: Array


def integers(numbers: Array) -> Column:
    """Return a column of whole numbers."""
    distinct, at = np.unique(numbers, return_inverse=True)
    signed = folded(distinct)
    size = sizes(signed) + 1
    rows = np.empty((distinct.size, 4), dtype=np.int64)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = VALUE, size, INTEGER_VALUE, signed
    return Column(varints(rows.ravel()), distinct.size, at)


def fractions(numbers: Array, there: Array | None = None) -> Column:
    """Return a column of numbers of single precision.

    Args:
        numbers: one of each feature.
        there: which features have one; by default all.
    """
    if there is not None:
        some = fractions(numbers[there])
        at = np.full(numbers.size, -1)
        at[there] = some.at
        return Column(some.values, some.count, at)
    distinct, at = np.unique(numbers.astype("<f4"), return_inverse=True)
    head = np.tile(np.array((VALUE, 5, FLOAT_VALUE), np.uint8), (distinct.size, 1))
    raw = distinct.view(np.uint8).reshape(-1, 4)
    return Column(np.hstack((head, raw)).tobytes(), distinct.size, at)


def words(known: Array, at: Array) -> Column:
    """Return a column of texts.

    Args:
        known: texts, some of them none.
        at: which of them each feature has.
    """
    used, place = np.unique(at, return_inverse=True)
    texts = [known[each] for each in used.tolist()]
    there = np.array([text is not None for text in texts], dtype=bool)
    values = [_text(text) for text in texts if text is not None]
    renumbered = np.where(there, np.cumsum(there) - 1, -1)
    return Column(b"".join(values), len(values), renumbered[place])


@lru_cache(4096)  # names of units, in every tile again
def _text(text: str) -> bytes:
    return sized(VALUE, sized(TEXT_VALUE, text.encode()))
