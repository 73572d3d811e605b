"""Where a page of journeys ended, as a text that readers pass on without reading it."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from movements.errors import BadParameter

_DAY = 3  # bytes of a day's number
_LENGTH = _DAY + 16


@dataclass(frozen=True, slots=True)
class Place:
    """The last journey of a page, in the order that lists have."""

    travel_date: date
    movement_id: UUID

    def text(self) -> str:
        """Return it as the parameter ``after`` takes it; nothing of it is personal."""
        raw = self.travel_date.toordinal().to_bytes(_DAY) + self.movement_id.bytes
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def place(given: str) -> Place:
    """Return the place of a text.

    Raises:
        BadParameter: it is none that a ``next`` link gave.
    """
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        day = date.fromordinal(int.from_bytes(raw[:_DAY]))
        found = Place(day, UUID(bytes=raw[_DAY:]))
    except (ValueError, OverflowError, binascii.Error):
        found = None
    if found is None or found.text() != given:
        raise BadParameter(f"after is {given[:40]!r}; allowed: what a next link gave")
    return found
