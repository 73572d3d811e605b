"""The rows of an XLSX workbook: one sheet of it, below its header.

Run only in the process that may take only so much: see ``movements.apart``.
"""

import io
from collections.abc import Mapping, Sequence

from python_calamine import CalamineError, CalamineWorkbook

from movements.errors import UnreadableUpload
from movements.grid import Grid, Note
from movements.header import folded
from movements.xlsx_archive import archive
from movements.xlsx_cells import Table, filled
from movements.xlsx_marks import marks
from movements.xlsx_sheets import Chosen, chosen


def grid(
    body: bytes, *, sheet: str | None, aliases: Mapping[str, str], rows: int
) -> Grid:
    """Return the rows of a workbook.

    Args:
        body: the workbook.
        sheet: which sheet; without, the only visible one with our columns.
        aliases: names of ours for other folded names of columns.
        rows: how many are taken at most.

    Raises:
        UnreadableUpload: no workbook, or a broken one.
        UploadTooLarge: more of anything than is allowed.
        AmbiguousSheet: several sheets have our columns.
        BadColumns: no sheet has.
        BadParameter: there is no sheet of this name.
    """
    with archive(body) as parts:
        try:
            found = _chosen(body, sheet, aliases)
            marked = marks(parts, found.name)
        except (CalamineError, KeyError) as error:
            words = f"the XLSX workbook is broken: {error}"
            raise UnreadableUpload(words) from error
    table = Table(
        names=[folded(each, aliases) for each in found.header],
        rows=found.rows,
        at=(found.row, found.column),
        marks=marked.codes,
        merged=found.merged,
    )
    told = [*_notes(found), *_formulas(marked.formulas)]
    return filled(table, most=rows, notes=told)


def _chosen(body: bytes, sheet: str | None, aliases: Mapping[str, str]) -> Chosen:
    with CalamineWorkbook.from_filelike(io.BytesIO(body)) as book:
        return chosen(book, sheet, aliases)


def _notes(found: Chosen) -> Sequence[Note]:
    # A table numbers its rows from its header; the sender's program, from its first.
    header = f"its header is in row {found.row}"
    told: list[Note] = [("sheet_read", f"read: sheet {found.name!r}; {header}", 1)]
    if found.others:
        listed = ", ".join(found.others)
        told.append(("sheet_not_read", f"not read: {listed}", len(found.others)))
    return told


def _formulas(count: int) -> Sequence[Note]:
    words = "values of formulas are taken as the spreadsheet last computed them"
    return [("formula_value", words, count)] if count else []
