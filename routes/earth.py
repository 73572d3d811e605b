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
