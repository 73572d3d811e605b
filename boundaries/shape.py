"""Display tiers: one simplified coverage per range of zooms, stored in EPSG:3857."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer

Shapes = NDArray[np.object_]

# Degrees, per tier: about one screen pixel (512 px tiles) at the tier's last zoom,
# z4, z6 and z8; from z9 on the lines stay as they are.
TOLERANCES_DEG = (0.05, 0.02, 0.005, 0.0)
LAST_ZOOMS = (4, 6, 8)

_GEOD = Geod(ellps="WGS84")
_TO_3857 = Transformer.from_crs(4326, 3857, always_xy=True)
_TO_6933 = Transformer.from_crs(4326, 6933, always_xy=True)


def tier_for_zoom(zoom: int) -> int:
    """Return which tier (0 coarsest, 3 whole) a tile of this zoom draws."""
    return sum(zoom > last for last in LAST_ZOOMS)


def tiers(shapes: Shapes) -> list[Shapes]:
    """Return the coverage once per tier, in degrees (EPSG:4326).

    The coverage is simplified as a whole, so that neighbours keep one shared line.
    """
    return [
        shapely.coverage_simplify(shapes, tolerance) if tolerance else shapes
        for tolerance in TOLERANCES_DEG
    ]


def dissolved(shapes: Shapes, groups: NDArray[np.int16]) -> dict[int, shapely.Geometry]:
    """Return the union of the coverage's shapes per group; lines match exactly."""
    return {
        int(group): multipolygon(shapely.coverage_union_all(shapes[groups == group]))
        for group in np.unique(groups)
    }


def multipolygon(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a polygon, or several, as one multipolygon; lines and points go."""
    if shapely.get_type_id(shape) == shapely.GeometryType.MULTIPOLYGON:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004 - areas


def in_3857(shapes: Shapes) -> Shapes:
    """Return shapes of EPSG:4326 in EPSG:3857 (metres of the web map)."""
    moved: Shapes = shapely.transform(shapes, _TO_3857.transform, interleaved=False)
    return moved


def equal_area(shapes: Shapes) -> Shapes:
    """Return shapes of EPSG:4326 in EPSG:6933, where areas are true (metres)."""
    moved: Shapes = shapely.transform(shapes, _TO_6933.transform, interleaved=False)
    return moved


def area_km2(shape: shapely.Geometry) -> float:
    """Return the area on the WGS84 ellipsoid, in km²."""
    area_m2: float = _GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0]
    return abs(area_m2) / 1e6
