"""A place in JSON, as RFC 6901 writes it: ``/data/items/0``."""

from typing import Any

from layers.errors import BadAnswer

_NONE = object()


def at(told: Any, pointer: str, *, default: Any = _NONE) -> Any:  # noqa: ANN401 - JSON
    """Return what stands at a place; the whole for an empty pointer.

    Raises:
        BadAnswer: nothing stands there, and there is no default.
    """
    here = told
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            here = here[int(name)] if isinstance(here, list) else here[name]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            if default is _NONE:
                raise BadAnswer(f"it has nothing at {pointer}") from error
            return default
    return here
