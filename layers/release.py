"""Flows of a release: about how many, and how many there can be at least and at most.

The same questions as to the exact flows, to sums of atoms. An atom of ``n`` journeys is
of max(6, n - 10) to n + 10; so a sum of some atoms is known as well as that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from boundaries.recent import Recent
from layers.cube.released import REST, Release
from layers.errors import BadQuestion
from layers.flows import Counted, Labels, answer, counted
from layers.nodes import Node, nodes
from layers.question import Question
from movements.release.levels import BASE, LEAST

Array = NDArray[Any]

NOT_TOLD = "the release tells flows by district, day and mode, and compares none"
NOWHERE = Node("India (state not told)", "भारत (राज्य नहीं बताया गया)", None, None, None)

_PLACES: Recent[dict[int, Node]] = Recent(8)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many journeys the numbers of an answer can stand for.

    Attributes:
        low, high: int64[edges] of each listed pair.
        levels: at which level each listed pair is told.
        total: least and most of all that is told, ``total`` and ``internal``.
        release: the number of the release.
    """

    low: Array
    high: Array
    levels: list[str]
    total: tuple[int, int]
    release: int


def about(
    release: Release,
    question: Question,
    places: Mapping[int, Node],
    labels: Labels | None,
) -> tuple[Counted, Bounds]:
    """Return the flows of a question to a release, and their bounds."""
    refuse(question)
    found = answer(release.people, question, places, labels)
    atoms = counted(release.atoms, question, places, labels)
    of_pair = _keys(atoms)
    order = np.argsort(of_pair)
    at = order[np.searchsorted(of_pair, _keys(found), sorter=order)]
    low, high = _bounds(found.people.astype(np.int64), atoms.people[at])
    every = np.array([found.total + found.internal])
    least, most = _bounds(every, np.array([atoms.total + atoms.internal]))
    levels = _levels(found, question.level)
    total = int(least[0]), int(most[0])
    return found, Bounds(low, high, levels, total, release.number)


def refuse(question: Question) -> None:
    """Refuse what a release does not tell.

    Raises:
        BadQuestion: it asks for a category, a stage, or a comparison.
    """
    for name, given in (
        ("category", ", ".join(question.categories)),
        ("stage", ", ".join(question.stages)),
        ("versus_from/versus_to", question.versus),
    ):
        if given:
            raise BadQuestion(name, str(given), f"nothing: {NOT_TOLD}")


def places(db: Connection, question: Question, *, version: int) -> dict[int, Node]:
    """Return the units of the question's level, and the nodes of what is not told."""
    units = nodes(db, question, version=version)
    if question.level == "country":
        return units
    by_state = replace(question, level="state", zoom=None)
    states = nodes(db, by_state, version=version)
    key = (id(units), id(states), question.level)
    return _PLACES.of(key, lambda: _with_rest(units, states, question.level))


def _with_rest(
    units: dict[int, Node], states: dict[int, Node], level: str
) -> dict[int, Node]:
    if level == "state":
        return units | {0: NOWHERE}
    rests = {
        REST + code: Node(
            f"{state.name} (district not told)",
            state.name_hi and f"{state.name_hi} (ज़िला नहीं बताया गया)",
            code,
            state.lon,
            state.lat,
        )
        for code, state in states.items()
    }
    return units | rests | {REST: NOWHERE}


def _bounds(people: Array, atoms: Array) -> tuple[Array, Array]:
    away = (BASE - 1) * atoms.astype(np.int64)
    return np.maximum(LEAST * atoms, people - away), people + away


def _keys(found: Counted) -> Array:
    keys: Array = found.origins.astype(np.int64) << 32 | found.destinations
    return keys


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
