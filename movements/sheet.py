"""The rows of an upload, as a frame of texts with the columns we know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from movements import csv_plain
from movements.columns import NAMES
from movements.errors import UnreadableUpload, UploadTooLarge
from movements.fault import shown
from movements.formula import unmarked
from movements.grid import CellFault
from movements.header import Aliases, few, fit, folded
from movements.ignored import ROW, Ignored, blank_lines, strangers

# Checked and stored within a second; larger files go in several batches.
MAX_ROWS = 20_000

Cells = Sequence[str | None] | pl.Series


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows as read, not yet checked.

    Attributes:
        frame: every column of ``NAMES`` as text, trimmed, ``None`` where empty.
        broken: row (from 0) and fault code of rows that could not be read.
        cells: row (from 0), column and fault code of cells that could not be read.
        spilt: row (from 0) and values of rows that are wider or narrower than the
            header.
        ignored: what is not stored.
        districts: LGD codes by folded names that the sender's state has for them.
        day_first: whether dates such as ``13/05/2020`` are taken (CSV and XLSX).
        month_first: whether the file that this is a part of has dates with the month
            first and none with the day; ``None`` where this is all of it.
    """

    frame: pl.DataFrame
    broken: tuple[tuple[int, str], ...] = ()
    cells: tuple[CellFault, ...] = ()
    spilt: tuple[tuple[int, Sequence[str]], ...] = ()
    ignored: tuple[Ignored, ...] = ()
    districts: Mapping[str, int] = field(default_factory=dict)
    day_first: bool = False
    month_first: bool | None = None


def of_plain(
    table: csv_plain.Plain,
    *,
    notes: Sequence[Ignored] = (),
    aliases: Aliases | None = None,
) -> Sheet:
    """Return the sheet of a CSV table that needs no closer look."""
    height = table.columns.height
    _enough(height)
    names = [folded(each, aliases) for each in table.header]
    fit(names)
    columns = dict(zip(names, table.columns, strict=True))
    return Sheet(
        frame=_frame(columns, height, beside=columns),
        ignored=(*notes, *_unknown(columns)),
        day_first=True,
    )


def of_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    blank: int = 0,
    notes: Sequence[Ignored] = (),
    aliases: Aliases | None = None,
) -> Sheet:
    """Return the sheet of a CSV table; dates with the day first are taken."""
    _enough(len(rows))
    names = [folded(each, aliases) for each in header]
    fit(names)
    width = len(names)
    broken = [at for at, row in enumerate(rows) if len(row) != width]
    empty = [""] * width
    for_frame = list(rows)
    for at in broken:
        for_frame[at] = empty
    columns = dict(zip(names, zip(*for_frame, strict=True), strict=True))
    ignored = [*notes, *_unknown(columns)]
    if blank:
        ignored.append(blank_lines(blank))
    return Sheet(
        frame=_frame(columns, len(rows), beside=columns),
        broken=tuple((at, "column_count") for at in broken),
        spilt=tuple((at, rows[at]) for at in broken),
        ignored=tuple(ignored),
        day_first=True,
    )


def of_records(
    records: Sequence[Mapping[str, str | None] | None],
    *,
    notes: Sequence[Ignored] = (),
    aliases: Aliases | None = None,
) -> Sheet:
    """Return the sheet of JSON objects; ``None`` stands for one that is not.

    Keys that differ between objects are fine; a required one may be missing in some
    rows (their fault), not in all.
    """
    _enough(len(records))
    spelt = list(dict.fromkeys(key for record in records if record for key in record))
    few(len(spelt))
    names = [folded(key, aliases) for key in spelt]
    fit(names)
    columns = {
        name: [record.get(key) if record else None for record in records]
        for name, key in zip(names, spelt, strict=True)
    }
    broken = [at for at, record in enumerate(records) if record is None]
    return Sheet(
        frame=_frame(columns, len(records), beside=columns),
        broken=tuple((at, "unreadable_row") for at in broken),
        ignored=(*notes, *_unknown(columns)),
    )


def of_grid(grid: Mapping[str, Any], *, day_first: bool, most: int) -> Sheet:
    """Return the sheet of a table that another process has read.

    Args:
        grid: the body of a ``movements.grid.Grid``.
        day_first: whether dates with the day first are taken.
        most: how many rows are taken.
    """
    _enough(grid["rows"], most)
    unknown = strangers(grid["unknown"])
    if grid["blank"]:
        unknown.append(blank_lines(grid["blank"]))
    told = [
        Ignored(None, code, shown(words), count) for code, words, count in grid["notes"]
    ]
    return Sheet(
        frame=_frame(grid["columns"], grid["rows"], beside=grid["unknown"]),
        cells=tuple((row, name, code) for row, name, code in grid["faults"]),
        ignored=(*told, *unknown),
        day_first=day_first,
    )


def _frame(
    columns: Mapping[str, Cells], height: int, *, beside: Iterable[str]
) -> pl.DataFrame:
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    frame = pl.DataFrame(
        {
            name: pl.Series(columns[name], dtype=pl.String)
            if name in columns
            else empty
            for name in NAMES
        }
    )
    trimmed = pl.all().str.strip_chars()
    held = frame.select(trimmed).select(
        pl.when(pl.all().str.len_bytes() > 0).then(pl.all())
    )
    # A table that we gave back, with its rows' numbers.
    return held.select(unmarked(pl.all())) if ROW in beside else held


def _enough(rows: int, most: int | None = None) -> None:
    allowed = MAX_ROWS if most is None else most
    if rows > allowed:
        raise UploadTooLarge("rows", rows, allowed)
    if not rows:
        raise UnreadableUpload("there is no row below the header")


def _unknown(columns: Mapping[str, Cells]) -> list[Ignored]:
    return strangers(
        {
            name: sum(map(bool, cells))
            for name, cells in columns.items()
            if name not in NAMES
        }
    )
