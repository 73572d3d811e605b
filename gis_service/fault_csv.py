"""Faults of an upload as CSV, for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Mapping
from typing import TextIO

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

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# A number with its sign, as a mobile's or a coordinate's, computes nothing.
_NUMBER = re.compile(r"[+-]\d[\d ]*(?:\.\d+)?")


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
    if not isinstance(value, str) or not value.startswith(_FORMULA_SIGNS):
        return value
    return value if _NUMBER.fullmatch(value) else f"'{value}"
