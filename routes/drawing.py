"""Lines along ways, with their lengths, many at once (pure)."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from routes.contact import Ints, Shapes
from routes.earth import Floats, km_between, summed_km
from routes.network import Network
from routes.ways import Ways

# A journey within one district has no known way. Its line is this long, 0.1 m: valid,
# at the right place, invisible, and near enough to the 0 km that it stands for.
EAST = np.array([1e-6, 0.0])


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Lines in EPSG:4326 and their geodesic length in km, aligned."""

    lines: Shapes
    km: Floats


def drawn(network: Network, ways: Ways) -> Drawing:
    """Return the line of each way.

    It runs from inner point to inner point through the place on the shared border
    nearest to the straight line between them; straight across a gap or the sea.
    """
    hops = network.hops(ways)
    vertices, owner = _vertices(network, ways, hops)
    return Drawing(
        shapely.linestrings(vertices, indices=owner), _km(network, ways, hops)
    )


def _km(network: Network, ways: Ways, hops: Ints) -> Floats:
    """Return the geodesic length of each way, from the known length of its hops."""
    km = np.where(hops >= 0, network.contacts.km[hops], 0.0)
    leaps = np.flatnonzero((hops < 0) & ~_last(ways))
    ends = ways.nodes[leaps], ways.nodes[leaps + 1]
    km[leaps] = km_between(network.points[ends[0]], network.points[ends[1]])
    dots = np.flatnonzero(_alone(ways))
    start = network.points[ways.nodes[dots]]
    km[dots] = km_between(start, start + EAST)
    return summed_km(ways.owner(), km, groups=len(ways))


def _last(ways: Ways) -> NDArray[np.bool_]:
    return np.roll(ways.first(), -1)


def _vertices(network: Network, ways: Ways, hops: Ints) -> tuple[Floats, Ints]:
    """Return each inner point followed by the crossing to the next, and the way."""
    points = network.points[ways.nodes]
    after = network.contacts.crossing[hops]
    kept = np.stack([np.ones(len(hops), dtype=bool), hops >= 0], axis=1)
    alone = _alone(ways)
    after[alone] = points[alone] + EAST
    kept[alone, 1] = True
    both = np.stack([points, after], axis=1)
    return both[kept], np.repeat(ways.owner(), kept.sum(axis=1))


def _alone(ways: Ways) -> NDArray[np.bool_]:
    return np.repeat(np.diff(ways.offsets) == 1, np.diff(ways.offsets))
