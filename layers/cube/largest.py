"""The largest of many counts, without sorting them all."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Looked(Protocol):
    """Codes by place, an array or what stands for one."""

    def __getitem__(self, at: Array, /) -> Array:
        """Return the codes at some places."""


# Every so many counts make a sample that tells roughly how large the k-th is.
STRIDE = 16
# More are kept than the sample says, since it may err.
SPARE = 1.5


def largest(people: Array, k: int, *, first: Looked, second: Looked) -> Array:
    """Return where the ``k`` largest are, the largest first.

    Args:
        people: int[...], any sign; the absolute value ranks. Zeros are never chosen.
        k: how many at most.
        first: int[...], decides between equal counts, so that no answer flickers.
        second: int[...], decides after ``first``.
    """
    near = _near(people, k)
    size = np.abs(people[near].astype(np.int64))
    bound = (
        int(np.partition(size, len(size) - k)[len(size) - k]) if len(size) > k else 0
    )
    above, equal = near[size > bound], near[size == bound]
    more = k - len(above)
    if len(equal) > more:
        key = first[equal].astype(np.int64) * 2**32 + second[equal]
        equal = equal[np.argpartition(key, more)[:more]] if more else equal[:0]
    found = np.concatenate([above, equal])
    size = np.abs(people[found].astype(np.int64))
    return found[np.lexsort((second[found], first[found], -size))]


def _near(people: Array, k: int) -> Array:
    """Return where at least the ``k`` largest are, and not many more."""
    least = _guess(people, k)
    while True:
        near = np.flatnonzero((people >= least) | (people <= -least))
        if len(near) >= k or least == 1:
            return near
        least = max(1, least // 2)


def _guess(people: Array, k: int) -> int:
    sample = np.abs(people[::STRIDE])
    rank = int(k / STRIDE * SPARE) + STRIDE
    if len(sample) <= rank:
        return 1
    return max(1, int(np.partition(sample, len(sample) - rank)[len(sample) - rank]))
