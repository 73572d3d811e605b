"""One journey more, everybody else known: how likely does anything change?

On the atoms, for many; ``again.py`` does the same through HTTP for a few. Probability
is over the key, so a worst cell is tried with a new key each time.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from movements.release.draw import ReleaseKey, drawn, rounded
from movements.release.levels import CATEGORIES, FLOWS, Level
from movements.release.partition import partition

PAIR = ["week", "origin_state", "destination_state"]


@dataclass(frozen=True, slots=True)
class Changed:
    """How often something changed.

    Attributes:
        of: journeys added, each by itself.
        flows: a published atom of flows changed.
        any: of flows or categories.
    """

    of: int
    flows: int
    any: int


def at_random(counts: pl.DataFrame, key: ReleaseKey, *, people: int, seed: int):
    """Add journeys beside others drawn at random; return ``Changed``."""
    rows = counts.sample(people, seed=seed, with_replacement=True)
    beside = counts.join(rows.select(PAIR).unique(), on=PAIR, how="semi")
    groups = dict(beside.group_by(PAIR))
    rest = dict(_left_for_country(counts, key))
    kinds = _Kinds.of(counts)
    flows = both = 0
    for row in rows.iter_rows(named=True):
        group = groups[tuple(row[name] for name in PAIR)]
        changed = _flows_change(group, row, key, rest.get(row["week"], 0))
        flows += changed
        both += changed or kinds.change(row, key)
    return Changed(people, flows, both)


# Where a change is likeliest, found by trying all such places: five journeys in a cell,
# by themselves, and seven more of the pair of states that are told of by the week.
WORST = ((1, 5), (2, 4), (3, 3))


def at_worst(counts: pl.DataFrame, *, keys: int, seed: int) -> Changed:
    """Add a journey where a change is likeliest, each time by another key.

    With the sixth it may reach the threshold of each level.
    """
    kinds = _Kinds.of(counts)
    flows = both = 0
    for row in counts.sample(keys, seed=seed, with_replacement=True).iter_rows(
        named=True
    ):
        ends = [{"destination": at, "n": n} for at, n in WORST]
        group = pl.DataFrame([row | each for each in ends], schema=counts.schema)
        key = ReleaseKey("worst", os.urandom(32))
        changed = _flows_change(group, group.row(0, named=True), key, None)
        flows += changed
        both += changed or kinds.change(row, key)
    return Changed(keys, flows, both)


def by_rounding(key: ReleaseKey, people: int) -> float:
    """Return how often one more changes a count that is rounded by the key alone."""
    level = FLOWS[0]
    names = pl.DataFrame({name: [name] * people for name in level.by}).with_columns(
        destination=pl.int_range(people)
    )
    _, roundings = drawn(key, level, names, counters=np.zeros(people, dtype=np.int64))
    counts = np.arange(people, dtype=np.int64) % 30
    changed = rounded(counts, roundings) != rounded(counts + 1, roundings)
    return float(changed.mean())


def _flows_change(
    group: pl.DataFrame, row: dict, key: ReleaseKey, left: int | None
) -> bool:
    added = pl.DataFrame([row | {"n": 1}], schema=group.schema)
    before, after = (
        partition(each, FLOWS[:-1], key=key)
        for each in (group, pl.concat([group, added]))
    )
    if any(
        not one.shown.select(*one.level.by, "n").equals(
            two.shown.select(*two.level.by, "n")
        )
        for one, two in zip(before, after, strict=True)
    ):
        return True
    if left is None:  # the group is alone in its week
        left = int(group["n"].sum()) - _placed(before)
    more = 1 + _placed(before) - _placed(after)
    week = {"week": row["week"]}
    return _told(FLOWS[-1], week, left, key) != _told(FLOWS[-1], week, left + more, key)


def _placed(made) -> int:
    return sum(int(each.rows["people"].sum()) for each in made)


def _told(level: Level, name: dict, count: int, key: ReleaseKey) -> int:
    """Return what is published of one count."""
    row = pl.DataFrame([name])
    thresholds, roundings = drawn(key, level, row, counters=np.zeros(1, dtype=np.int64))
    if count < thresholds[0]:
        return 0
    return int(rounded(np.array([count]), roundings, level.base)[0])


def _left_for_country(
    counts: pl.DataFrame, key: ReleaseKey
) -> Iterator[tuple[object, int]]:
    made = partition(counts, FLOWS[:-1], key=key)
    told = pl.concat([each.rows.select("week", "people") for each in made])
    placed = dict(told.group_by("week").agg(pl.col("people").sum()).iter_rows())
    for week, n in counts.group_by("week").agg(pl.col("n").sum()).iter_rows():
        yield week, n - placed.get(week, 0)


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Journeys by week, state and category."""

    by_state: dict[tuple, int]

    @staticmethod
    def of(counts: pl.DataFrame) -> "_Kinds":
        by = CATEGORIES[0].by
        sums = counts.group_by(by).agg(pl.col("n").sum()).iter_rows()
        return _Kinds({row[:-1]: row[-1] for row in sums})

    def change(self, row: dict, key: ReleaseKey) -> bool:
        """Return whether one more changes what is told of categories."""
        (of_state,) = CATEGORIES
        name = {each: row[each] for each in of_state.by}
        count = self.by_state[tuple(name.values())]
        told = [_told(of_state, name, each, key) for each in (count, count + 1)]
        return told[0] != told[1]
