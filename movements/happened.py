"""What is said to have happened to journeys, who says so, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from boundaries.scope import Scope
from movements.sight import Eye


@dataclass(frozen=True, slots=True)
class Train:
    """A train by its key: five digits, and the day it leaves."""

    number: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, and to whom.

    Attributes:
        event: one of ``stage.EVENTS``.
        people: unique IDs.
        travel_date: which of a person's journeys, where there are several.
        train: that they are requisitioned on, where it is known.
        vehicle: the coach or bus that they ride in, as ``vehicle.vehicle_of`` has it.
        reason: in words, where one is given; nothing personal.
    """

    event: str
    people: tuple[UUID, ...]
    travel_date: date | None = None
    train: Train | None = None
    vehicle: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """Who says so.

    Attributes:
        role: of ``policy``.
        scope: the units they answer for.
        token_id: which token; safe to keep.
        tenant: whose uploads alone they speak of; ``None`` where of any.
        eye: what they see of people; of what they do not see they say nothing.
    """

    role: str
    scope: Scope
    token_id: str
    eye: Eye
    tenant: int | None = None

    @property
    def unit(self) -> int | None:
        """The district or state that they speak for, where it is one."""
        units = self.scope.districts or self.scope.states or frozenset()
        return next(iter(units)) if len(units) == 1 else None


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """A person of whom the event was not recorded, and why."""

    person: UUID
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many journeys an event was recorded of, stood so already, or not.

    ``tenants``: of how many it was recorded, by the state that sent them.
    """

    applied: int
    unchanged: int
    faults: list[NotRecorded]
    tenants: Mapping[int, int] = field(default_factory=dict)
