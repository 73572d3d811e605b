"""Lengths on the earth (WGS 84, geodesic)."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

WGS84 = Geod(ellps="WGS84")

Floats = NDArray[np.float64]
Points = NDArray[np.float64]


def km_between(start: Points, end: Points) -> Floats:
    """Return geodesic kilometres between points of two ``(n, 2)`` lon/lat arrays."""
    metres = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    return np.asarray(metres, dtype=np.float64) / 1000


def summed_km(group: NDArray[np.int64], km: Floats, *, groups: int) -> Floats:
    """Return the km of each group, 0 for a group that has none."""
    return np.asarray(np.bincount(group, km, minlength=groups), dtype=np.float64)


def line_km(vertices: Points, line: NDArray[np.int64], *, lines: int) -> Floats:
    """Return the length of lines given as vertices and the line of each vertex."""
    same = line[1:] == line[:-1]
    km = km_between(vertices[:-1][same], vertices[1:][same])
    return summed_km(line[:-1][same], km, groups=lines)
