"""A window of whole days, both ends inclusive, in Asia/Kolkata's calendar."""

from dataclasses import dataclass
from datetime import date

from layers.errors import BadQuestion


@dataclass(frozen=True, slots=True)
class Window:
    """The days from ``first`` to ``last``, both inclusive.

    Raises:
        BadQuestion: the window ends before it begins.
    """

    first: date = date.min
    last: date = date.max

    def __post_init__(self) -> None:
        """Refuse a reversed window, which would answer with nothing in silence."""
        if self.last < self.first:
            given = f"{self.first.isoformat()}/{self.last.isoformat()}"
            raise BadQuestion("from/to", given, "a first day not after the last")


ALL_DAYS = Window()
