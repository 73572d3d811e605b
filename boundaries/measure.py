"""Gaps, overlaps and nesting of areas, in km² of the equal-area CRS EPSG:6933."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.shape import Shapes, equal_area

CRS = "EPSG:6933"
_M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class Fit:
    """How well shapes cover their land, in km².

    ``gaps`` are the holes inside their union (a foreign enclave or an unmapped lake
    counts too); ``overlaps`` is land counted more than once.
    """

    area: float
    gaps: float
    overlaps: float


def fit(shapes: Shapes) -> Fit:
    """Measure shapes of EPSG:4326."""
    flat = equal_area(shapes)
    together = shapely.union_all(flat)
    parts = shapely.get_parts(together)
    outer = shapely.polygons(shapely.get_exterior_ring(parts))
    filled = shapely.area(shapely.union_all(outer))
    area = float(shapely.area(together))
    total = float(shapely.area(flat).sum())
    return Fit(
        area=area / _M2_PER_KM2,
        gaps=float(filled - area) / _M2_PER_KM2,
        overlaps=max(total - area, 0.0) / _M2_PER_KM2,
    )


def share_inside(children: Shapes, parents: Shapes) -> NDArray[np.float64]:
    """Return which share of each child's area (0 to 1) lies in the aligned parent."""
    flat, around = equal_area(children), equal_area(parents)
    inside: NDArray[np.float64] = shapely.area(shapely.intersection(flat, around))
    whole: NDArray[np.float64] = shapely.area(flat)
    return inside / whole
