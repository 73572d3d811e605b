"""Pairs of districts, summed to pairs of units, and every unit's totals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cube.selection import Selected
from layers.cube.snapshot import Pairs

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by unit and by pair of units; pairs without anyone may be among them.

    Attributes:
        codes: int64[units], each once.
        present: bool[units], whether anyone starts or ends there.
        totals: ``in``, ``out``, ``internal`` of each unit, int64.
        origin, destination: intp[pairs], where in ``codes``.
        people: int[pairs], the window's less those of the days compared with.
        before: int[pairs], on the days compared with; ``None`` without.
        ranking: ``people``, zero for pairs of a unit with itself.
        total: people between different units.
        internal: people within one unit.
    """

    codes: Array
    present: Array
    totals: dict[str, Array]
    origin: Array
    destination: Array
    people: Array
    before: Array | None
    ranking: Array
    total: int
    internal: int

    @property
    def origin_codes(self) -> "Codes":
        """The code of each pair's origin, looked up where it is asked."""
        return Codes(self.codes, self.origin)

    @property
    def destination_codes(self) -> "Codes":
        """The code of each pair's destination, looked up where it is asked."""
        return Codes(self.codes, self.destination)


@dataclass(frozen=True, slots=True)
class Order:
    """How to sum an array over pairs by unit, in whole runs.

    Attributes:
        same: intp[...], which pairs join a unit with itself.
        alone: intp[...], which unit each of these is.
        starts: intp[...], where each origin's run of pairs begins; ``None`` where
            the pairs do not go by origin.
        starting: intp[...], which unit each run is.
    """

    same: Array
    alone: Array
    starts: Array | None
    starting: Array


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes by place; of half a million pairs only the listed are ever needed."""

    codes: Array
    place: Array

    def __getitem__(self, at: Array) -> Array:
        """Return the codes at some places."""
        found: Array = self.codes[self.place[at]]
        return found


def summed(
    pairs: Pairs, asked: Selected, units: Array, *, people: Array, before: Array | None
) -> Sums:
    """Return the sums of counts over the asked pairs.

    Args:
        pairs: all pairs of nodes.
        asked: which of them are counted.
        units: int64[nodes], the code of each node's unit.
        people: int[asked], on the days of the window.
        before: int[asked], on the days compared with, where there are any.
    """
    codes, place = _places(pairs, units)
    if len(codes) == len(units):
        return _summed(units, *_between_nodes(pairs, asked), people, before)
    key = _key(pairs, asked, place, len(codes))
    people, before, kept = _merged(key, people, before, cells=len(codes) ** 2)
    ends = _Ends(kept // len(codes), kept % len(codes))
    return _summed(codes, ends, ends.order(), people, before)


@dataclass(frozen=True, slots=True)
class _Ends:
    """intp[pairs], where each pair's origin and destination stand among units."""

    origin: Array
    destination: Array

    def order(self) -> Order:
        same = np.flatnonzero(self.origin == self.destination)
        steps = np.diff(self.origin, prepend=-1)
        starts = np.flatnonzero(steps)
        inorder = not (steps < 0).any()
        return Order(
            same, self.origin[same], starts if inorder else None, self.origin[starts]
        )


def _places(pairs: Pairs, units: Array) -> tuple[Array, Array]:
    """Return each unit once, rising, and where among them each node's is."""

    def made() -> tuple[Array, Array]:
        codes, place = np.unique(units, return_inverse=True)
        return codes, place

    kept: tuple[Array, Array] = pairs.kept.of(("units", units.tobytes()), made)
    return kept


def _between_nodes(pairs: Pairs, asked: Selected) -> tuple[_Ends, Order]:
    """Return the ends of the asked pairs, each node a unit of its own."""

    def made() -> tuple[_Ends, Order]:
        ends = _Ends(asked.of(pairs.origin), asked.of(pairs.destination))
        return ends, ends.order()

    if asked.key is None:
        return made()
    kept: tuple[_Ends, Order] = pairs.kept.of(("ends", asked.key), made)
    return kept


def _key(pairs: Pairs, asked: Selected, place: Array, units: int) -> Array:
    """Return intp[asked]: origin and destination unit as one number."""

    def made() -> Array:
        ends = place[asked.of(pairs.origin)], place[asked.of(pairs.destination)]
        return ends[0] * units + ends[1]

    if asked.key is None:
        return made()
    key: Array = pairs.kept.of(("key", asked.key, place.tobytes()), made)
    return key


def _merged(
    key: Array, people: Array, before: Array | None, *, cells: int
) -> tuple[Array, Array | None, Array]:
    """Return the sums by key and the keys, where either count is of anyone."""
    total = np.bincount(key, people, cells).astype(np.int64)
    if before is None:
        kept = np.flatnonzero(total)
        return total[kept], None, kept
    earlier = np.bincount(key, before, cells).astype(np.int64)
    kept = np.flatnonzero((total != 0) | (earlier != 0))
    return total[kept], earlier[kept], kept


def _summed(
    codes: Array, ends: _Ends, order: Order, people: Array, before: Array | None
) -> Sums:
    totals = _totals(ends, order, people, len(codes))
    present = _anyone(totals)
    if before is not None:
        earlier = _totals(ends, order, before, len(codes))
        people = people.astype(np.int64) - before
        present |= _anyone(earlier)
        totals = {name: totals[name] - earlier[name] for name in totals}
    ranking = people.copy()
    ranking[order.same] = 0
    return Sums(
        codes=codes,
        present=present,
        totals=totals,
        origin=ends.origin,
        destination=ends.destination,
        people=people,
        before=before,
        ranking=ranking,
        total=int(totals["out"].sum()),
        internal=int(totals["internal"].sum()),
    )


def _totals(ends: _Ends, order: Order, people: Array, units: int) -> dict[str, Array]:
    # bincount sums in float64: exact to 2^53, far above any count.
    weight = people.astype(np.float64)
    ending = np.bincount(ends.destination, weight, units).astype(np.int64)
    if order.starts is None or not len(people):
        starting = np.bincount(ends.origin, weight, units).astype(np.int64)
    else:  # a third of the time
        starting = np.zeros(units, dtype=np.int64)
        starting[order.starting] = np.add.reduceat(people, order.starts)
    inside = np.zeros(units, dtype=np.int64)
    inside[order.alone] = people[order.same]
    return {"in": ending - inside, "out": starting - inside, "internal": inside}


def _anyone(totals: dict[str, Array]) -> Array:
    found: Array = np.logical_or.reduce([each != 0 for each in totals.values()])
    return found
