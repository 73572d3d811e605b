"""Lines along ways, with their lengths, many at once (pure)."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from routes.contact import Ints, Shapes
from routes.earth import Floats, km_between
from routes.network import Network
from routes.ways import Ways

# A journey within one district has no known way. Its line is this long, 0.1 m: valid,
# at the right place, invisible, and near enough to the 0 km that it stands for.
DOT_DEG = 1e-6


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
    vertices, owner = _vertices(network, ways)
    return Drawing(
        shapely.linestrings(vertices, indices=owner), lengths(vertices, owner)
    )


def lengths(vertices: Floats, owner: Ints) -> Floats:
    """Return the geodesic km of lines given as vertices and the line of each."""
    same = owner[1:] == owner[:-1]
    km = km_between(vertices[:-1][same], vertices[1:][same])
    return np.bincount(owner[:-1][same], km, minlength=int(owner[-1]) + 1)


def _vertices(network: Network, ways: Ways) -> tuple[Floats, Ints]:
    """Return each inner point followed by the crossing to the next, and the way."""
    hops = network.hops(ways)
    points = network.points[ways.nodes]
    after = network.contacts.crossing[hops]
    kept = np.stack([np.ones(len(hops), dtype=bool), hops >= 0], axis=1)
    alone = _alone(ways)
    after[alone] = points[alone] + (DOT_DEG, 0.0)
    kept[alone, 1] = True
    both = np.stack([points, after], axis=1)
    return both[kept], np.repeat(ways.owner(), kept.sum(axis=1))


def _alone(ways: Ways) -> NDArray[np.bool_]:
    return np.repeat(np.diff(ways.offsets) == 1, np.diff(ways.offsets))
