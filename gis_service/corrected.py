"""The rows that a state has sent, back to it, each with what is wrong with it.

Made from the request's own body and kept nowhere: a refused row is not stored.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from gis_service import fault_csv
from movements.columns import REQUIRED
from movements.ignored import OWN
from movements.sheet import Sheet

_ROW, _FAULTS, _VALUES = OWN
# A row of the wrong width fits no columns; its values come side by side.
_BESIDE = " | "


def table(
    sheet: Sheet, faults: Iterable[Mapping[str, Any]], *, all_rows: bool
) -> bytes:
    """Return rows as CSV: what was sent, then the row's number and its faults.

    Args:
        sheet: the rows as read.
        faults: what was found, in the reader's language.
        all_rows: whether rows without a fault come too.
    """
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault["row"], []).append(_in_words(fault))
    spilt = dict(sheet.spilt)
    names = _sent(sheet.frame)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow([*names, _ROW, _FAULTS, *([_VALUES] if spilt else [])])
    for row, values in enumerate(sheet.frame.select(names).iter_rows(), 1):
        if all_rows or row in wrong:
            told = [row, "; ".join(wrong.get(row, ()))]
            if spilt:
                told.append(_BESIDE.join(spilt.get(row - 1, ())))
            lines.writerow([fault_csv.cell(each) for each in (*values, *told)])
    return out.getvalue().encode(fault_csv.ENCODING)


def _sent(frame: pl.DataFrame) -> list[str]:
    return [each.name for each in frame if each.name in REQUIRED or each.count()]


def _in_words(fault: Mapping[str, Any]) -> str:
    advice = f" ({fault['suggestion']})" if fault["suggestion"] else ""
    return f"{fault['field']}: {fault['message']}{advice}"
