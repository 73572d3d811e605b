"""Points with words on the map of a route."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the map with words: latitude, longitude, kind, short and full text."""

    at: tuple[float, float]
    kind: str
    short: str
    text: str
