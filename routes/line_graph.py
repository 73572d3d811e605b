"""Rail or road lines as a graph of pieces between junctions (pure).

Lines are joined where they share a vertex; the end of a line is also joined to a
vertex within ``SNAP_KM``. Lines that cross without a shared vertex pass over each
other, as on a bridge.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from routes.contact import Ints, Shapes
from routes.earth import Floats, Points, km_between
from routes.sea import parts

# Lines digitised apart miss each other by tens of metres; tracks that do not meet
# lie further apart than this, or have no end there.
SNAP_KM = 0.1
# A district counts as served by lines that come this near to its inner point: half
# the width of a median district (4,300 km²).
ACCESS_KM = 30.0
# Sidings and fragments apart from the rest are many; the longest networks serve all.
SYSTEMS = 8
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True, eq=False)
class LineGraph:
    """Pieces of line between junctions.

    Attributes:
        vertices: lon/lat of every vertex.
        chain: vertices of all pieces, one after the other.
        offsets: piece ``i`` is ``chain[offsets[i]:offsets[i + 1]]``.
        ends: (pieces, 2) junction at each end.
        state_km: (pieces, states) km of a piece in each state; the last column holds
            what lies in none.
        access: (systems, districts) junction nearest to each district's inner point
            in each connected system, longest first, or -1 beyond ``ACCESS_KM``.
        junctions: how many junctions there are.
    """

    vertices: Points
    chain: Ints
    offsets: Ints
    ends: Ints
    state_km: Floats
    access: Ints
    junctions: int


def line_graph(
    lines: Shapes, points: Points, *, districts: Shapes, states: Ints
) -> LineGraph:
    """Return the graph of some lines.

    Args:
        lines: LineStrings, EPSG:4326.
        points: inner point (lon, lat) of each district.
        districts: polygon of each district.
        states: LGD state code of each district.
    """
    vertices, chain, owner = _joined(lines)
    access = _access(vertices, chain, owner, points)
    key = _junctions(chain, owner, access, len(vertices))
    start, end, of_piece, piece_chain, offsets = _pieces(chain, owner, key)
    number = np.cumsum(key) - 1
    ends = np.column_stack(
        [number[piece_chain[offsets[:-1]]], number[piece_chain[offsets[1:] - 1]]]
    )
    km = km_between(vertices[start], vertices[end])
    middle = (vertices[start] + vertices[end]) / 2
    state = _states_at(middle, districts, states)
    state_km = np.zeros((len(ends), int(states.max()) + 2))
    np.add.at(state_km, (of_piece, state), km)
    return LineGraph(
        vertices=vertices,
        chain=piece_chain,
        offsets=offsets,
        ends=ends,
        state_km=state_km,
        access=np.where(access >= 0, number[access], -1),
        junctions=int(key.sum()),
    )


def _joined(lines: Shapes) -> tuple[Points, Ints, Ints]:
    """Return distinct vertices, those of every line in order, and the line of each.

    Where the end of a line lies near a vertex of another, a line of two joins them.
    """
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    vertices, chain = np.unique(coordinates, axis=0, return_inverse=True)
    chain = chain.reshape(-1)
    snapped = _snaps(vertices, chain, owner)
    first = int(owner[-1]) + 1
    extra = np.repeat(np.arange(first, first + len(snapped)), 2)
    return vertices, np.append(chain, snapped), np.append(owner, extra)


def _snaps(vertices: Points, chain: Ints, owner: Ints) -> Ints:
    """Return pairs (end of a line, the nearest vertex of another within reach)."""
    ends = np.unique(chain[_line_ends(owner)])
    ball = _on_sphere(vertices)
    tree = cKDTree(ball)
    of = np.zeros(len(vertices), dtype=np.int64)
    of[chain] = owner
    reached = cKDTree(ball[ends]).query_ball_tree(tree, SNAP_KM)
    found = [
        (end, other)
        for end, near in zip(ends.tolist(), reached, strict=True)
        for other in near
        if of[other] != of[end]
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _line_ends(owner: Ints) -> NDArray[np.bool_]:
    """Return which vertices of the lines' sequence are the first or last of a line."""
    ends = np.ones(len(owner), dtype=bool)
    change = owner[1:] != owner[:-1]
    ends[1:-1] = change[1:] | change[:-1]
    return ends


def _on_sphere(points: Points) -> Points:
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    flat = np.cos(lat)
    ball = [flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)]
    on_sphere: Points = EARTH_KM * np.column_stack(ball)
    return on_sphere


def _access(vertices: Points, chain: Ints, owner: Ints, points: Points) -> Ints:
    """Return the vertex nearest to each point in each of the longest systems."""
    inside = owner[1:] == owner[:-1]
    a, b = chain[:-1][inside], chain[1:][inside]
    system = parts(len(vertices), a, b)
    km = np.bincount(system[a], km_between(vertices[a], vertices[b]))
    ball, targets = _on_sphere(vertices), _on_sphere(points)
    found = np.full((min(SYSTEMS, len(km)), len(points)), -1, dtype=np.int64)
    for row, each in zip(found, np.argsort(-km, kind="stable"), strict=False):
        members = np.flatnonzero(system == each)
        away, nearest = map(np.asarray, cKDTree(ball[members]).query(targets))
        near = away <= ACCESS_KM
        row[near] = members[nearest[near]]
    return found


def _junctions(chain: Ints, owner: Ints, access: Ints, count: int) -> NDArray[np.bool_]:
    """Return which vertices are junctions: ends, shared, or where people get on."""
    key = np.bincount(chain, minlength=count) > 1
    key[chain[_line_ends(owner)]] = True
    key[access[access >= 0]] = True
    return key


def _pieces(
    chain: Ints, owner: Ints, key: NDArray[np.bool_]
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Cut lines at junctions.

    Returns:
        start and end vertex of each segment, the piece of each segment, the vertices
        of the pieces one after the other, and their offsets.
    """
    inside = owner[1:] == owner[:-1]
    start, end = chain[:-1][inside], chain[1:][inside]
    begins = key[start]
    piece = np.cumsum(begins) - 1
    closes = np.append(begins[1:], True)
    both = np.column_stack([start, end])
    kept = np.column_stack([np.ones(len(start), dtype=bool), closes])
    counts = np.bincount(piece) + 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return start, end, piece, both[kept], offsets


def _states_at(points: Points, districts: Shapes, states: Ints) -> Ints:
    """Return the state that holds each point; the highest code + 1 where none does."""
    tree = shapely.STRtree(districts)
    point, district = tree.query(shapely.points(points), predicate="intersects")
    found = np.full(len(points), states.max() + 1, dtype=np.int64)
    found[point] = states[district]
    return found
