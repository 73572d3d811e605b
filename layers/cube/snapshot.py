"""The cube at a version: the base, and what happened since, as one immutable value."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries.recent import Recent
from layers.cube.base import CODES, NODES, Base, node_keys, pair_keys
from layers.cube.cells import LIVE
from layers.cube.rows import Later, Rows

Array = NDArray[Any]

# Selections of pairs that are remembered; a nationwide one is 4 MB, a state's 0.3.
SELECTIONS_KEPT = 32


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which districts move people to which: nodes and pairs of them.

    Attributes:
        code: int16[nodes], LGD codes of districts.
        state: int16[nodes], LGD codes of their states.
        origin: intp[pairs], a node.
        destination: intp[pairs], a node.
        kept: what was derived from these pairs, to be reused.
    """

    code: Array
    state: Array
    origin: Array
    destination: Array
    kept: Recent[Any] = field(default_factory=lambda: Recent(SELECTIONS_KEPT))

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.origin)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Deltas since the base, by day: aligned arrays.

    Attributes:
        day: int16, since ``rows.EPOCH``, rising.
        pair: intp, where in ``Pairs``.
        cell: uint8.
        n: int32, people; below zero where some went.
    """

    day: Array
    pair: Array
    cell: Array
    n: Array


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The flows at a version, exact; shared by threads, never changed."""

    base: Base
    pairs: Pairs
    overlay: Overlay
    version: int

    @property
    def epoch(self) -> int:
        """Of which history."""
        return self.base.epoch

    def window(self, first: int, last: int, cells: Array | None) -> Array:
        """Return int32[pairs], the people from day to day, both inclusive.

        Args:
            first: day since ``rows.EPOCH``.
            last: the same.
            cells: bool[cells], which are asked; ``None`` for all that count.
        """
        counts = self.base.window(first, last, cells)
        more = len(self.pairs) - len(counts)
        if more:
            counts = np.concatenate([counts, np.zeros(more, dtype=np.int32)])
        days = self.overlay.day
        at = slice(
            int(np.searchsorted(days, first)),
            int(np.searchsorted(days, last, side="right")),
        )
        if at.start < at.stop:
            np.add.at(counts, self.overlay.pair[at], self._added(at, cells))
        return counts

    def by_day(self, wanted: Array, cells: Array | None) -> tuple[int, Array]:
        """Return the first day there is and int64[days], the people of each day.

        Args:
            wanted: bool[pairs].
            cells: as of ``window``.
        """
        first, last = self.span()
        table, slots = self.base.counted(wanted[: self.base.pairs], cells)
        total = np.zeros(last - first + 1, dtype=np.int64)
        begin = self.base.first_day - first if table.days else 0
        total[begin : begin + table.days] = table.by_day(slots)
        here = wanted[self.overlay.pair]
        added = self._added(slice(None), cells)
        np.add.at(total, self.overlay.day[here].astype(np.intp) - first, added[here])
        return first, total

    def extent(self, wanted: Array, cells: Array | None) -> tuple[int, int] | None:
        """Return the first and the last day on which any of the wanted travelled.

        Args:
            wanted: bool[pairs].
            cells: as of ``window``.
        """
        first, last = self.span()
        table, slots = self.base.counted(wanted[: self.base.pairs], cells)
        here = wanted[self.overlay.pair]
        day, added = self.overlay.day[here], self._added(slice(None), cells)[here]

        def anyone(at: int) -> bool:
            index = at - self.base.first_day
            of_base = table.on_day(index, slots) if 0 <= index < table.days else 0
            part = slice(*np.searchsorted(day, (at, at + 1)))
            return bool(of_base + int(added[part].sum()))

        begin = next(filter(anyone, range(first, last + 1)), None)
        if begin is None:
            return None
        return begin, next(filter(anyone, range(last, begin - 1, -1)))

    def span(self) -> tuple[int, int]:
        """Return the first and the last day of any row; reversed if there is none."""
        days = self.base.live.days
        ends = [self.base.first_day, self.base.first_day + days - 1] if days else []
        if len(self.overlay.day):
            ends += [int(self.overlay.day[0]), int(self.overlay.day[-1])]
        return (min(ends), max(ends)) if ends else (0, -1)

    def _added(self, at: slice, cells: Array | None) -> Array:
        cell, n = self.overlay.cell[at], self.overlay.n[at]
        return np.where(cell < LIVE if cells is None else cells[cell], n, 0)


def begun(base: Base) -> Snapshot:
    """Return a base's own snapshot, with nothing on top."""
    pairs = Pairs(
        base.code,
        base.state,
        base.origin.astype(np.intp),
        base.destination.astype(np.intp),
    )
    nothing = Overlay(
        np.array([], np.int16),
        np.array([], np.intp),
        np.array([], np.uint8),
        np.array([], np.int32),
    )
    return Snapshot(base, pairs, nothing, base.version)


def grown(snapshot: Snapshot, later: Later) -> Snapshot:
    """Return the snapshot with later deltas on top; new pairs come last."""
    rows = later.rows
    if not len(rows.n):
        return replace(snapshot, version=later.version)
    pairs, pair = _joined(snapshot.pairs, rows)
    before = snapshot.overlay
    day = np.concatenate([before.day, rows.day])
    order = np.argsort(day, kind="stable")
    overlay = Overlay(
        day[order],
        np.concatenate([before.pair, pair])[order],
        np.concatenate([before.cell, rows.cell])[order],
        np.concatenate([before.n, rows.n])[order],
    )
    return Snapshot(snapshot.base, pairs, overlay, later.version)


def _joined(pairs: Pairs, rows: Rows) -> tuple[Pairs, Array]:
    """Return the pairs with those of the rows, and where each row's pair stands."""
    starts = node_keys(rows.origin_state, rows.origin)
    ends = node_keys(rows.destination_state, rows.destination)
    nodes, at = _numbered(
        node_keys(pairs.state, pairs.code), np.concatenate([starts, ends])
    )
    keys, pair = _numbered(
        pair_keys(pairs.origin, pairs.destination),
        pair_keys(at[: len(starts)], at[len(starts) :]),
    )
    if len(keys) == len(pairs):
        return pairs, pair
    new_nodes, new = nodes[len(pairs.code) :], keys[len(pairs) :]
    joined = Pairs(
        np.concatenate([pairs.code, (new_nodes % CODES).astype(np.int16)]),
        np.concatenate([pairs.state, (new_nodes // CODES).astype(np.int16)]),
        np.concatenate([pairs.origin, (new // NODES).astype(np.intp)]),
        np.concatenate([pairs.destination, (new % NODES).astype(np.intp)]),
    )
    return joined, pair


def _numbered(known: Array, asked: Array) -> tuple[Array, Array]:
    """Return the known keys with new ones after them, and each asked key's place."""
    order = np.argsort(known, kind="stable")  # they are nearly in order: a merge
    ordered = known[order]
    there = _found(ordered, asked)
    new = np.unique(asked[~there])
    place = np.empty(len(asked), dtype=np.intp)
    place[there] = order[np.searchsorted(ordered, asked[there])]
    place[~there] = len(known) + np.searchsorted(new, asked[~there])
    return np.concatenate([known, new]), place


def _found(ordered: Array, asked: Array) -> Array:
    if not len(ordered):
        return np.zeros(len(asked), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, asked), len(ordered) - 1)
    found: Array = ordered[at] == asked
    return found
