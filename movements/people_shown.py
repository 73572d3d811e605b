"""A journey and its person as they are shown: each field by policy, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from movements.journal import Seen
from movements.people_profiles import Key, Profile
from movements.profile import masked
from movements.sight import PLAIN, SEALED
from movements.unique_id import id_text

# Shown without most of its digits; the whole is for whoever reveals it.
MASKED = ("aadhaar",)

# As columns of a table; points are two numbers each.
_POINTS = ("origin", "destination")

Shown = dict[str, Any]


def needs_profile(seen: Seen) -> bool:
    """Return whether anything that is sealed is to be shown of a journey."""
    return not seen.fields.isdisjoint(SEALED)


def profile_key(seen: Seen) -> Key:
    """Return which profile tells of a journey: the one of its month."""
    return seen.person, month(seen.row["travel_date"])


def month(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def shown(seen: Seen, profiles: Mapping[Key, Profile]) -> Shown:
    """Return a journey with its person, as ``GET /movements`` lists it."""
    known = profiles.get(profile_key(seen), {})
    return {"movement": seen.row["movement_id"], **_plain(seen), **_sealed(seen, known)}


def person_shown(journeys: Sequence[Seen], profiles: Mapping[Key, Profile]) -> Shown:
    """Return a person with the journeys that are seen.

    What is sealed is as the newest of those journeys tells it that shows it.

    Args:
        journeys: at least one, in order of travel.
        profiles: of their months.
    """
    body: Shown = {"id": id_text(journeys[0].person)}
    personal: Shown = {}
    for seen in journeys:
        personal |= _sealed(seen, profiles.get(profile_key(seen), {}))
    body |= {name: personal[name] for name in SEALED if name in personal}
    own = []
    for seen in journeys:
        plain = _plain(seen, without="id")  # once, above
        own.append({"movement": seen.row["movement_id"], **plain})
    return body | {"journeys": own}


def lines(person: Shown) -> list[Shown]:
    """Return a person as lines of a table, one for each journey."""
    own = {name: value for name, value in person.items() if name != "journeys"}
    return [journey | own for journey in person["journeys"]]


def _sealed(seen: Seen, known: Profile) -> Shown:
    body = {name: known.get(name) for name in SEALED if name in seen.fields}
    if "aadhaar" in body:
        body["aadhaar"] = masked(known)
    return body


def _plain(seen: Seen, *, without: str = "") -> Shown:
    return {
        name: read(seen.row)
        for name, read in _READ.items()
        if name in seen.fields and name != without
    }


def _column(name: str) -> Callable[[Mapping[Any, Any]], Any]:
    return lambda row: row[name]


def _place(name: str) -> Callable[[Mapping[Any, Any]], Any]:
    # In a sandbox the codes are negative (movements/sandbox.py).
    return lambda row: abs(row[name])


def _point(end: str) -> Callable[[Mapping[Any, Any]], Any]:
    return lambda row: {"lon": row[f"{end}_lon"], "lat": row[f"{end}_lat"]}


def _id(row: Mapping[Any, Any]) -> str:
    person: UUID = row["person_id"]
    return id_text(person)


# In the order in which they are shown.
_READ: Mapping[str, Callable[[Mapping[Any, Any]], Any]] = {
    **{name: _column(name) for name in (*PLAIN, "source_ref")},
    "id": _id,
    "batch": _column("batch_id"),
    **{end: _point(end) for end in _POINTS},
    **{
        f"{end}_{unit}": _place(f"{end}_{unit}")
        for end in _POINTS
        for unit in ("state", "district")
    },
    "route_states": lambda row: [abs(code) for code in row["route_states"]],
}
