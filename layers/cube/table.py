"""Counts per slot and day, with cumulative counts at some of the days.

A slot is a pair of districts, or a pair with its cell. People up to a day are the
nearest stored cumulative counts and the few rows between; a window is the difference
of two such sums. So its cost follows the number of slots, not of people or days.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by day, and within a day by slot; each slot stands once in a day.

    Attributes:
        start: int64[days + 1], where each day's rows begin.
        slot: int32[rows].
        n: int16 or int32[rows], people.
        check_day: int32[checks], rising: up to which day, itself included.
        check: int32[checks, slots], the people up to then.
    """

    start: Array
    slot: Array
    n: Array
    check_day: Array
    check: Array

    @property
    def days(self) -> int:
        """How many days there are."""
        return len(self.start) - 1

    def window(self, first: int, last: int, *, lo: int, hi: int) -> Array:
        """Return int32[hi - lo], the people of some slots from day to day.

        Args:
            first: index of the first day.
            last: index of the last day, itself included.
            lo: the first slot.
            hi: the slot after the last.
        """
        first, last = max(first, 0), min(last, self.days - 1)
        if first > last:
            return np.zeros(hi - lo, dtype=np.int32)
        if self._rows(first, last + 1) <= self.check.shape[1]:
            counts: Array = np.zeros(hi - lo, dtype=np.int32)
            self._add(counts, first, last + 1, lo=lo, hi=hi)
            return counts
        return self._between(first, last, lo=lo, hi=hi)

    def _between(self, first: int, last: int, *, lo: int, hi: int) -> Array:
        counts: Array
        end, begin = self._nearest(last), self._nearest(first - 1)
        counts = self._check(end, lo, hi) - self._check(begin, lo, hi)
        self._move(counts, end, last, lo=lo, hi=hi)
        self._move(counts, begin, first - 1, lo=lo, hi=hi, sign=-1)
        return counts

    def by_day(self, wanted: Array) -> Array:
        """Return int64[days], the people of the wanted slots on each day.

        Args:
            wanted: bool[slots].
        """
        kept = np.where(wanted[self.slot], self.n, 0)
        total = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])
        people: Array = total[self.start[1:]] - total[self.start[:-1]]
        return people

    def on_day(self, day: int, wanted: Array) -> int:
        """Return the people of the wanted slots on one day; bool[slots]."""
        rows = slice(int(self.start[day]), int(self.start[day + 1]))
        return int(self.n[rows][wanted[self.slot[rows]]].sum())

    def _rows(self, first: int, after: int) -> int:
        return abs(int(self.start[after] - self.start[first]))

    def _nearest(self, day: int) -> int:
        """Return the check with the fewest rows to a day; -1 is before all days."""
        below = int(np.searchsorted(self.check_day, day, side="right")) - 1
        near = [-1, *(at for at in (below, below + 1) if 0 <= at < len(self.check_day))]
        return min(near, key=lambda at: self._rows(self._day_of(at) + 1, day + 1))

    def _day_of(self, check: int) -> int:
        return -1 if check < 0 else int(self.check_day[check])

    def _check(self, check: int, lo: int, hi: int) -> Array:
        if check < 0:
            return np.zeros(hi - lo, dtype=np.int32)
        stored: Array = self.check[check, lo:hi]
        return stored

    def _move(
        self, counts: Array, check: int, day: int, *, lo: int, hi: int, sign: int = 1
    ) -> None:
        at = self._day_of(check)
        if at <= day:
            self._add(counts, at + 1, day + 1, lo=lo, hi=hi, sign=sign)
        else:
            self._add(counts, day + 1, at + 1, lo=lo, hi=hi, sign=-sign)

    def _add(
        self,
        counts: Array,
        first: int,
        after: int,
        *,
        lo: int,
        hi: int,
        sign: int = 1,
    ) -> None:
        # With these types `at` goes without a copy of the counts: a third of the time.
        change = np.add if sign > 0 else np.subtract
        for rows in self._parts(first, after, lo=lo, hi=hi):
            slot = self.slot[rows].astype(np.intp)
            change.at(counts, slot - lo if lo else slot, self.n[rows].astype(np.int32))

    def _parts(self, first: int, after: int, *, lo: int, hi: int) -> Iterator[slice]:
        """Yield runs of rows that hold just some slots on some days."""
        if hi - lo == self.check.shape[1]:
            yield slice(int(self.start[first]), int(self.start[after]))
            return
        for day in range(first, after):
            begin, end = int(self.start[day]), int(self.start[day + 1])
            low, high = np.searchsorted(self.slot[begin:end], (lo, hi))
            yield slice(begin + int(low), begin + int(high))


def tabulated(
    slot: Array, day: Array, n: Array, *, slots: int, days: int, spacing: float
) -> dict[str, Array]:
    """Return the arrays of a ``Table`` over rows in any order.

    Args:
        slot: int[rows], 0 to ``slots`` - 1.
        day: int[rows], 0 to ``days`` - 1.
        n: people of each row; rows of one slot and day are added.
        slots: how many slots there are.
        days: how many days there are.
        spacing: a check follows this part of ``slots`` rows.
    """
    key = day.astype(np.int64) * slots + slot
    order = np.argsort(key, kind="stable")
    key, n = key[order], n[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    total = np.add.reduceat(n, first) if len(n) else n
    key, total = key[first][total != 0], total[total != 0]
    slot, day = key % slots if slots else key, key // slots if slots else key
    start = np.searchsorted(day, np.arange(days + 1))
    made: dict[str, Array] = {
        "start": start.astype(np.int64),
        "slot": slot.astype(np.int32),
        "n": _narrow(total),
    }
    return made | _checks(made, slots=slots, spacing=spacing)


def _narrow(people: Array) -> Array:
    small = not len(people) or np.abs(people).max() <= np.iinfo(np.int16).max
    return people.astype(np.int16 if small else np.int32)


def _checks(
    rows: Mapping[str, Array], *, slots: int, spacing: float
) -> dict[str, Array]:
    least = max(1, int(slots * spacing))
    so_far = np.zeros(slots, dtype=np.int32)
    days, checks, since = [], [], 0
    for day in range(len(rows["start"]) - 1):
        part = slice(rows["start"][day], rows["start"][day + 1])
        so_far[rows["slot"][part]] += rows["n"][part]
        since += part.stop - part.start
        if since >= least:
            days.append(day)
            checks.append(so_far.copy())
            since = 0
    stacked = np.array(checks, dtype=np.int32).reshape(len(checks), slots)
    return {"check_day": np.array(days, dtype=np.int32), "check": stacked}
