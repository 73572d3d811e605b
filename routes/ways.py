"""Many ways at once, as one flat array with offsets (pure)."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routes.contact import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Sequences of nodes; way ``i`` is ``nodes[offsets[i]:offsets[i + 1]]``."""

    nodes: Ints
    offsets: Ints

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.offsets) - 1

    def owner(self) -> Ints:
        """Return the way that each node belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def first(self) -> NDArray[np.bool_]:
        """Return whether each node is the first of its way."""
        starts = np.zeros(len(self.nodes), dtype=bool)
        starts[self.offsets[:-1]] = True
        return starts

    def tuples(self) -> list[tuple[int, ...]]:
        """Return each way as a tuple."""
        nodes, offsets = self.nodes.tolist(), self.offsets.tolist()
        return [tuple(nodes[start:end]) for start, end in pairwise(offsets)]

    def along(self, values: Ints) -> "Ways":
        """Return the values of the nodes, equal neighbours merged."""
        seen = values[self.nodes]
        kept = self.first()
        kept[1:] |= seen[1:] != seen[:-1]
        counts = np.bincount(self.owner()[kept], minlength=len(self))
        return Ways(seen[kept], offsets_of(counts))


def offsets_of(counts: Ints) -> Ints:
    """Return the offsets of sequences of these lengths."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def walked(
    previous: NDArray[Any], rows: Ints, origins: Ints, destinations: Ints
) -> Ways:
    """Walk back from each destination to its origin, all at once.

    Args:
        previous: (rows, nodes) predecessor of each node on the way from the row's
            origin, as scipy's dijkstra gives it.
        rows: the row of each way.
        origins: first node of each way.
        destinations: last node of each way; it can be reached from the origin.
    """
    at = destinations.astype(np.int64)
    trail = [at]
    while (walking := at != origins).any():
        at = np.where(walking, previous[rows, at], at)
        trail.append(at)
    back = np.stack(trail[::-1], axis=1)
    kept = np.ones(back.shape, dtype=bool)
    kept[:, :-1] = back[:, :-1] != back[:, 1:]
    return Ways(back[kept], offsets_of(kept.sum(axis=1)))
