"""The classes that the flow map draws by: those of the layers themselves."""

import orjson

from layers.catalogue import LAYERS
from layers.style import legend


def classes() -> str:
    """Return the classes of flows, arrivals and departures as JSON."""
    wanted = {"flows": "flows", "in": "arrivals", "out": "departures"}
    return orjson.dumps(
        {name: legend(LAYERS[layer].style) for name, layer in wanted.items()}
    ).decode()
