"""The packed R-tree of FlatGeobuf: boxes of features, boxes of those, up to one.

After the format's specification (version 3): nodes of 40 bytes, the root first, the
features' own last, each with the number of its first child, or, of a feature, the byte
at which it begins. A feature without a place has an empty box, which no search meets
and which makes no box larger.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NODE_SIZE = 16  # children of a node, as the format's own writers have
NODE = np.dtype([("low", "<f8", 2), ("high", "<f8", 2), ("at", "<u8")])


def tree(boxes: Array, begins: Array) -> bytes:
    """Return the tree's bytes; none for no features.

    Args:
        boxes: west, south, east, north of each feature (N x 4) in the order of the
            file, NaN for those without a place. Near ones should be near each other.
        begins: the byte at which each begins, from the first one's on.
    """
    if not len(boxes):
        return b""
    leaves = np.empty(len(boxes), NODE)
    leaves["low"] = np.nan_to_num(boxes[:, :2], nan=np.inf)
    leaves["high"] = np.nan_to_num(boxes[:, 2:], nan=-np.inf)
    leaves["at"] = begins
    counts = _counts(len(boxes))
    levels = [leaves]
    # The children of a level begin where all levels above them end.
    for above in (sum(counts[: at + 1]) for at in reversed(range(len(counts) - 1))):
        levels.append(_parents(levels[-1], above))
    return b"".join(level.tobytes() for level in reversed(levels))


def _counts(features: int) -> list[int]:
    """Return how many nodes the levels have, the root's first."""
    counts = [features]
    while len(counts) == 1 or counts[0] > 1:
        counts.insert(0, -(-counts[0] // NODE_SIZE))
    return counts


def _parents(children: Array, first: int) -> Array:
    begins = np.arange(0, len(children), NODE_SIZE)
    parents = np.empty(len(begins), NODE)
    parents["low"] = np.minimum.reduceat(children["low"], begins)
    parents["high"] = np.maximum.reduceat(children["high"], begins)
    parents["at"] = begins + first
    return parents
