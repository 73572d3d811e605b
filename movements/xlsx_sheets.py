"""Which sheet of a workbook is read: the only visible one with our columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from movements.columns import NAMES
from movements.errors import (
    AmbiguousSheet,
    BadColumns,
    BadParameter,
    UnreadableUpload,
    UploadTooLarge,
)
from movements.header import complete, folded, lacking

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]

# 20,000 rows of 100 columns.
MAX_CELLS = 2_000_000
MAX_SHEETS = 50
# Titles and notes stand above a header; it is not looked for further down.
_HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sheet with a header of ours.

    Attributes:
        name: the sheet's.
        header: its texts as written, empty where the cell is.
        rows: the values below the header.
        row: where the first of these rows is in the sheet, from 0.
        column: where the first column is, from 0.
        merged: ranges of merged cells, first and last cell, from 0.
        others: the sheets that are not read, in words.
    """

    name: str
    header: list[str]
    rows: Sequence[Sequence[object]]
    row: int
    column: int
    merged: Merged
    others: tuple[str, ...] = ()


def chosen(
    book: CalamineWorkbook, asked: str | None, aliases: Mapping[str, str]
) -> Chosen:
    """Return the sheet asked for, or the only visible one with our columns.

    Raises:
        BadParameter: there is no sheet of the name.
        AmbiguousSheet: several sheets have our columns.
        BadColumns: the sheet asked for, or every visible one, lacks some.
        UnreadableUpload: no sheet holds anything.
        UploadTooLarge: a sheet has more cells than are taken.
    """
    names = _looked_at(book, asked)
    sheets = [book.get_sheet_by_name(name) for name in names]
    found = [each for sheet in sheets if (each := _with_header(sheet, aliases))]
    if len(found) > 1:
        listed = ", ".join(repr(each.name) for each in found)
        raise AmbiguousSheet(f"several sheets have the columns: {listed}; add sheet=")
    if not found:
        _explain(sheets, aliases, _hidden(book))
    (read,) = found
    return replace(read, others=_others(book, read.name))


def _looked_at(book: CalamineWorkbook, asked: str | None) -> list[str]:
    names = book.sheet_names
    if len(names) > MAX_SHEETS:
        raise UploadTooLarge("sheets", len(names), MAX_SHEETS)
    if asked is None:
        return [
            each.name
            for each in book.sheets_metadata
            if each.visible == SheetVisibleEnum.Visible
            and each.typ == SheetTypeEnum.WorkSheet
        ]
    if asked not in names:
        listed = ", ".join(map(repr, names))
        raise BadParameter(f"sheet is {asked!r}; there are: {listed}")
    return [asked]


def _with_header(sheet: CalamineSheet, aliases: Mapping[str, str]) -> Chosen | None:
    if sheet.start is None:
        return None
    cells = sheet.height * sheet.width
    if cells > MAX_CELLS:
        raise UploadTooLarge("cells of a sheet, empty ones included", cells, MAX_CELLS)
    for at, header in enumerate(_tops(sheet)):
        if lacking(folded(each, aliases) for each in header):
            continue
        return Chosen(
            name=sheet.name,
            header=header,
            rows=sheet.to_python()[at + 1 :],
            row=sheet.start[0] + at + 1,
            column=sheet.start[1],
            merged=sheet.merged_cell_ranges or (),
        )
    return None


def _tops(sheet: CalamineSheet) -> list[list[str]]:
    rows = sheet.to_python(nrows=_HEADER_WITHIN)
    return [[cell if isinstance(cell, str) else "" for cell in row] for row in rows]


def _explain(
    sheets: Sequence[CalamineSheet], aliases: Mapping[str, str], hidden: Sequence[str]
) -> None:
    tops = [top for sheet in sheets for top in _tops(sheet)]
    more = f"; hidden and not read: {', '.join(hidden)}" if hidden else ""
    if not tops:
        raise UnreadableUpload(f"no visible sheet holds anything{more}")
    folds = [[folded(each, aliases) for each in top] for top in tops]
    nearest = max(folds, key=lambda names: len(set(names) & set(NAMES)))
    try:
        complete(nearest)
    except BadColumns as error:
        raise BadColumns(f"{error}{more}") from error


def _hidden(book: CalamineWorkbook) -> list[str]:
    return [
        repr(each.name)
        for each in book.sheets_metadata
        if each.visible != SheetVisibleEnum.Visible
    ]


def _others(book: CalamineWorkbook, read: str) -> tuple[str, ...]:
    hidden = _hidden(book)
    return tuple(
        f"{name!r} (hidden)" if repr(name) in hidden else repr(name)
        for name in book.sheet_names
        if name != read
    )
