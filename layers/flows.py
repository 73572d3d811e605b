"""Flows between units: totals, all pairs or the largest, and what is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cube.cells import chosen
from layers.cube.grouped import Sums, summed
from layers.cube.largest import largest
from layers.cube.rows import EPOCH, day_number, day_of
from layers.cube.selection import Selected, inside, selected
from layers.cube.snapshot import Pairs, Snapshot
from layers.nodes import Node
from layers.question import Question
from layers.window import Window

LEVELS = ("country", "state", "district", "cluster")
INDIA = 0  # the one node of level country; no LGD code of a state or district is 0

Array = NDArray[Any]
Places = Mapping[int, Node]
# The cluster of each district, at level cluster.
Labels = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """Flows, as arrays.

    Where two windows are compared, every number but ``before`` is the window's less
    that of the days compared with.

    Attributes:
        codes: codes of every unit with anyone, rising (LGD; a cluster goes by its
            heaviest district's).
        totals: ``in``, ``out``, ``internal`` people of each of ``codes``.
        origins, destinations, people: pairs of different units with anyone.
        before: people of each pair on the days compared with; ``None`` without.
        total: people between different units.
        internal: people within one unit.
        edges_total: how many pairs of different units there are.
        first, last: the first and last day on which anyone travelled, where the
            window is open at that side, else the window's; ``None`` where the window
            has no day on that side.
        version: of the flows.
    """

    codes: Array
    totals: dict[str, Array]
    origins: Array
    destinations: Array
    people: Array
    before: Array | None
    total: int
    internal: int
    edges_total: int
    first: date | None
    last: date | None
    version: int

    @property
    def shown(self) -> int:
        """People on the listed pairs."""
        return int(self.people.sum())

    @property
    def hidden(self) -> int:
        """People on the pairs that are not listed."""
        return self.total - self.shown


def answer(
    cube: Snapshot, question: Question, places: Places, labels: Labels | None = None
) -> Counted:
    """Return the flows of a question, with the ``question.k`` largest pairs, in order.

    Conservation: ``total`` + ``internal`` is everyone asked; the listed pairs carry
    ``shown`` people, the others ``hidden``.
    """
    found = _counted(cube, question, places, labels)
    sums = found.sums
    ends = sums.origin_codes, sums.destination_codes
    top = largest(sums.ranking, question.k, first=ends[0], second=ends[1])
    return found.listed(top)


def counted(
    cube: Snapshot, question: Question, places: Places, labels: Labels | None = None
) -> Counted:
    """Return the flows of a question with every pair; ``k`` is not heeded.

    Args:
        cube: the flows.
        question: what is asked, by whom.
        places: the units of the level by code.
        labels: at level ``cluster``, the cluster of each district.
    """
    found = _counted(cube, question, places, labels)
    return found.listed(np.flatnonzero(found.sums.ranking))


def by_day(
    cube: Snapshot, question: Question, places: Places
) -> tuple[date | None, Array]:
    """Return everyone asked by day, whatever the window.

    The first day on which anyone travelled, and int64[days] from then to the last.
    """
    asked = wanted(cube, question, places)
    first, people = cube.by_day(asked, _cells(question))
    present = np.flatnonzero(people)
    if not len(present):
        return None, people[:0]
    return day_of(first + int(present[0])), people[present[0] : present[-1] + 1]


def wanted(cube: Snapshot, question: Question, places: Places) -> Array:
    """Return bool[pairs]: which pairs of the cube are asked."""
    units = _units(cube.pairs, question, None)
    return _asked(cube, question, places, units).mask


def last_days(cube: Snapshot, question: Question, places: Places, days: int) -> Window:
    """Return the window of so many days up to the last on which anyone travelled."""
    asked = wanted(cube, question, places)
    found = cube.extent(asked, _cells(question))
    if found is None:
        return question.window
    last = day_of(found[1])
    return Window(max(last - timedelta(days=days - 1), EPOCH), last)


def head(answer: Counted, question: Question) -> dict[str, Any]:
    """Return what an answer tells of itself: level, days and version."""
    versus = question.versus
    compared = {"versus": {"from": versus.first, "to": versus.last}} if versus else {}
    return {
        "level": question.level,
        "from": answer.first,
        "to": answer.last,
        "version": answer.version,
        **compared,
    }


@dataclass(frozen=True, slots=True)
class _Found:
    """Sums over a window, or over two, and when."""

    sums: Sums
    first: date | None
    last: date | None
    version: int

    def listed(self, at: Array) -> Counted:
        sums = self.sums
        present = np.flatnonzero(sums.present)
        present = present[np.argsort(sums.codes[present])]
        return Counted(
            codes=sums.codes[present],
            totals={name: each[present] for name, each in sums.totals.items()},
            origins=sums.origin_codes[at],
            destinations=sums.destination_codes[at],
            people=sums.people[at],
            before=None if sums.before is None else sums.before[at],
            total=sums.total,
            internal=sums.internal,
            edges_total=int(np.count_nonzero(sums.ranking)),
            first=self.first,
            last=self.last,
            version=self.version,
        )


def _counted(
    cube: Snapshot, question: Question, places: Places, labels: Labels | None
) -> _Found:
    units = _units(cube.pairs, question, labels)
    asked = _asked(cube, question, places, units)
    cells = _cells(question)
    people = _people(cube, asked, question.window, cells)
    before = _people(cube, asked, question.versus, cells) if question.versus else None
    first, last = _extent(cube, asked, question.window, cells)
    sums = summed(cube.pairs, asked, units, people=people, before=before)
    return _Found(sums, first, last, cube.version)


def _units(pairs: Pairs, question: Question, labels: Labels | None) -> Array:
    """Return int64[nodes], the code of each node's unit at the question's level."""
    if question.level == "country":
        return np.full(len(pairs.code), INDIA, dtype=np.int64)
    if question.level == "state":
        return pairs.state.astype(np.int64)
    if labels is None:
        return pairs.code.astype(np.int64)
    codes = pairs.code.tolist()
    return np.array([labels.get(code, code) for code in codes], dtype=np.int64)


def _asked(
    cube: Snapshot, question: Question, places: Places, units: Array
) -> Selected:
    boxed = inside(units, places, question)
    return selected(cube.pairs, question, units, boxed)


def _cells(question: Question) -> Array | None:
    return chosen(
        modes=question.modes, categories=question.categories, stages=question.stages
    )


def _people(
    cube: Snapshot, asked: Selected, window: Window, cells: Array | None
) -> Array:
    first, last = cube.span()
    first = max(first, day_number(max(window.first, EPOCH)))
    last = min(last, day_number(max(window.last, EPOCH)))
    if first > last or window.last < EPOCH:
        return np.zeros(asked.count, dtype=np.int32)
    return asked.of(cube.window(first, last, cells))


def _extent(
    cube: Snapshot, asked: Selected, window: Window, cells: Array | None
) -> tuple[date | None, date | None]:
    opened = window.first == date.min, window.last == date.max
    if not any(opened):
        return window.first, window.last
    found = cube.extent(asked.mask, cells)
    first, last = (None, None) if found is None else map(day_of, found)
    first = first if opened[0] else window.first
    last = last if opened[1] else window.last
    if first is not None and last is not None and first > last:
        # Everyone travelled before, or after: the open side has no day.
        return (None, last) if opened[0] else (first, None)
    return first, last
