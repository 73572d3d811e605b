"""Every layer the service offers."""

from layers import maps, portals
from layers.discover import discover
from layers.errors import UnknownLayer
from layers.layer import Layer
from layers.portal import Portal, joined

# What is fetched from portals of others, and becomes a layer of each.
PORTALS = discover(portals, "PORTAL", Portal)

LAYERS = discover(maps, "LAYER", Layer) | {
    name: joined(each) for name, each in PORTALS.items()
}


def layer(name: str) -> Layer:
    """Return a layer by name.

    Raises:
        UnknownLayer: there is none of this name; says which there are.
    """
    if name not in LAYERS:
        raise UnknownLayer(name, tuple(LAYERS))
    return LAYERS[name]
