"""A window of whole days, both ends inclusive, in Asia/Kolkata's calendar."""

import re
from dataclasses import dataclass
from datetime import date

from layers.errors import BadQuestion

# Longer than the emergency and what is kept of it; what asks for more is a mistake.
MOST_DAYS = 3_660
# Day numbers of the cube are counted from the first and fit an int16 until the last.
EARLIEST, LATEST = date(2000, 1, 1), date(2089, 9, 18)

WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
LAST7 = "last7"
NAMED = "all, last7, or an ISO week such as 2020-W19"


@dataclass(frozen=True, slots=True)
class Window:
    """The days from ``first`` to ``last``, both inclusive.

    ``date.min`` and ``date.max`` leave it open at that end.

    Raises:
        BadQuestion: the window ends before it begins, is longer than ten years, or
            lies where no travel date can.
    """

    first: date = date.min
    last: date = date.max

    def __post_init__(self) -> None:
        """Refuse a reversed window, which would answer with nothing in silence."""
        if self.last < self.first:
            given = f"{self.first.isoformat()}/{self.last.isoformat()}"
            raise BadQuestion("from/to", given, "a first day not after the last")
        self._refuse_impossible()

    def _refuse_impossible(self) -> None:
        for name, day in (("from", self.first), ("to", self.last)):
            if day not in (date.min, date.max) and not EARLIEST <= day <= LATEST:
                raise BadQuestion(name, day.isoformat(), f"{EARLIEST} to {LATEST}")
        opened = self.first == date.min or self.last == date.max
        if not opened and (self.last - self.first).days >= MOST_DAYS:
            given = f"{self.first.isoformat()}/{self.last.isoformat()}"
            raise BadQuestion("from/to", given, f"at most {MOST_DAYS:,} days")


ALL_DAYS = Window()


def named(text: str) -> Window:
    """Return the window of a name; all days for ``last7``, which depends on the data.

    Raises:
        BadQuestion: no such name, or no such week.
    """
    if text in ("all", LAST7):
        return ALL_DAYS
    week = WEEK.fullmatch(text)
    try:
        number = (int(week[1]), int(week[2])) if week else (0, 0)
        monday, sunday = (date.fromisocalendar(*number, day) for day in (1, 7))
    except ValueError as error:
        raise BadQuestion("window", text, NAMED) from error
    return Window(monday, sunday)
