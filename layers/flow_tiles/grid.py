"""The grid that a zoom's flow tiles share: whole numbers, x east and y south.

A tile is ``EXTENT`` of them wide, so a tile's own coordinates are these less its
corner, and what two neighbours draw of one line meets exactly.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.tile import EXTENT

Array = NDArray[Any]


def side(zoom: int) -> int:
    """Return how many units of the grid the world is wide."""
    return EXTENT << zoom


def units(vectors: Array) -> Array:
    """Return points of the sphere (..., 3) as unrounded EPSG:3857, world 0 to 1."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    east = np.arctan2(y, x) / (2 * math.pi) + 0.5
    # atanh(sin(latitude)) is Mercator's ordinate.
    south = 0.5 - np.arctanh(z) / (2 * math.pi)
    return np.stack((east, south), axis=-1)


def vectors(lon: Array, lat: Array) -> Array:
    """Return degrees (EPSG:4326) as points of the unit sphere (..., 3)."""
    east, north = np.radians(lon), np.radians(lat)
    level = np.cos(north)
    return np.stack(
        (level * np.cos(east), level * np.sin(east), np.sin(north)), axis=-1
    )


def rounded(places: Array, zoom: int) -> Array:
    """Return ``units`` on the grid of a zoom, whole numbers."""
    return np.asarray(np.rint(places * side(zoom)), dtype=np.int32)


def tiles(points: Array) -> Array:
    """Return one number per tile for each point of the grid (..., 2)."""
    column, row = np.moveaxis(points // EXTENT, -1, 0).astype(np.int64)
    return np.asarray(row * 2**31 + column)
