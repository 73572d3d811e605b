"""Faults of an upload as CSV, for a spreadsheet."""

import csv
from collections.abc import Iterable, Mapping
from typing import TextIO

from movements.formula import marked

COLUMNS = (
    "row",
    "field",
    "code",
    "message",
    "message_hi",
    "value",
    "suggestion",
)

# A file that begins with this mark is read as UTF-8 by spreadsheets.
ENCODING = "utf-8-sig"


def write_header(out: TextIO) -> None:
    """Write the names of the columns."""
    csv.writer(out).writerow(COLUMNS)


def write(
    out: TextIO, faults: Iterable[Mapping[str, object]], *, before: int = 0
) -> None:
    """Write a line for each fault.

    Args:
        out: opened with ``newline=""``.
        faults: as the receipt has them.
        before: rows of the file that stand before the faults' batch.
    """
    lines = csv.writer(out)
    for fault in faults:
        numbered = {**fault, "row": int(str(fault["row"])) + before}
        lines.writerow([cell(numbered[name]) for name in COLUMNS])


def cell(value: object) -> object:
    """Return a cell that no spreadsheet runs as a formula."""
    return marked(value) if isinstance(value, str) else value
