"""Rows of a portal matched to our districts; what cannot be matched is told.

By LGD code, or by name and state as ``boundaries.lookup`` has them; never by likeness.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from boundaries.errors import AmbiguousUnit, UnknownUnit
from boundaries.gazetteer import Gazetteer
from boundaries.names import number
from layers.errors import BadAnswer
from layers.portal import CODE, DATE, DISTRICT, Portal, Row, Sheet
from layers.portal_cells import SHORT, Told, Unusable, short

FAULTS_KEPT = 100

Fault = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Value:
    """What the newest row of a district tells."""

    code: int
    day: date | None
    counts: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """What an answer tells of districts.

    Attributes:
        values: one for each district, of its newest day.
        rows: how many there were.
        faults: the first of those that could not be used, and why.
        unmatched: how many could not.
    """

    values: Sequence[Value]
    rows: int
    faults: Sequence[Fault]
    unmatched: int

    @property
    def data_date(self) -> date | None:
        """The newest day, where the source tells days."""
        return max((each.day for each in self.values if each.day), default=None)


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer's rows are read.

    Attributes:
        portal: what is read.
        fields: our names of columns, and the source's where they differ.
        units: the districts in force.
        today: in India; what is of a later day is a mistake.
        date_format: of days, as ``strptime`` knows it; ISO 8601 by default.
    """

    portal: Portal
    fields: Mapping[str, str]
    units: Gazetteer
    today: date
    date_format: str | None = None


def matched(sheet: Sheet, reading: Reading) -> Matched:
    """Return what the rows of an answer tell of districts.

    Raises:
        BadAnswer: a column is missing, or no row can be used.
    """
    columns = _columns(sheet.columns, reading)
    found = _Found()
    for told, read in _read(sheet.rows, columns, reading):
        found.rows += 1
        why = str(read) if isinstance(read, Unusable) else found.take(read)
        if why:
            found.refuse(told.place, why)
    values = found.told()
    if not values:
        first = next((f"; row {f['row']}: {f['why']}" for f in found.faults), "")
        raise BadAnswer(f"none of its {found.rows} rows can be used{first}")
    return Matched(values, found.rows, found.faults, found.unmatched)


@dataclass(slots=True)
class _Found:
    """The values so far."""

    newest: dict[int, Value] = field(default_factory=dict)
    twice: set[tuple[int, date | None]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    unmatched: int = 0
    rows: int = 0

    def take(self, value: Value) -> str:
        """Keep a value unless a newer one is there; return what is wrong with it."""
        known = self.newest.get(value.code)
        if known is not None and known.day == value.day:
            self.twice.add((value.code, value.day))
            return "this district and day stand in another row too"
        if known is None or (value.day and known.day and value.day > known.day):
            self.newest[value.code] = value
        return ""

    def refuse(self, place: tuple[str, ...], why: str) -> None:
        """Note a row that cannot be used; beyond the first hundred they are counted."""
        self.unmatched += 1
        if len(self.faults) < FAULTS_KEPT:
            where = ", ".join(short(part) for part in place if part)
            self.faults.append({"row": self.rows, "place": where, "why": why})

    def told(self) -> list[Value]:
        """Return the values, without those that stand twice."""
        # Which of two is right is not ours to say.
        every = self.newest.values()
        kept = [each for each in every if (each.code, each.day) not in self.twice]
        self.unmatched += len(every) - len(kept)
        return kept


def _columns(there: frozenset[str], reading: Reading) -> dict[str, str]:
    """Return the source's name of each of our columns that it has."""
    columns = {}
    for ours in reading.portal.columns:
        theirs = reading.fields.get(ours, ours)
        if theirs in there:
            columns[ours] = theirs
        elif ours in reading.fields or ours == reading.portal.needed:
            raise _no_column(repr(theirs), there)
    if not {CODE, DISTRICT} & set(columns):
        raise _no_column(f"{CODE!r} or {DISTRICT!r}", there)
    return columns


def _no_column(name: str, there: frozenset[str]) -> BadAnswer:
    have = ", ".join(sorted(map(short, there))[:30]) or "none"
    return BadAnswer(f"it has no column {name} (--field names another); it has {have}")


def _read(
    rows: Iterable[Row], columns: Mapping[str, str], reading: Reading
) -> Iterator[tuple[Told, Value | Unusable]]:
    # Near names are guesses, and dear: nobody reads them here.
    units = replace(reading.units, suggesting=False)
    known: dict[tuple[str, str, str], int | Unusable] = {}
    for row in rows:
        told = Told(row, columns)
        if told.place not in known:
            known[told.place] = _district(units, *told.place)
        code = known[told.place]
        if isinstance(code, Unusable):
            yield told, code
        else:
            yield told, _value(told, code, reading)


def _value(told: Told, code: int, reading: Reading) -> Value | Unusable:
    portal, day = reading.portal, None
    try:
        counts = {n: told.count(n) for n in portal.counts if n in told.columns}
        if DATE in told.columns:
            day = told.day(form=reading.date_format, today=reading.today)
    except Unusable as wrong:
        return wrong
    if counts[portal.needed] is None:
        return Unusable(f"{portal.needed} is empty")
    return Value(code, day, counts)


def _district(units: Gazetteer, code: str, name: str, state: str) -> int | Unusable:
    if code and number(code) is None:
        return Unusable(f"the code is {code[:SHORT]!r}; allowed: an LGD code")
    if not (code or name):
        return Unusable("it names no district")
    try:
        within = units.state(state) if state else None
        return units.district(code or name, state=within)
    except (UnknownUnit, AmbiguousUnit) as error:
        return Unusable(str(error)[: 4 * SHORT])
