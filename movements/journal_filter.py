"""Which journeys are asked for, of those that the reader sees."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from movements.errors import BadParameter
from movements.sight import Eye
from movements.tables import MOVEMENT


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; what is ``None`` or empty keeps all.

    Attributes:
        first: first day of travel.
        last: last day of travel, inclusive.
        mode: modes, of which one.
        category: categories, of which one.
        stage: stages, of which one.
        permission: states of the permission, of which one.
        origin_state: LGD code; the others alike.
        train_number: five digits.
        train_date: the day on which the train leaves.
        batch: which upload of one's own.
        side: where the reader stands; of ``sight.SIDES``.
        home: LGD code of the state in which the district of a district's officer lies;
            it finds their journeys faster, and filters nothing.
    """

    first: date | None = None
    last: date | None = None
    mode: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    permission: tuple[str, ...] = ()
    origin_state: int | None = None
    origin_district: int | None = None
    destination_state: int | None = None
    destination_district: int | None = None
    train_number: str | None = None
    train_date: date | None = None
    batch: UUID | None = None
    side: str | None = None
    home: int | None = None


EVERYTHING = Wanted()

# Filters that compare a column with one value; the others see to themselves.
_COLUMNS = {"batch": "batch_id"}
_RANGES = ("first", "last", "side", "home")


def conditions(wanted: Wanted) -> Mapping[str, ColumnElement[bool]]:
    """Return what journeys must be, by the field that each condition tells of."""
    of = MOVEMENT.c
    found: dict[str, ColumnElement[bool]] = {}
    for name in (each.name for each in fields(Wanted) if each.name not in _RANGES):
        value: Any = getattr(wanted, name)
        column = of[_COLUMNS.get(name, name)]
        if isinstance(value, tuple):
            if value:
                found[name] = column.in_(sorted(value))
        elif value is not None:
            found[name] = column == value
    return found


def days(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the window of days; every sight shows the day of travel."""
    of = MOVEMENT.c
    found = []
    if wanted.first is not None:
        found.append(of.travel_date >= wanted.first)
    if wanted.last is not None:
        found.append(of.travel_date <= wanted.last)
    return found


def sides(eye: Eye, wanted: Wanted) -> dict[str, str]:
    """Return the sides that are looked from, with the names of their codes.

    Raises:
        BadParameter: the reader does not stand at the side that is asked for.
    """
    own = eye.sides()
    if wanted.side is None:
        return own
    if wanted.side not in own:
        raise BadParameter(f"side is {wanted.side!r}; allowed: {', '.join(own)}")
    return {wanted.side: own[wanted.side]}


def refuse_hidden(eye: Eye, wanted: Wanted) -> None:
    """Refuse a filter by a field that the reader is never shown.

    Raises:
        BadParameter: names it, and the filters there are.
    """
    shown = frozenset[str]().union(*(sight.fields for sight in eye.sights))
    for name in conditions(wanted):
        if name not in shown:
            allowed = ", ".join(
                each.name
                for each in fields(Wanted)
                if each.name in shown and each.name not in _RANGES
            )
            raise BadParameter(
                f"{name} is not shown to your role, and filters nothing; those that"
                f" do: {allowed}"
            )
