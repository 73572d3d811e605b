"""A square of the web-mercator grid (XYZ, EPSG:3857)."""

import math
from dataclasses import dataclass

from layers.errors import OutsideGrid

EARTH_RADIUS_M = 6_378_137.0
HALF_M = math.pi * EARTH_RADIUS_M  # half the side of the whole grid, in metres
MAX_ZOOM = 22

# A tile's own units, as every client expects them.
EXTENT = 4096
# Drawn beyond each edge, so that lines and borders do not show the cut.
BUFFER = 64


@dataclass(frozen=True, slots=True)
class Tile:
    """The tile ``x, y`` of zoom ``z``; y grows southward.

    Raises:
        OutsideGrid: there is no such tile.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse a tile outside the grid."""
        side = 2**self.z if 0 <= self.z <= MAX_ZOOM else 0
        if not (0 <= self.x < side and 0 <= self.y < side):
            raise OutsideGrid(
                f"{self.z}/{self.x}/{self.y}", "x and y are 0 to 2^z - 1, z 0 to 22"
            )

    @property
    def side(self) -> float:
        """Its side in metres (EPSG:3857)."""
        return 2 * HALF_M / (1 << self.z)
