"""Links over water: how islands hang on the mainland (pure).

A place without a land way to the largest connected part of the country gets links
of kind ship or air: to each coast that lies open before it, and to the other
islands of its state. They are straight, and dear enough never to serve as a
short cut between two places on land.
"""

from collections.abc import Iterator
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routes.contact import Contacts, Ints, Shapes
from routes.earth import Points, km_between

# States and union territories with a sea coast, by LGD code; a plain fact of the
# map. Without it Mizoram, nearest to the Andamans across Myanmar, would be a port.
COASTAL_STATES = (19, 21, 24, 27, 28, 29, 30, 32, 33, 34, 38)

# A shortest line over open water meets other land at its two ends only; the outer
# twentieths are left out, as ends lie on borders that several places share.
OPEN_WATER = 0.05


def parts(count: int, a: Ints, b: Ints) -> Ints:
    """Return the number of the connected part of each of ``count`` places."""
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def sea_links(
    shapes: Shapes, points: Points, *, states: Ints, land: Contacts
) -> Contacts:
    """Return the links over water between places that no land way joins.

    Args:
        shapes: polygons (EPSG:4326).
        points: an inner point (lon, lat) of each.
        states: the LGD state code of each.
        land: the contacts by land.
    """
    part = parts(len(shapes), land.a, land.b)
    main = np.bincount(part).argmax()
    coast = np.flatnonzero((part == main) & np.isin(states, COASTAL_STATES))
    tree = shapely.STRtree(shapes)
    found: set[tuple[int, int]] = set()
    for island in np.flatnonzero(part != main).tolist():
        siblings = np.flatnonzero(
            (states == states[island]) & (part != part[island]) & (part != main)
        )
        links = list(_ports(shapes, island, coast=_by_coast(coast, states, land)))
        open_links = [port for port in links if _open(shapes, tree, (island, port))]
        if not open_links and links:
            open_links = [_nearest(shapes, island, np.array(links))]
        found.update(
            (min(island, port), max(island, port))
            for port in chain(open_links, siblings.tolist())
        )
    return _links(shapes, points, pairs=sorted(found))


def _by_coast(coast: Ints, states: Ints, land: Contacts) -> list[Ints]:
    """Return the coastal districts grouped by connected part of their state."""
    within = states[land.a] == states[land.b]
    part = parts(len(states), land.a[within], land.b[within])
    return [coast[part[coast] == each] for each in np.unique(part[coast])]


def _ports(shapes: Shapes, island: int, *, coast: list[Ints]) -> Iterator[int]:
    for districts in coast:
        yield _nearest(shapes, island, districts)


def _nearest(shapes: Shapes, island: int, others: Ints) -> int:
    distance = shapely.distance(shapes[island], shapes[others])
    return int(others[distance.argmin()])


def _open(shapes: Shapes, tree: shapely.STRtree, pair: tuple[int, int]) -> bool:
    line = shapely.shortest_line(shapes[pair[0]], shapes[pair[1]])
    ends = [OPEN_WATER, 1 - OPEN_WATER]
    middle = shapely.linestrings(
        shapely.get_coordinates(
            shapely.line_interpolate_point(line, ends, normalized=True)
        )
    )
    met = tree.query(middle, predicate="intersects")
    return set(met.tolist()) <= set(pair)


def _links(shapes: Shapes, points: Points, *, pairs: list[tuple[int, int]]) -> Contacts:
    both: NDArray[np.int64] = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    a, b = both[:, 0], both[:, 1]
    lines = shapely.shortest_line(shapes[a], shapes[b])
    crossing = shapely.get_coordinates(shapely.get_point(lines, 1)).reshape(-1, 2)
    return Contacts(
        a=a,
        b=b,
        border_km=np.zeros(len(a)),
        km=km_between(points[a], crossing) + km_between(crossing, points[b]),
        crossing=crossing,
        by_sea=np.ones(len(a), dtype=bool),
    )
