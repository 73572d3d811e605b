"""Every layer the service offers."""

from layers import maps
from layers.discover import discover
from layers.errors import UnknownLayer
from layers.layer import Layer

LAYERS = discover(maps, "LAYER", Layer)


def layer(name: str) -> Layer:
    """Return a layer by name.

    Raises:
        UnknownLayer: there is none of this name; says which there are.
    """
    if name not in LAYERS:
        raise UnknownLayer(name, tuple(LAYERS))
    return LAYERS[name]
