"""Flows of a release: about how many, and how many there can be at least and at most.

The same questions as to the exact flows, to sums of atoms. An atom of ``n`` journeys is
of max(6, n - 10) to n + 10; so a sum of some atoms is known as well as that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from boundaries.recent import Recent
from layers.cube.released import REST, WEEK, Released, next_monday
from layers.cube.releases import Told
from layers.cube.rows import day_of
from layers.errors import BadQuestion
from layers.flows import Counted, Labels, by_day, counted, wanted
from layers.nodes import Node, nodes
from layers.question import Question
from movements.release.levels import BASE, LEAST

Array = NDArray[Any]

NOT_TOLD = "the release tells flows by district, day and mode"
NOT_BY_MODE = "everybody is told of pairs of states and whole weeks, not by mode"
NOWHERE = Node("India (state not told)", "भारत (राज्य नहीं बताया गया)", None, None, None)

# After the name of a state: what is told of none of its districts.
OF_NO_DISTRICT = " (district not told)"
OF_NO_DISTRICT_HI = " (ज़िला नहीं बताया गया)"

# A part of fewer atoms than this says more of their rounding than of journeys.
LEAST_OF_RATIO = 5

_PLACES: Recent[dict[int, Node]] = Recent(8)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many journeys the numbers of an answer can stand for.

    Attributes:
        low, high: int64[edges] of each listed pair.
        levels: at which level each listed pair is told.
        atoms: int64[edges], of how many atoms each listed pair is the sum.
        nodes: of each of ``in``, ``out``, ``internal``: int64[codes], least and most.
        total: least and most of all that is told, ``total`` and ``internal``.
        release: the number of the release.
    """

    low: Array
    high: Array
    levels: list[str]
    atoms: Array
    nodes: Mapping[str, tuple[Array, Array]]
    total: tuple[int, int]
    release: int

    def of(self, at: Array) -> "Bounds":
        """Return those of some of the pairs, by their places."""
        return replace(
            self,
            low=self.low[at],
            high=self.high[at],
            levels=[self.levels[each] for each in at.tolist()],
            atoms=self.atoms[at],
        )

    def is_of_enough(self) -> Array:
        """Return bool[edges]: which pairs are of atoms enough for a ratio."""
        enough: Array = self.atoms >= LEAST_OF_RATIO
        return enough


def bounds(
    told: Told,
    question: Question,
    found: Counted,
    *,
    places: Mapping[int, Node],
    labels: Labels | None = None,
) -> Bounds:
    """Return the bounds of an answer that ``told.people`` gave to a question.

    Of two windows compared, the difference is least where the first is of as few and
    the second of as many journeys as can be.
    """
    now = _Seen.of(told, replace(question, versus=None), places, labels)
    low, high = now.pairs(found)
    ends = now.nodes(found)
    total = now.total()
    atoms = now.atoms_of(found)
    if question.versus:
        asked = replace(question, window=question.versus, versus=None)
        then = _Seen.of(told, asked, places, labels)
        least, most = then.pairs(found)
        low, high = low - most, high - least
        before, total_before = then.nodes(found), then.total()
        ends = {
            name: (ends[name][0] - before[name][1], ends[name][1] - before[name][0])
            for name in ends
        }
        total = total[0] - total_before[1], total[1] - total_before[0]
        atoms = np.minimum(atoms, then.atoms_of(found))
    levels = _levels(found, question.level)
    return Bounds(low, high, levels, atoms, ends, total, told.number)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A window's journeys and atoms, of every pair and node."""

    people: Counted
    atoms: Counted

    @staticmethod
    def of(
        told: Told,
        question: Question,
        places: Mapping[int, Node],
        labels: Labels | None,
    ) -> "_Seen":
        return _Seen(
            counted(told.people, question, places, labels),
            counted(told.atoms, question, places, labels),
        )

    def pairs(self, found: Counted) -> tuple[Array, Array]:
        keys = _keys(found)
        people = _looked_up(_keys(self.people), self.people.people, keys)
        return _bounds(people, self.atoms_of(found))

    def atoms_of(self, found: Counted) -> Array:
        return _looked_up(_keys(self.atoms), self.atoms.people, _keys(found))

    def nodes(self, found: Counted) -> dict[str, tuple[Array, Array]]:
        people, atoms = self.people, self.atoms
        return {
            name: _bounds(
                _looked_up(people.codes, people.totals[name], found.codes),
                _looked_up(atoms.codes, atoms.totals[name], found.codes),
            )
            for name in found.totals
        }

    def total(self) -> tuple[int, int]:
        people, atoms = self.people, self.atoms
        low, high = _bounds(
            np.array([people.total + people.internal]),
            np.array([atoms.total + atoms.internal]),
        )
        return int(low[0]), int(high[0])


