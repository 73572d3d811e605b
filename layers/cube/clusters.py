"""Districts gathered into clusters as far apart as a screen can tell, per zoom.

The clusters nest: at the deepest zoom every district stands alone, and at each lower
zoom clusters of the zoom above it are merged. The heaviest takes in first all that is
nearer than the radius. Only positions and the census count, never what is asked, so
that no filter moves a cluster.

The radius is one of the screen: r = RADIUS_PX * 2 * pi * R / (512 * 2^z) metres of
EPSG:3857, as MapLibre draws the world on 512 * 2^z pixels.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from layers.tile import HALF_M

# Two circles that say something are wider than this: nearer, they hide one another.
RADIUS_PX = 40.0
WORLD_PX = 512  # MapLibre's, at zoom 0

# From the whole country on one screen to districts apart from each other.
ZOOMS = range(3, 11)

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of one zoom.

    Attributes:
        label: the cluster of each district, in the order given: the LGD code of the
            cluster's heaviest district.
        codes: every cluster's code, rising.
        lon, lat: of every cluster, its districts' mean weighted by people (degrees);
            of districts without people the plain mean.
        members: how many districts are in every cluster.
    """

    label: Array
    codes: Array
    lon: Array
    lat: Array
    members: Array


def radius_m(zoom: int) -> float:
    """Return how near clusters merge at a zoom, in metres of EPSG:3857."""
    return RADIUS_PX * 2 * HALF_M / (WORLD_PX << zoom)


def hierarchy(
    codes: ArrayLike,
    lon: ArrayLike,
    lat: ArrayLike,
    weight: ArrayLike,
    *,
    zooms: Iterable[int] = ZOOMS,
) -> dict[int, Clusters]:
    """Return the clusters of every zoom; the same whatever the districts' order.

    Args:
        codes: LGD codes, each once.
        lon: longitudes of the districts, degrees.
        lat: latitudes, degrees.
        weight: people of the Census of 2011; none or unknown weigh nothing.
        zooms: at the deepest of them each district stands alone.
    """
    given = np.asarray(codes, dtype=np.int64)
    order = np.argsort(given)
    points = np.column_stack((lon, lat)).astype(float)[order]
    people = np.nan_to_num(np.asarray(weight, dtype=float))[order]
    units = given[order]
    label, found = units, {}
    for place, zoom in enumerate(sorted(zooms, reverse=True)):
        if place and units.size:
            label = _merged(units, label, points, people, radius=radius_m(zoom))
        found[zoom] = _clusters(units, label, points, people, order)
    return found


def _merged(
    units: Array, label: Array, points: Array, people: Array, *, radius: float
) -> Array:
    """Return the label of each unit after one step of merging."""
    codes, at = np.unique(label, return_inverse=True)
    weight = np.bincount(at, people)
    near = cKDTree(_projected(_means(at, points, people)))
    owner = np.full(codes.size, -1)
    for first in np.lexsort((codes, -weight)):
        if owner[first] < 0:
            within = np.array(near.query_ball_point(near.data[first], radius))
            owner[within[owner[within] < 0]] = first
    return _heaviest(units, owner[at], people)


def _heaviest(units: Array, cluster: Array, people: Array) -> Array:
    """Return for each unit the code of its cluster's heaviest; ties by code."""
    order = np.lexsort((units, -people, cluster))
    firsts = order[np.unique(cluster[order], return_index=True)[1]]
    code = np.zeros(cluster.max() + 1, dtype=np.int64)
    code[cluster[firsts]] = units[firsts]
    return np.asarray(code[cluster])


def _clusters(
    units: Array, label: Array, points: Array, people: Array, order: Array
) -> Clusters:
    codes, at = np.unique(label, return_inverse=True)
    mean = _means(at, points, people)
    aligned = np.empty_like(units)
    aligned[order] = label
    members = np.bincount(at, minlength=codes.size)
    return Clusters(aligned, codes, mean[:, 0], mean[:, 1], members)


def _means(at: Array, points: Array, people: Array) -> Array:
    """Return each cluster's mean position in degrees, clusters by columns."""
    empty = np.bincount(at, people)[at] == 0
    weight = np.where(empty, 1.0, people)
    sums = [np.bincount(at, weight * points[:, axis]) for axis in (0, 1)]
    return np.column_stack(sums) / np.bincount(at, weight)[:, None]


def _projected(degrees: Array) -> Array:
    """Return longitudes and latitudes as EPSG:3857 metres."""
    north = np.arctanh(np.sin(np.radians(degrees[:, 1])))
    return np.column_stack((np.radians(degrees[:, 0]), north)) * (HALF_M / math.pi)
