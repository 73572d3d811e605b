"""What flows should be: PostgreSQL's own sums of the day roll-up, as SQL has them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from boundaries.lookup import gazetteer
from boundaries.version import bump, versions
from layers.nodes import labels, nodes
from layers.pairs import moves, pairs
from layers.question import Question
from layers.window import Window
from movements.flow import FLOW_DAY, FLOW_DELTA

KEY = [column.name for column in FLOW_DAY.primary_key.columns]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Truth:
    """People by pair of units, units with themselves included; and those before."""

    people: Counter[Pair]
    before: Counter[Pair] | None

    @property
    def difference(self) -> dict[Pair, int]:
        """The window's less the others', of every pair with anyone in either."""
        before = self.before or Counter()
        return {
            pair: self.people[pair] - before[pair] for pair in {*self.people, *before}
        }

    @property
    def edges(self) -> list[tuple[Pair, int]]:
        """Pairs of different units, the largest first, ties by code."""
        moved = [
            (pair, n) for pair, n in self.difference.items() if n and pair[0] != pair[1]
        ]
        return sorted(moved, key=lambda item: (-abs(item[1]), item[0]))

    @property
    def internal(self) -> int:
        """People within one unit."""
        return sum(n for pair, n in self.difference.items() if pair[0] == pair[1])

    @property
    def everyone(self) -> int:
        """All people asked."""
        return sum(self.difference.values())

    def node(self, code: int) -> tuple[int, int, int]:
        """In, out, and internal of a unit."""
        came = sum(n for (o, d), n in self.difference.items() if d == code != o)
        went = sum(n for (o, d), n in self.difference.items() if o == code != d)
        return came, went, self.difference.get((code, code), 0)

    @property
    def codes(self) -> list[int]:
        """Every unit with anyone, on whichever days."""
        there = self.people | (self.before or Counter())
        return sorted({code for pair in there for code in pair})


def change(db: Connection, rows: Iterable[dict[str, Any]]) -> int:
    """Add rows as a later batch does: rolled up, swept, told; the version they make."""
    districts = gazetteer(db).districts
    filled = [
        row
        | {
            "origin_state": districts[row["origin"]].state_code,
            "destination_state": districts[row["destination"]].state_code,
        }
        for row in rows
    ]
    db.execute(select(func.pg_notify("nmis_flows", "")))
    version = bump(db, "flows")
    if filled:
        added = upsert(FLOW_DAY)
        added = added.on_conflict_do_update(
            index_elements=KEY, set_={"n": FLOW_DAY.c.n + added.excluded.n}
        )
        db.execute(added, filled)
        db.execute(delete(FLOW_DAY).where(FLOW_DAY.c.n == 0))
        db.execute(insert(FLOW_DELTA), [row | {"version": version} for row in filled])
    return version


def truth(db: Connection, asked: Question) -> Truth:
    """The flows of a question at any level, straight from the rows."""
    before = _summed(db, asked, asked.versus) if asked.versus else None
    return Truth(_summed(db, asked, asked.window), before)


def everyone(db: Connection, asked: Question) -> int:
    """How many people are asked, in one sum."""
    row = moves().subquery("row")
    values = _plain(asked, asked.window).parameters()
    return db.execute(select(func.sum(row.c.n)), values).scalar_one() or 0


def _plain(asked: Question, window: Window) -> Question:
    """The same for the two levels that SQL sums to."""
    level = "state" if asked.level in ("state", "country") else "district"
    return replace(asked, level=level, window=window, bbox=None)


def _summed(db: Connection, asked: Question, window: Window) -> Counter[Pair]:
    rows = db.execute(pairs(), _plain(asked, window).parameters()).all()
    version = versions(db)["boundaries"]
    places = nodes(db, asked, version=version)
    clusters = labels(db, asked, version=version) or {}
    people: Counter[Pair] = Counter()
    for origin, destination, n in rows:
        pair = (0, 0)
        if asked.level != "country":
            pair = (
                clusters.get(origin, origin),
                clusters.get(destination, destination),
            )
        if asked.bbox is None or any(
            _in_box(places.get(at), asked.bbox) for at in pair
        ):
            people[pair] += n
    return people


def _in_box(place, box) -> bool:
    if place is None or place.lon is None:
        return False
    west, south, east, north = box
    return west <= place.lon <= east and south <= place.lat <= north
