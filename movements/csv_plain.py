"""CSV as spreadsheets and databases write it, read in half the time.

Only a table that can be read in no other way is taken: every line has as many cells
as the header, quotes stand around whole cells, none inside, and no cell has a line
break. For all else there is ``csv_rows``, which says what is wrong and where.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from movements import csv_rows
from movements.header import Aliases

Bytes = npt.NDArray[np.uint8]

_QUOTE, _LINE, _TAB = ord('"'), ord("\n"), ord("\t")
_PRINTABLE = 0x20
# The reader of the other way takes no longer cell, so no longer line here.
_LONGEST_LINE = 131_072


@dataclass(frozen=True, slots=True)
class Plain:
    """The header, and a column of texts for each; ``None`` where a cell is empty."""

    header: list[str]
    columns: pl.DataFrame


def plain(text: str, aliases: Aliases | None = None) -> Plain | None:
    """Return the table of a CSV text, or ``None`` where it needs a closer look."""
    text = text.replace("\r\n", "\n")
    top, _, rest = text.partition("\n")
    mark = csv_rows.separator(text, aliases)
    if not rest or not top or '"' in top or "\r" in text:
        return None
    header = top.split(mark)
    # Between two line ends, so that each quote has a neighbour.
    body = b"\n" + rest.removesuffix("\n").encode() + b"\n"
    if len(header) == 1 or not _is_plain(body, ord(mark), width=len(header)):
        return None
    columns = pl.read_csv(
        body[1:],
        has_header=False,
        separator=mark,
        quote_char='"',
        schema={str(at): pl.String for at in range(len(header))},
    )
    return Plain(header, columns) if _is_full(columns) else None


def _is_plain(body: bytes, mark: int, *, width: int) -> bool:
    signs = np.frombuffer(body, dtype=np.uint8)
    low = signs[signs < _PRINTABLE]
    ends = _ends(signs, mark) if np.isin(low, (_LINE, _TAB)).all() else None
    if ends is None or len(ends) % width:
        return False
    lines = signs[ends].reshape(-1, width) == _LINE
    if not lines[:, -1].all() or lines[:, :-1].any():
        return False
    return int(np.diff(ends[width - 1 :: width], prepend=0).max()) < _LONGEST_LINE


def _ends(signs: Bytes, mark: int) -> npt.NDArray[np.int64] | None:
    """Return where cells end, or ``None`` where quotes are not as they should be."""
    ends = np.flatnonzero((signs == mark) | (signs == _LINE))[1:]
    quotes = np.flatnonzero(signs == _QUOTE)
    if not len(quotes):
        return ends
    opens, closes = quotes[::2], quotes[1::2]
    if not _around_cells(signs, opens, closes, mark):
        return None
    within = _within(ends, opens, closes)
    return None if (signs[ends[within]] == _LINE).any() else ends[~within]


def _around_cells(
    signs: Bytes,
    opens: npt.NDArray[np.int64],
    closes: npt.NDArray[np.int64],
    mark: int,
) -> bool:
    if len(opens) != len(closes):
        return False
    beside = np.concatenate([signs[opens - 1], signs[closes + 1]])
    return bool(((beside == mark) | (beside == _LINE)).all())


def _within(
    ends: npt.NDArray[np.int64],
    opens: npt.NDArray[np.int64],
    closes: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Say which signs stand between two quotes and so end no cell."""
    depth = np.zeros(len(ends) + 1, dtype=np.int64)
    np.add.at(depth, np.searchsorted(ends, opens), 1)
    np.add.at(depth, np.searchsorted(ends, closes), -1)
    within: npt.NDArray[np.bool_] = np.cumsum(depth[:-1]) > 0
    return within


def _is_full(columns: pl.DataFrame) -> bool:
    """Say whether some column has a value in every row, so that no row is blank."""
    return any(
        not each.has_nulls() and bool((each.str.strip_chars() != "").all())
        for each in columns
    )
