"""Flows added up in plain Python, row by row, to hold answers over HTTP against."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from boundaries.scope import Scope
from movements.flow import FLOW_DAY

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the day roll-up."""

    origin: int
    destination: int
    day: date
    mode: str
    category: str
    status: str
    origin_state: int
    destination_state: int
    n: int

    def ends(self, level: str) -> Pair:
        """The units that it joins."""
        if level == "country":
            return 0, 0
        if level == "state":
            return self.origin_state, self.destination_state
        return self.origin, self.destination


def rows_of(db: Connection) -> list[Row]:
    """Every row of the day roll-up."""
    columns = [FLOW_DAY.c[name] for name in Row.__dataclass_fields__]
    return [Row(*row) for row in db.execute(select(*columns))]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what; filters as in the address."""

    scope: Scope
    level: str
    filters: Mapping[str, str | list[str]]

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that are asked, of whatever day."""
        return [row for row in rows if self._seen(row) and self._kept(row)]

    def summed(self, rows: Iterable[Row], first: date, last: date) -> Counter[Pair]:
        """People by pair of units from day to day, units with themselves included."""
        people: Counter[Pair] = Counter()
        for row in self.of(rows):
            if first <= row.day <= last:
                people[row.ends(self.level)] += row.n
        return people

    def _owned(self, row: Row) -> tuple[bool, bool]:
        if self.scope.districts is not None:
            mine = self.scope.districts
            return row.origin in mine, row.destination in mine
        if self.scope.states is not None:
            mine = self.scope.states
            return row.origin_state in mine, row.destination_state in mine
        return True, True

    def _seen(self, row: Row) -> bool:
        return any(self._owned(row)) and self._towards(row)

    def _towards(self, row: Row) -> bool:
        ends = self._owned(row)
        if "unit" in self.filters:
            ends = tuple(
                each == int(self.filters["unit"]) for each in row.ends(self.level)
            )
        asked = {"in": ends[1], "out": ends[0], "both": any(ends)}
        return asked[self.filters.get("direction", "both")]

    def _kept(self, row: Row) -> bool:
        stages = self.filters.get("stage", [])
        counted = row.status in stages if stages else row.status != "cancelled"
        return (
            counted
            and row.mode in self.filters.get("mode", [row.mode])
            and row.category in self.filters.get("category", [row.category])
        )
