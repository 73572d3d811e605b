"""The cells below a sheet's header, as texts by column, and what is odd about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from movements.body import MAX_BYTES
from movements.cell_text import is_shortened, text
from movements.columns import NAMES
from movements.errors import UploadTooLarge
from movements.grid import CellFault, Grid, Note
from movements.header import few, once
from movements.xlsx_marks import Place
from movements.xlsx_sheets import Merged

_DAY_FIRST = re.compile(r"\s*(\d{1,2})[/-]\d{1,2}[/-]\d{4}\s*")
_MONTHS = 12
# Their rules know a number that has lost digits by its form.
_NUMBERS = ("mobile", "aadhaar")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's cells.

    Attributes:
        names: the folded header.
        rows: the values below it.
        at: row and column of the first of these in the sheet, from 0.
        marks: faults by row and column of the sheet.
        merged: ranges of merged cells of the sheet.
    """

    names: list[str]
    rows: Sequence[Sequence[object]]
    at: Place
    marks: Mapping[Place, str]
    merged: Merged


def filled(table: Table, *, most: int, notes: Sequence[Note] = ()) -> Grid:
    """Return the rows that hold anything.

    Raises:
        BadColumns: a column stands twice.
        UploadTooLarge: more columns, rows or text than is taken.
    """
    named = [name for name in table.names if name]
    few(len(named))
    once(named)
    marked = {row for row, _ in table.marks}
    kept = [
        at
        for at, row in enumerate(table.rows)
        if any(cell != "" for cell in row) or at + table.at[0] in marked
    ]
    if len(kept) > most:
        raise UploadTooLarge("rows", len(kept), most)
    columns = {
        name: [table.rows[at][column] for at in kept]
        for column, name in enumerate(table.names)
        if name in NAMES
    }
    texts = {name: [text(cell) for cell in cells] for name, cells in columns.items()}
    _bounded(texts)
    return Grid(
        names=[name or _lettered(table, at) for at, name in enumerate(table.names)],
        columns=texts,
        unknown=_unknown(table),
        rows=len(kept),
        blank=len(table.rows) - len(kept),
        faults=[*_by_place(table, kept), *_by_value(columns)],
        notes=notes,
    )


def _bounded(texts: Mapping[str, Sequence[str | None]]) -> None:
    size = sum(len(cell) for cells in texts.values() for cell in cells if cell)
    if size > MAX_BYTES:
        raise UploadTooLarge("signs of text", size, MAX_BYTES)


def _unknown(table: Table) -> dict[str, int]:
    found = {}
    for at, name in enumerate(table.names):
        if name not in NAMES:
            count = sum(row[at] != "" for row in table.rows)
            if name or count:
                found[name or _lettered(table, at)] = count
    return found


def _lettered(table: Table, at: int) -> str:
    """Return what a column without a name is called, as ``(column S)``."""
    letters, left = "", table.at[1] + at + 1
    while left:
        left, ones = divmod(left - 1, 26)
        letters = chr(ord("A") + ones) + letters
    return f"(column {letters})"


def _by_place(table: Table, kept: Sequence[int]) -> Iterator[CellFault]:
    numbered = {at + table.at[0]: row for row, at in enumerate(kept)}
    known = {
        at + table.at[1]: name for at, name in enumerate(table.names) if name in NAMES
    }
    for (row, column), code in table.marks.items():
        if row in numbered and column in known:
            yield numbered[row], known[column], code
    first, last = table.at[0], table.at[0] + len(table.rows) - 1
    for (top, left), (bottom, right) in table.merged:
        within = range(max(top, first), min(bottom, last) + 1)
        for column, name in known.items():
            for row in within if left <= column <= right else ():
                if row in numbered and (row, column) != (top, left):
                    yield numbered[row], name, "merged_cell"


def _by_value(columns: Mapping[str, Sequence[object]]) -> Iterator[CellFault]:
    for name, cells in columns.items():
        if name in _NUMBERS:
            continue
        for row, cell in enumerate(cells):
            if isinstance(cell, float) and is_shortened(cell):
                yield row, name, "number_shortened"
    days = columns.get("travel_date", ())
    if _is_month_first(days):
        for row, cell in enumerate(days):
            if isinstance(cell, date) and cell.month != cell.day:
                yield row, "travel_date", "day_or_month"


def _is_month_first(days: Sequence[object]) -> bool:
    """Say whether a spreadsheet may have read days of a column with the month first.

    Then a text such as 13/05/2020 stayed one, as there is no month 13, and 05/06/2020
    became the sixth of May: no day after the twelfth is left.
    """
    texts = [_DAY_FIRST.fullmatch(cell) for cell in days if isinstance(cell, str)]
    read = [cell.day for cell in days if isinstance(cell, date)]
    late = any(found and int(found[1]) > _MONTHS for found in texts)
    return late and bool(read) and max(read) <= _MONTHS