@dataclass(frozen=True, slots=True)
class Days:
    """A release's journeys by day, and those that are told by week only.

    Attributes:
        release: its number.
        first: the first day that is told; ``None`` where none is.
        people: int64[days], from then on.
        first_week: the Monday of the first week that is told.
        by_week: int64[weeks], from then on.
    """

    release: int
    first: date | None
    people: Array
    first_week: date | None
    by_week: Array


def days(told: Told, question: Question, places: Mapping[int, Node]) -> Days:
    """Return the journeys of every day and week, whatever the window."""
    first, people = by_day(told.people, question, places)
    first_week, by_week = _weekly(told.people, question, places)
    return Days(told.number, first, people, first_week, by_week)


def _weekly(
    cube: Released, question: Question, places: Mapping[int, Node]
) -> tuple[date | None, Array]:
    if question.modes:  # told of districts and days only
        return None, np.zeros(0, dtype=np.int64)
    start, people = cube.by_week(wanted(cube, question, places))
    monday = next_monday(start)
    weekly = people[monday - start :: WEEK]
    present = np.flatnonzero(weekly)
    if not len(present):
        return None, weekly[:0]
    first, last = int(present[0]), int(present[-1])
    return day_of(monday + WEEK * first), weekly[first : last + 1]


def refuse(question: Question) -> None:
    """Refuse what a release does not tell.

    Raises:
        BadQuestion: it asks for a category, a stage, or of pairs of states for a mode.
    """
    for name, given, why in (
        ("category", question.categories, NOT_TOLD),
        ("stage", question.stages, NOT_TOLD),
        ("mode", question.modes if question.told == "state" else (), NOT_BY_MODE),
    ):
        if given:
            raise BadQuestion(name, ", ".join(given), f"nothing: {why}")


def places(db: Connection, question: Question, *, version: int) -> dict[int, Node]:
    """Return the units of the question's level, and the nodes of what is not told."""
    units = nodes(db, question, version=version)
    if question.level == "country":
        return units
    by_state = replace(question, level="state", zoom=None)
    states = nodes(db, by_state, version=version)
    key = (str(db.engine.url), version, question.sets, question.level, question.zoom)
    return _PLACES.of(key, lambda: _with_rest(units, states, question.level))


def _with_rest(
    units: dict[int, Node], states: dict[int, Node], level: str
) -> dict[int, Node]:
    if level == "state":
        return units | {0: NOWHERE}
    rests = {
        REST + code: Node(
            state.name + OF_NO_DISTRICT,
            state.name_hi and state.name_hi + OF_NO_DISTRICT_HI,
            code,
            state.lon,
            state.lat,
        )
        for code, state in states.items()
    }
    return units | rests | {REST: NOWHERE}


def _bounds(people: Array, atoms: Array) -> tuple[Array, Array]:
    people, atoms = people.astype(np.int64), atoms.astype(np.int64)
    away = (BASE - 1) * atoms
    return np.maximum(LEAST * atoms, people - away), people + away


def _keys(found: Counted) -> Array:
    keys: Array = found.origins.astype(np.int64) << 32 | found.destinations
    return keys


def _looked_up(keys: Array, values: Array, asked: Array) -> Array:
    """Return the value of each asked key, zero where it has none."""
    if not keys.size:
        return np.zeros(asked.size, dtype=np.int64)
    order = np.argsort(keys)
    at = np.searchsorted(keys, asked, sorter=order).clip(max=keys.size - 1)
    place = order[at]
    found: Array = np.where(keys[place] == asked, values[place], 0)
    return found


def _levels(found: Counted, level: str) -> list[str]:
    if level in ("state", "country"):
        return [level] * len(found.people)
    ends = zip(
        (found.origins >= REST).tolist(),
        (found.destinations >= REST).tolist(),
        strict=True,
    )
    names = {(False, False): level, (True, False): "state_to_district"}
    return [names.get(each, "state") for each in ends]
