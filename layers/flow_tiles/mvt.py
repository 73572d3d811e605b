"""Mapbox Vector Tile 2.1 from arrays.

Nearly all of a tile's bytes are variable-length integers (protobuf's varints). So a
layer's features are laid out as one array of numbers, and written in one go.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles.columns import Column
from layers.flow_tiles.varint import folded, sized, sizes, varints
from layers.tile import EXTENT

Array = NDArray[Any]

POINT, LINE = 1, 2  # geometry types
MOVE, DRAW = 1, 2  # geometry commands: the pen goes to, and draws to
# Protobuf fields of the vector tile's schema, as in ``columns``.
TILE_LAYER, NAME, FEATURE, KEY, WIDTH, VERSION = 26, 10, 18, 26, 40, 120
ID, TAGS, KIND, GEOMETRY = 8, 18, 24, 34
PARTS = 10  # numbers of a feature beside its tags and its geometry


@dataclass(frozen=True, slots=True)
class Shapes:
    """Geometries as the pen's commands: those of a feature are ``counts`` long."""

    kind: int
    commands: Array
    counts: Array


def strokes(points: Array, owners: Array) -> Shapes:
    """Return lines.

    Args:
        points: x, y of vertices (P x 2) in a tile's units, line after line, two or
            more each.
        owners: which line each vertex belongs to, 0 and on without a gap.
    """
    vertices = np.bincount(owners)
    begins = np.cumsum(vertices) - vertices
    moved = np.diff(points, axis=0, prepend=0)
    moved[begins] = points[begins]
    # Each vertex takes two numbers, and a line two commands: before its first vertex
    # and before its second.
    place = np.arange(owners.size) * 2 + owners * 2 + 2
    place[begins] -= 1
    commands = np.empty(2 * owners.size + 2 * vertices.size, dtype=np.int64)
    commands[place], commands[place + 1] = folded(moved).T
    commands[place[begins] - 1] = 8 + MOVE
    commands[place[begins] + 2] = (vertices - 1) * 8 + DRAW
    return Shapes(LINE, commands, 2 * vertices + 2)


def dots(points: Array) -> Shapes:
    """Return points, x and y (P x 2) in a tile's units."""
    command = np.full((len(points), 1), 8 + MOVE)
    commands = np.hstack((command, folded(points))).ravel()
    return Shapes(POINT, commands, np.full(len(points), 3))


def layer(name: str, ids: Array, shapes: Shapes, columns: dict[str, Column]) -> bytes:
    """Return a tile of one layer; several may be written one after the other."""
    parts = [
        sized(NAME, name.encode()),
        _features(ids, shapes, list(columns.values())),
        *(sized(KEY, key.encode()) for key in columns),
        *(column.values for column in columns.values()),
        varints(np.array((WIDTH, EXTENT, VERSION, 2))),
    ]
    return sized(TILE_LAYER, b"".join(parts))


def _features(ids: Array, shapes: Shapes, columns: list[Column]) -> bytes:
    tags, owners = _tags(columns)
    shape_of = np.repeat(np.arange(ids.size), shapes.counts)
    tag_counts = np.bincount(owners, minlength=ids.size)
    tag_bytes = _total(owners, tags, ids.size)
    shape_bytes = _total(shape_of, shapes.commands, ids.size)
    inner = tag_bytes + shape_bytes + sizes(ids) + sizes(tag_bytes)
    inner = inner + sizes(shape_bytes) + 5  # four fields' tags, and the type
    counts = PARTS + tag_counts + shapes.counts
    begin = np.cumsum(counts) - counts
    middle = begin + 6 + tag_counts
    numbers = np.empty(counts.sum(), dtype=np.int64)
    head = (FEATURE, inner, ID, ids, TAGS, tag_bytes)
    for place, part in enumerate(head):
        numbers[begin + place] = part
    for place, part in enumerate((KIND, shapes.kind, GEOMETRY, shape_bytes)):
        numbers[middle + place] = part
    numbers[_places(begin + 6, tag_counts)] = tags
    numbers[_places(middle + 4, shapes.counts)] = shapes.commands
    return varints(numbers)


def _tags(columns: list[Column]) -> tuple[Array, Array]:
    """Return pairs of key and value, feature after feature, and their features."""
    counts = np.array([column.count for column in columns])
    at = np.stack([column.at for column in columns], axis=1)
    values = np.where(at < 0, -1, at + (np.cumsum(counts) - counts))
    keys = np.broadcast_to(np.arange(len(columns)), at.shape)
    owner = np.broadcast_to(np.arange(len(at))[:, None], at.shape)
    there = values >= 0
    tags = np.stack((keys[there], values[there]), axis=1).ravel()
    return tags, np.repeat(owner[there], 2)


def _places(begins: Array, counts: Array) -> Array:
    """Return the places of runs of ``counts`` that begin at ``begins``, in order."""
    before = np.cumsum(counts) - counts
    runs = np.repeat(begins - before, counts)
    return np.asarray(np.arange(runs.size) + runs)


def _total(owners: Array, numbers: Array, count: int) -> Array:
    """Return how many bytes the numbers of each owner take."""
    return np.asarray(np.bincount(owners, sizes(numbers), count), dtype=np.int64)
