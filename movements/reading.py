"""An upload's bytes, as a sheet: the format found, the sender's spellings applied."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from movements import apart, csv_plain, csv_rows, json_rows
from movements.body import plain_of, text_of
from movements.errors import BadParameter, UnreadableUpload
from movements.ignored import WINDOWS, Ignored
from movements.kind import TEXT, XLSX, kind
from movements.sheet import (
    MAX_ROWS,
    Sheet,
    of_grid,
    of_plain,
    of_records,
    of_table,
)
from movements.spellings import NONE, Spellings


@dataclass(frozen=True, slots=True)
class Asked:
    """How a body is to be read.

    Attributes:
        media: the media type its sender gives, without parameters.
        sheet: which sheet of a workbook; without, the only visible one with our
            columns.
        spellings: how the sender spells columns, words and districts.
        rows: how many rows of a workbook or of Parquet are taken.
    """

    media: str = ""
    sheet: str | None = None
    spellings: Spellings = NONE
    rows: int = MAX_ROWS


_AS_IT_IS = Asked()


def read(body: bytes, asked: Asked = _AS_IT_IS) -> Sheet:
    """Return the rows of a CSV, NDJSON, JSON, XLSX or Parquet body, plain or gzip.

    The format is known by its first bytes: ``[`` JSON, ``{`` NDJSON, else CSV.

    Raises:
        UploadTooLarge: over ``MAX_BYTES`` or ``MAX_ROWS``, or any limit of a workbook.
        UnreadableUpload: not one of these formats, or not what its sender says.
        BadColumns: a required column is missing or a column stands twice.
        AmbiguousSheet: several sheets of a workbook may be meant.
        BadParameter: there is no such sheet.
    """
    plain = plain_of(body)
    form = kind(plain, asked.media)
    if form != TEXT:
        return spelt(_of_file(form, plain, asked), asked.spellings)
    if asked.sheet is not None:
        raise BadParameter("sheet names one of a workbook's; the body is text")
    return spelt(_of_text(plain, asked.spellings), asked.spellings)


def spelt(sheet: Sheet, spellings: Spellings) -> Sheet:
    """Return a sheet with the sender's words as ours, and its names of districts."""
    if spellings is NONE:
        return sheet
    ours = [
        pl.col(column).str.to_lowercase().replace_strict(words, default=pl.col(column))
        for column, words in spellings.values.items()
        if words
    ]
    words = f"read by your mapping: {spellings.name}"
    return replace(
        sheet,
        frame=sheet.frame.with_columns(ours),
        districts=spellings.districts,
        ignored=(Ignored(None, "mapping", words, 1), *sheet.ignored),
    )


def parts(sheet: Sheet, rows: int) -> Iterator[Sheet]:
    """Yield a sheet in parts of so many rows; what is told of it, with the first."""
    for at in range(0, sheet.frame.height, rows):
        within = range(at, at + rows)
        yield replace(
            sheet,
            frame=sheet.frame.slice(at, rows),
            broken=tuple((r - at, code) for r, code in sheet.broken if r in within),
            cells=tuple((r - at, f, code) for r, f, code in sheet.cells if r in within),
            spilt=tuple((r - at, line) for r, line in sheet.spilt if r in within),
            ignored=() if at else sheet.ignored,
        )


def _of_file(form: str, plain: bytes, asked: Asked) -> Sheet:
    wanted: dict[str, object] = {
        "sheet": asked.sheet,
        "aliases": dict(asked.spellings.columns),
        "rows": asked.rows,
    }
    grid = apart.table(form, plain, wanted)
    return of_grid(grid, day_first=form == XLSX, most=asked.rows)


def _of_text(plain: bytes, spellings: Spellings) -> Sheet:
    text, windows = text_of(plain)
    start = text.lstrip()[:1]
    if not start:
        raise UnreadableUpload("the body is empty")
    notes = [WINDOWS] if windows else []
    aliases = spellings.columns
    if start == "[":
        return of_records(json_rows.array(text), notes=notes, aliases=aliases)
    if start == "{":
        return of_records(json_rows.lines(text), notes=notes, aliases=aliases)
    found = csv_plain.plain(text, aliases)
    if found:
        return of_plain(found, notes=notes, aliases=aliases)
    table = csv_rows.table(text, aliases)
    return of_table(
        table.header, table.rows, blank=table.blank, notes=notes, aliases=aliases
    )
