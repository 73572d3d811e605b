"""One row of a portal: its place, counts and day, or what is wrong with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from layers.portal import CODE, DATE, DISTRICT, STATE, Row

INDIA = ZoneInfo("Asia/Kolkata")
MOST_COUNT = 2**31 - 1
_COUNT = re.compile("[0-9]{1,18}")
SHORT = 60  # letters of a value that are repeated
EPOCH_MS = 10**11  # a number above it is milliseconds, as ArcGIS writes times


class Unusable(Exception):
    """A row cannot be used; the message says why."""


def short(text: str) -> str:
    """Return the beginning of a text of others, fit for a terminal."""
    return "".join(c if c.isprintable() else " " for c in text[:SHORT])


@dataclass(frozen=True, slots=True)
class Told:
    """A row, read by our names of its columns; ``columns`` has the source's."""

    row: Row
    columns: Mapping[str, str]

    @property
    def place(self) -> tuple[str, str, str]:
        """Its code, district and state, as far as it has them."""
        return self.text(CODE), self.text(DISTRICT), self.text(STATE)

    def text(self, ours: str) -> str:
        """Return a cell without blanks around it; empty where there is none."""
        value = self.row.get(self.columns[ours]) if ours in self.columns else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def count(self, ours: str) -> int | None:
        """Return a whole number, ``None`` where the cell is empty.

        Raises:
            Unusable: it is none.
        """
        text = self.text(ours)
        if not text:
            return None
        plain = text.removesuffix(".0")
        if not (_COUNT.fullmatch(plain) and int(plain) <= MOST_COUNT):
            raise Unusable(f"{ours} is {text[:SHORT]!r}; allowed: whole numbers from 0")
        return int(plain)

    def day(self, *, form: str | None, today: date) -> date:
        """Return the day, in India.

        Args:
            form: as ``strptime`` knows it; ISO 8601 by default.
            today: what is of a later day is a mistake.

        Raises:
            Unusable: it is none, or yet to come.
        """
        text = self.text(DATE)
        try:
            day = _day(text, form)
        except (ValueError, OverflowError, OSError) as error:
            allowed = form or "ISO 8601 (--date-format says another)"
            raise Unusable(
                f"the date is {text[:SHORT]!r}; allowed: {allowed}"
            ) from error
        if day > today + timedelta(days=1):
            raise Unusable(f"the date is {day}, which is yet to come")
        return day


def _day(text: str, form: str | None) -> date:
    if form:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    if text.isascii() and text.isdigit() and int(text) > EPOCH_MS:
        return datetime.fromtimestamp(int(text) / 1000, INDIA).date()
    when = datetime.fromisoformat(text)
    return (when.astimezone(INDIA) if when.tzinfo else when).date()
