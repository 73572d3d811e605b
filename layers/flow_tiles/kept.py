"""The choices last made, each shared by the tiles of its zoom."""

from collections.abc import Callable, Hashable

from boundaries.recent import Recent
from layers.flow_tiles.choice import Chosen

# Up to 10 MB each at the closest zoom, 1 MB at the far ones. A question asked at every
# zoom from the country to a district needs seven.
LIMIT = 12

_KEPT: Recent[Chosen] = Recent(LIMIT)


def kept(key: Hashable, make: Callable[[], Chosen]) -> Chosen:
    """Return a choice, making it where it is not kept; one at a time.

    Args:
        key: all that the choice depends on: the database, the versions of flows and
            boundaries, the question (which holds the reader's scope), and the zoom.
        make: gives the choice.
    """
    return _KEPT.of(key, make)
