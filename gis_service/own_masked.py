"""What is shown of a person to whoever has their unique ID and mobile.

Enough to see what is held, and nothing that a stranger with both could use: an ID is
printed on tickets, a mobile is known to the family. So fields are masked, and of
journeys the states are told, not the districts, trains or points: nobody is found by
this who does not want to be.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from movements.journal import Seen
from movements.people_profiles import Key, Profile
from movements.people_shown import profile_key
from movements.sight import SEALED

SHOWN = ("travel_date", "mode", "category", "stage", "permission")
STATES = ("origin_state", "destination_state")
NOT_SHOWN = (
    *("origin_district", "destination_district", "route_states"),
    *("train_number", "train_date", "vehicle", "walk_in"),
    *("origin", "destination", "source_ref"),
)
HIDDEN = "•••"


def masked(
    journeys: Sequence[Seen], profiles: Mapping[Key, Profile]
) -> dict[str, str | None]:
    """Return each sealed field that is kept, masked; ``None``: nothing is kept of it.

    Args:
        journeys: of one person, in order of travel.
        profiles: of their months; the newest that tells a field counts.
    """
    known: dict[str, Any] = {}
    for each in journeys:
        told = profiles.get(profile_key(each), {})
        known |= {name: value for name, value in told.items() if value is not None}
    return {name: _mask(name, known.get(name)) for name in SEALED}


def journey(seen: Seen) -> dict[str, Any]:
    """Return what is shown of a journey."""
    row = seen.row
    plain = {name: row[name] for name in SHOWN}
    return plain | {name: abs(row[name]) for name in STATES}


def _mask(name: str, value: object) -> str | None:
    if value in (None, ""):
        return None
    if name == "name":
        return " ".join(f"{word[0]}{HIDDEN}" for word in str(value).split())
    if name == "mobile":
        return f"+91 {HIDDEN} {str(value)[-2:]}"
    return HIDDEN
