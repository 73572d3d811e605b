"""Variable-length integers as protobuf writes them, seven bits to a byte."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SEVEN_BITS = np.array([2 ** (7 * size) for size in range(1, 10)], dtype=np.uint64)


def folded(numbers: Array) -> Array:
    """Return signed numbers as the schema folds them: 0, -1, 1, -2, ..."""
    wide = numbers.astype(np.int64)
    return np.asarray((wide << 1) ^ (wide >> 63))


def sizes(numbers: Array) -> Array:
    """Return how many bytes each number takes as a varint."""
    taken = np.searchsorted(SEVEN_BITS, numbers.astype(np.uint64), side="right")
    return np.asarray(taken + 1)


def varints(numbers: Array) -> bytes:
    """Return numbers, none below zero, one after the other."""
    left = numbers.astype(np.uint64)
    taken = sizes(left)
    ends = np.cumsum(taken)
    written = np.zeros(ends[-1] if ends.size else 0, dtype=np.uint8)
    place = ends - taken
    while place.size:
        more = left >= 128  # noqa: PLR2004 - the eighth bit says that there is more
        written[place] = (left & np.uint64(127)) | (more.astype(np.uint64) << 7)
        left, place = left[more] >> np.uint64(7), place[more] + 1
    return written.tobytes()


def sized(field: int, body: bytes) -> bytes:
    """Return a field of protobuf (its tag below 128) that has a length."""
    return bytes((field, *_groups(len(body)))) + body


def _groups(number: int) -> Iterator[int]:
    """Yield the bytes of one varint; an array for one number takes 50 times as long."""
    while number > 127:  # noqa: PLR2004 - as above
        yield (number & 127) | 128
        number >>= 7
    yield number
