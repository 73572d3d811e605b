"""The districts that stored routes pass, many at once (pure)."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from routes import declared
from routes.journey import Planned
from routes.network import Network
from routes.ways import Ways, offsets_of


def ways_of(network: Network, planned: Sequence[Planned]) -> Ways:
    """Return the way of each route, in order.

    Raises:
        UnknownUnit: a route names a district that the network does not have.
    """
    origins = network.index(np.array([each.origin for each in planned]))
    ends = network.index(np.array([each.destination for each in planned]))
    own = network.ways(origins, ends)
    if not any(each.declared for each in planned):
        return own
    ways = own.tuples()
    pairs = zip(origins.tolist(), ends.tolist(), strict=True)
    for i, (each, (origin, end)) in enumerate(zip(planned, pairs, strict=True)):
        if each.declared:
            ways[i] = declared.way(
                network, each.sequence, origin=origin, destination=end
            )
    counts = np.array([len(way) for way in ways])
    return Ways(np.array([*chain.from_iterable(ways)]), offsets_of(counts))
