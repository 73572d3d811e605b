"""The rows of an upload, as a frame of texts with the columns we know."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from movements import csv_plain, csv_rows, json_rows
from movements.body import text_of
from movements.columns import NAMES, REQUIRED
from movements.errors import BadColumns, UnreadableUpload, UploadTooLarge

# Checked and stored within a second; larger files go in several batches.
MAX_ROWS = 20_000

_WIDEST_HEADER = 60

Cells = Sequence[str | None] | pl.Series


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something in the upload that is not stored, and why."""

    field: str | None
    code: str
    message: str
    count: int

    def body(self) -> dict[str, object]:
        """Return it as the receipt shows it."""
        return {
            "field": self.field,
            "code": self.code,
            "message": self.message,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows as read, not yet checked.

    Attributes:
        frame: every column of ``NAMES`` as text, trimmed, ``None`` where empty.
        broken: row (from 0) and fault code of rows that could not be read.
        ignored: what is not stored.
        day_first: whether dates such as ``13/05/2020`` are taken (CSV only).
    """

    frame: pl.DataFrame
    broken: tuple[tuple[int, str], ...] = ()
    ignored: tuple[Ignored, ...] = ()
    day_first: bool = False


def read(body: bytes) -> Sheet:
    """Return the rows of a CSV, NDJSON or JSON body, plain or gzip.

    The format is known by its first sign: ``[`` JSON, ``{`` NDJSON, else CSV.

    Raises:
        UploadTooLarge: over ``MAX_BYTES`` or ``MAX_ROWS``.
        UnreadableUpload: not one of these formats; says where.
        BadColumns: a required column is missing or a column stands twice.
    """
    if body.startswith((b"PK\x03\x04", b"PAR1")):
        raise UnreadableUpload("XLSX and Parquet are not taken yet; send CSV or NDJSON")
    text, windows = text_of(body)
    start = text.lstrip()[:1]
    if not start:
        raise UnreadableUpload("the body is empty")
    notes = [_WINDOWS] if windows else []
    if start == "[":
        return of_records(json_rows.array(text), notes=notes)
    if start == "{":
        return of_records(json_rows.lines(text), notes=notes)
    found = csv_plain.plain(text)
    if found:
        return _of_plain(found, notes=notes)
    table = csv_rows.table(text)
    return of_table(table.header, table.rows, blank=table.blank, notes=notes)


_WINDOWS = Ignored(None, "read_as_windows_1252", "the text is not UTF-8", 1)


def _of_plain(table: csv_plain.Plain, *, notes: Sequence[Ignored]) -> Sheet:
    height = table.columns.height
    _enough(height)
    names = [_folded(each) for each in table.header]
    _once(names)
    _complete(names)
    columns = dict(zip(names, table.columns, strict=True))
    return Sheet(
        frame=_frame(columns, height),
        ignored=(*notes, *_unknown(columns)),
        day_first=True,
    )


def of_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    blank: int = 0,
    notes: Sequence[Ignored] = (),
) -> Sheet:
    """Return the sheet of a CSV table; dates with the day first are taken."""
    _enough(len(rows))
    names = [_folded(each) for each in header]
    _once(names)
    _complete(names)
    width = len(names)
    broken = [at for at, row in enumerate(rows) if len(row) != width]
    empty = [""] * width
    for_frame = list(rows)
    for at in broken:
        for_frame[at] = empty
    columns = dict(zip(names, zip(*for_frame, strict=True), strict=True))
    ignored = [*notes, *_unknown(columns)]
    if blank:
        ignored.append(Ignored(None, "blank_line", "lines without a value", blank))
    return Sheet(
        frame=_frame(columns, len(rows)),
        broken=tuple((at, "column_count") for at in broken),
        ignored=tuple(ignored),
        day_first=True,
    )


def of_records(
    records: Sequence[Mapping[str, str | None] | None],
    *,
    notes: Sequence[Ignored] = (),
) -> Sheet:
    """Return the sheet of JSON objects; ``None`` stands for one that is not.

    Keys that differ between objects are fine; a required one may be missing in some
    rows (their fault), not in all.
    """
    _enough(len(records))
    spelt = list(dict.fromkeys(key for record in records if record for key in record))
    names = [_folded(key) for key in spelt]
    _once(names)
    _complete(names)
    columns = {
        name: [record.get(key) if record else None for record in records]
        for name, key in zip(names, spelt, strict=True)
    }
    broken = [at for at, record in enumerate(records) if record is None]
    return Sheet(
        frame=_frame(columns, len(records)),
        broken=tuple((at, "unreadable_row") for at in broken),
        ignored=(*notes, *_unknown(columns)),
    )


def _frame(columns: Mapping[str, Cells], height: int) -> pl.DataFrame:
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
    return frame.select(trimmed).select(
        pl.when(pl.all().str.len_bytes() > 0).then(pl.all())
    )


def _folded(header: str) -> str:
    return re.sub(r"[\s-]+", "_", header.strip().lower())


def _enough(rows: int) -> None:
    if rows > MAX_ROWS:
        raise UploadTooLarge("rows", rows, MAX_ROWS)
    if not rows:
        raise UnreadableUpload("there is no row below the header")


def _once(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadColumns(f"these columns stand twice: {', '.join(twice)}")


def _complete(names: Iterable[str]) -> None:
    given = set(names)
    missing = [name for name in REQUIRED if name not in given]
    if missing:
        raise BadColumns(
            f"these columns are missing: {', '.join(missing)};"
            f" allowed: {', '.join(NAMES)}"
        )


def _unknown(columns: Mapping[str, Cells]) -> list[Ignored]:
    allowed = f"not a column we take; allowed: {', '.join(NAMES)}"
    return [
        Ignored(name[:_WIDEST_HEADER], "unknown_column", allowed, sum(map(bool, cells)))
        for name, cells in columns.items()
        if name not in NAMES
    ]
