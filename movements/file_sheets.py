"""A file of any size, as sheets of at most ``MAX_ROWS`` rows, read as it goes."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from movements import csv_rows, json_rows
from movements.body import GZIP
from movements.errors import UnreadableUpload
from movements.sheet import MAX_ROWS, Sheet, of_records, of_table, read

T = TypeVar("T")
Bytes = gzip.GzipFile | io.BufferedReader

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096  # bytes; holds the byte order mark and a header row


def sheets(path: Path, *, rows: int = MAX_ROWS) -> Iterator[Sheet]:
    """Yield the sheets of a CSV, NDJSON or JSON file, plain or gzip.

    CSV and NDJSON files may be larger than memory; a JSON array is read whole and
    must keep to the limits of one upload, and so must text that is not UTF-8.

    Raises:
        UnreadableUpload: not one of these formats; says where.
        BadColumns: a required column is missing or a column stands twice.
        UploadTooLarge: a JSON array over the limits.
    """
    with _opened(path) as file:
        head = next(_readable(iter(lambda: file.read1(_HEAD), b"")), b"")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"[" or head.startswith(_UTF16) or not _is_utf8(head):
        yield read(path.read_bytes())
    elif start == b"{":
        yield from _objects(path, rows)
    else:
        yield from _tables(path, rows)


def _tables(path: Path, rows: int) -> Iterator[Sheet]:
    with _opened(path) as file, _text(file) as lines:
        first = lines.readline()
        while first and not first.strip():
            first = lines.readline()
        records = csv_rows.records(chain([first], lines), csv_rows.separator(first))
        header = next(records, [])
        for chunk in _chunks(_readable(records), rows):
            held = [row for row in chunk if csv_rows.holds(row)]
            if held:
                yield of_table(header, held, blank=len(chunk) - len(held))


def _objects(path: Path, rows: int) -> Iterator[Sheet]:
    with _opened(path) as file, _text(file) as lines:
        held = (line for line in _readable(lines) if not line.isspace())
        for chunk in _chunks(held, rows):
            yield of_records(json_rows.lines("".join(chunk)))


def _opened(path: Path) -> Bytes:
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
