"""A file of any size, as sheets of at most ``MAX_ROWS`` rows, read as it goes."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Protocol, TypeVar

from movements import csv_rows, json_rows
from movements.body import GZIP, MAX_BYTES
from movements.errors import BadParameter, UnreadableUpload, UploadTooLarge
from movements.header import Aliases
from movements.kind import TEXT, kind
from movements.reading import Asked, parts, read, spelt
from movements.sheet import MAX_ROWS, Sheet, of_records, of_table
from movements.spellings import NONE, Spellings

T = TypeVar("T")
Bytes = gzip.GzipFile | io.BufferedReader

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_WHOLE = 10 * MAX_ROWS
_HEAD = 4096  # bytes; holds the byte order mark and a header row


class Body(Protocol):
    """A body that lies elsewhere than in a file, and is read as one."""

    @property
    def size(self) -> int:
        """Its bytes, as sent."""
        ...

    def read(self) -> bytes:
        """Return all its bytes, as sent."""
        ...

    def opened(self) -> io.BufferedReader:
        """Return its bytes, unpacked where it is gzip, to be read from the start."""
        ...


def sheets(
    path: Path | Body,
    *,
    rows: int = MAX_ROWS,
    sheet: str | None = None,
    spellings: Spellings = NONE,
) -> Iterator[Sheet]:
    """Yield the sheets of a CSV, NDJSON, JSON, XLSX or Parquet file, plain or gzip.

    CSV and NDJSON files may be larger than memory. All else is read whole: 16 MiB at
    most, a JSON array and text that is not UTF-8 with the rows of one upload, workbooks
    and Parquet with ten times as many.

    Args:
        path: the file, or a body that is read as one.
        rows: how many rows a sheet has at most.
        sheet: which sheet of a workbook.
        spellings: how its columns, words and districts are spelt.

    Raises:
        UnreadableUpload: not one of these formats; says where.
        BadColumns: a required column is missing or a column stands twice.
        UploadTooLarge: what is read whole is over the limits.
        AmbiguousSheet: several sheets of a workbook may be meant.
        BadParameter: there is no such sheet.
    """
    with _opened(path) as file:
        head = next(_readable(iter(lambda: file.read1(_HEAD), b"")), b"")
    if sheet is not None and kind(head) == TEXT:
        raise BadParameter("a sheet is one of a workbook's; the file is text")
    if not flows(head):
        asked = Asked(sheet=sheet, spellings=spellings, rows=_MOST_WHOLE)
        yield from parts(read(_read(path), asked), rows)
        return
    read_on = _objects if _start(head) == b"{" else _tables
    for found in read_on(path, rows, spellings.columns):
        yield spelt(found, spellings)


def flows(head: bytes) -> bool:
    """Say whether what begins so, unpacked, is read as it goes, of whatever size."""
    if kind(head) != TEXT or _start(head) == b"[":
        return False
    return not head.startswith(_UTF16) and _is_utf8(head)


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _read(path: Path | Body) -> bytes:
    size = path.stat().st_size if isinstance(path, Path) else path.size
    if size > MAX_BYTES:
        raise UploadTooLarge("bytes", size, MAX_BYTES)
    return path.read_bytes() if isinstance(path, Path) else path.read()


def _tables(path: Path | Body, rows: int, aliases: Aliases) -> Iterator[Sheet]:
    with _opened(path) as file, _text(file) as lines:
        readable = _readable(lines)
        first = next((line for line in readable if line.strip()), "")
        sign = csv_rows.separator(first, aliases)
        records = csv_rows.records(chain([first], readable), sign)
        header = next(records, [])
        for chunk in _chunks(records, rows):
            held = [row for row in chunk if csv_rows.holds(row)]
            if held:
                blank = len(chunk) - len(held)
                yield of_table(header, held, blank=blank, aliases=aliases)


def _objects(path: Path | Body, rows: int, aliases: Aliases) -> Iterator[Sheet]:
    with _opened(path) as file, _text(file) as lines:
        held = (line for line in _readable(lines) if not line.isspace())
        for chunk in _chunks(held, rows):
            yield of_records(json_rows.lines("".join(chunk)), aliases=aliases)


def _opened(path: Path | Body) -> Bytes:
    if not isinstance(path, Path):
        return path.opened()
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")


def _text(file: Bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding="utf-8-sig", newline="")


def _is_utf8(head: bytes) -> bool:
    # A sign may be cut at the end of the head; a zero byte is UTF-16.
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def _chunks(records: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(records)
    while chunk := list(islice(source, size)):
        yield chunk


def _readable(records: Iterable[T]) -> Iterator[T]:
    try:
        yield from records
    except (UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
        raise UnreadableUpload(f"the file cannot be read on: {error}") from error
