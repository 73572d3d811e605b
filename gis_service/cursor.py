"""Where the next page begins, as a text that readers pass on without reading it."""

import base64
import binascii

from layers.errors import BadQuestion


def text(layer: str, last: int) -> str:
    """Return the cursor behind the feature ``last`` of a layer."""
    return base64.urlsafe_b64encode(f"{layer}:{last}".encode()).decode().rstrip("=")


def last(layer: str, given: str) -> int:
    """Return the feature that a cursor stands behind.

    Raises:
        BadQuestion: it is none that a ``next`` link of this layer gave.
    """
    try:
        told = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
        name, _, number = told.partition(":")
        found = int(number)
    except (ValueError, binascii.Error):
        name, found = "", 0
    if name != layer or text(layer, found) != given or abs(found) >= 2**62:
        allowed = f"what a next link of {layer} gave"
        raise BadQuestion("after", given[:80], allowed)
    return found
