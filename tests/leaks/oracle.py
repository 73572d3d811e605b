"""Who may see what of a made-up person, read from policy.csv without the service."""

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import gis_service

FILE = Path(gis_service.__file__).with_name("policy.csv")
READS = "scoped:person:read"

ALL = tuple(
    """
    id travel_date mode category stage permission origin_state origin_district
    destination_state destination_district route_states train_number train_date
    origin destination name age gender mobile aadhaar current_address permanent_address
    """.split()  # noqa: SIM905 - as the file writes them
)


@dataclass(slots=True)
class Person:
    """A made-up person and the journey, as they were sent and stand now."""

    at: int
    tenant: int
    origin: tuple[int, int]
    destination: tuple[int, int]
    transit: tuple[int, ...]
    mode: str
    sent: dict[str, str]
    travel_date: date
    id: str = ""
    stage: str = "planned"
    permission: str = "none"
    requisitioned: bool = False
    canaries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """A role with its unit; ``state`` is the district's where it has a district."""

    role: str
    state: int | None = None
    district: int | None = None

    def __str__(self) -> str:
        return f"{self.role}-{self.district or self.state or 'country'}"


@cache
def policy() -> list[dict[str, str]]:
    """Return the lines of the policy, as text."""
    with FILE.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def permissions(role: str) -> set[str]:
    """Return what a role may do."""
    return {line["permission"] for line in policy() if line["role"] == role}


def fields(
    reader: Reader, person: Person, *, today: date, on_time: bool = True
) -> set[str]:
    """Return the fields that a reader may see of a person; none: does not exist.

    Args:
        reader: who looks.
        person: who is looked at.
        today: the civil date in India.
        on_time: whether the limits of days count (the database does not know them).
    """
    seen: set[str] = set()
    for line in policy():
        if (line["role"], line["permission"]) != (reader.role, READS):
            continue
        days = (today - person.travel_date).days
        if _stands(reader, person, line["side"]) and _when(line, person):
            if on_time and not _in_time(line, days):
                continue
            seen.update(line["fields"].split())
    return seen - {"all"} | set(ALL) if "all" in seen else seen


def _when(line: dict[str, str], person: Person) -> bool:
    stages = line["stages"].split() or [person.stage]
    permissions = line["permissions"].split() or [person.permission]
    return person.stage in stages and person.permission in permissions


def _in_time(line: dict[str, str], days: int) -> bool:
    first, last = line["first_day"] or days, line["last_day"] or days
    return int(first) <= days <= int(last)


def _stands(reader: Reader, person: Person, side: str) -> bool:
    if side == "requisitions":
        return person.requisitioned
    if side == "tenant":
        return person.tenant == reader.state
    if side == "transit":
        return reader.state in person.transit and reader.district is None
    state, district = person.origin if side == "origin" else person.destination
    if reader.district is not None:
        return district == reader.district
    return state == reader.state
