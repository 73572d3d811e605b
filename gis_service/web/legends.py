"""The classes that the flow map draws by: those of the layers themselves."""

import orjson

from layers.catalogue import LAYERS
from layers.style import legend


def classes(*, released: bool) -> str:
    """Return the classes of flows, arrivals and departures as JSON.

    Args:
        released: whether they are to be those of a release.
    """
    wanted = {"flows": "flows", "in": "arrivals", "out": "departures"}
    kind = "release_" if released else ""
    return orjson.dumps(
        {name: legend(LAYERS[kind + layer].style) for name, layer in wanted.items()}
    ).decode()
