"""CSV for a spreadsheet: a point inside, or the line in words (WKT), as columns."""

import csv
from datetime import date
from pathlib import Path

from layers.table import Wanted, opened, words

# A file that begins with this mark is read as UTF-8 by spreadsheets.
ENCODING = "utf-8-sig"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def write(wanted: Wanted, file: Path) -> None:
    """Write a layer, in the order of its ids."""
    with (
        opened(wanted, in_words=True) as rows,
        file.open("w", encoding=ENCODING, newline="") as out,
    ):
        lines = csv.writer(out)
        lines.writerow([*(each.name for each in rows.columns), *words(wanted.layer)])
        for batch in rows.batches:
            lines.writerows([_cell(value) for value in row] for row in batch)


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet runs as a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS):
        return f"'{value}"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value
