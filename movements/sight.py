"""What a reader sees of people's journeys: which, from when to when, which fields.

A sight is one line of the policy. A journey may be seen by several; then its fields
are those of all of them. The predicate is the first wall: every question for people
carries it, bound, whatever the database would have let through.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SmallInteger, and_, any_, false, literal, or_

from movements.flow import STAGES
from movements.stage import PERMISSIONS

# Sides by the column that each compares; of transit and requisitions see ``_at``.
ENDS = {
    "tenant": "tenant",
    "origin": "origin_state",
    "destination": "destination_state",
    "origin_district": "origin_district",
    "destination_district": "destination_district",
}
# "traced": of those whom one question for contacts may find (boundaries.wall).
SIDES = ("tenant", "origin", "destination", "transit", "requisitions", "traced")

# What stands on a journey, and what is sealed.
PLAIN = (
    "id",
    "travel_date",
    "mode",
    "category",
    "stage",
    "permission",
    "origin_state",
    "origin_district",
    "destination_state",
    "destination_district",
    "route_states",
    "train_number",
    "train_date",
    "vehicle",
    "walk_in",
    "origin",
    "destination",
)
SEALED = (
    "name",
    "age",
    "gender",
    "mobile",
    "mobile_borrowed",
    "aadhaar",
    "current_address",
    "permanent_address",
    "guardian",
)
ALL = PLAIN + SEALED
# An uploader's own: its row ids and batches tell others nothing they need.
OWN = ("source_ref", "batch")


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of journeys with the reader at one side.

    Attributes:
        side: one of ``SIDES``.
        fields: of ``ALL`` and ``OWN``.
        stages: stages in which it is seen; empty: in all.
        permissions: states of the permission in which it is seen; empty: in all.
        first_day: days after the travel date (before: negative) from which it is seen.
        last_day: days after the travel date until which it is seen.

    Raises:
        ValueError: something of it is unknown.
    """

    side: str
    fields: frozenset[str]
    stages: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    first_day: int | None = None
    last_day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is unknown."""
        _known("side", {self.side}, SIDES)
        _known("fields", self.fields, (*ALL, *OWN))
        _known("stages", self.stages, STAGES)
        _known("permissions", self.permissions, PERMISSIONS)


@dataclass(frozen=True, slots=True)
class Eye:
    """A reader: which sights, and the codes that they compare.

    Attributes:
        sights: of the reader's role.
        scope: LGD codes by side, as ``boundaries.wall.enter`` takes them; an officer of
            a district has ``origin_district`` for ``origin``.
        today: the civil date in India.
    """

    sights: tuple[Sight, ...]
    scope: Mapping[str, int]
    today: date

    def sides(self) -> dict[str, str]:
        """Return each side of the sights that the reader stands at, by its name."""
        named = {}
        for sight in self.sights:
            for name in (sight.side, f"{sight.side}_district"):
                if name in self.scope:
                    named[sight.side] = name
        return named


def predicate(eye: Eye, sight: Sight, of: Any) -> ColumnElement[bool]:  # noqa: ANN401 - the columns of a table
    """Return whether a journey is seen by a sight, as a bound predicate.

    Args:
        eye: who looks; its scope's codes are bound here.
        sight: one of the reader's.
        of: columns of ``MOVEMENT`` or of a table with the same.
    """
    side = eye.sides()[sight.side]
    return and_(_at(side, eye.scope[side], of), *when(eye, sight, of))


def when(eye: Eye, sight: Sight, of: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - as above
    """Return in which stages, permissions and days a sight sees, bound.

    The whole of the first wall but for the side. Of "traced" that is no code: whoever
    asks binds people or carriages beside it (``movements.tracing_sql``).
    """
    kept: list[ColumnElement[bool]] = []
    if sight.stages:
        kept.append(of.stage.in_(sorted(sight.stages)))
    if sight.permissions:
        kept.append(of.permission.in_(sorted(sight.permissions)))
    if sight.first_day is not None:
        kept.append(of.travel_date <= eye.today - timedelta(days=sight.first_day))
    if sight.last_day is not None:
        kept.append(of.travel_date >= eye.today - timedelta(days=sight.last_day))
    return kept


def seen_at(eye: Eye, sides: Iterable[str], of: Any) -> ColumnElement[bool]:  # noqa: ANN401 - as above
    """Return whether a journey is seen by any sight from one of these sides."""
    at = eye.sides().keys() & set(sides)
    return or_(
        false(), *(predicate(eye, each, of) for each in eye.sights if each.side in at)
    )


def _at(side: str, code: int, of: Any) -> ColumnElement[bool]:  # noqa: ANN401 - as above
    if side == "transit":
        return literal(code, SmallInteger) == any_(of.transit)
    if side == "requisitions":
        asked: ColumnElement[bool] = of.requisitioned.is_(True)
        return asked
    column: ColumnElement[int] = of[ENDS[side]]
    return column == literal(code, SmallInteger)


def _known(what: str, given: Iterable[str], allowed: tuple[str, ...]) -> None:
    unknown = set(given) - set(allowed)
    if unknown:
        raise ValueError(
            f"{what}: {', '.join(sorted(unknown))}; allowed: {', '.join(allowed)}"
        )
