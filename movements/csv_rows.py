"""CSV text, as a header and rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from movements.columns import NAMES
from movements.errors import UnreadableUpload
from movements.header import Aliases, folded

_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Table:
    """The header, the rows that hold a value, and how many held none."""

    header: list[str]
    rows: list[list[str]]
    blank: int


def table(text: str, aliases: Aliases | None = None) -> Table:
    """Return the table of a CSV text; the header tells which separator it uses.

    Quoted line breaks, CRLF and doubled quotes are read as RFC 4180 has them.

    Raises:
        UnreadableUpload: a quote is not closed or stands inside a value.
    """
    lines = records(io.StringIO(text, newline=""), separator(text, aliases))
    header = next(lines, [])
    rows, blank = [], 0
    for row in lines:
        if holds(row):
            rows.append(row)
        else:
            blank += 1
    return Table(header, rows, blank)


def records(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Return the records one by one, so that a file need not fit in memory.

    Raises:
        UnreadableUpload: a quote is not closed or stands inside a value.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableUpload(f"line {reader.line_num}: {error}") from error


def holds(row: Sequence[str]) -> bool:
    """Say whether any cell of a record has something in it."""
    joined = "".join(row)
    return bool(joined) and not joined.isspace()


def separator(text: str, aliases: Aliases | None = None) -> str:
    """Return the sign that splits the first line into the most columns we know."""
    first = text.lstrip("\r\n").partition("\n")[0].rstrip("\r")
    return max(_SEPARATORS, key=lambda sign: _known(first, sign, aliases))


def _known(line: str, sign: str, aliases: Aliases | None) -> int:
    cells = [folded(cell.strip().strip('"'), aliases) for cell in line.split(sign)]
    return sum(cell in NAMES for cell in cells)
