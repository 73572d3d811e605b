"""What a rule gives: a checked column, and what it found wrong.

A rule looks at a whole column at once; only rows with faults are ever visited one
by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int64]

_OFTEN = 8  # rows per distinct text from which looking for these pays


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault in one column.

    Attributes:
        rows: which rows, from 0.
        suggestion: one for all rows, or one per row by its number.
    """

    field: str
    code: str
    rows: Rows
    suggestion: str | Mapping[int, str] | None = None

    def suggested(self, row: int) -> str | None:
        """Return the suggestion for one row."""
        if isinstance(self.suggestion, Mapping):
            return self.suggestion.get(row)
        return self.suggestion


@dataclass(frozen=True, slots=True)
class Column:
    """A checked column (``None`` where empty or faulty) and its findings."""

    values: pl.Series
    findings: tuple[Finding, ...] = ()


def where(mask: pl.Series) -> Rows:
    """Return the rows of a mask; an unknown counts as no."""
    # Most rules find nothing, which is told ten times as fast.
    found = mask.fill_null(value=False).to_numpy() if mask.any() else ()
    rows: Rows = np.flatnonzero(found)
    return rows


def sieved(
    field: str,
    values: pl.Series,
    *sieves: tuple[str, pl.Series, str | None],
) -> Column:
    """Return a column whose rows are tried by each ``(code, bad, suggestion)``.

    A row has the first fault that fits; its value becomes ``None``.
    """
    bad = np.zeros(len(values), dtype=np.bool_)
    findings = []
    for code, mask, suggestion in sieves:
        rows = where(mask)
        rows = rows[~bad[rows]]
        if len(rows):
            findings.append(Finding(field, code, rows, suggestion))
            bad[rows] = True
    return Column(without(values, bad), tuple(findings))


def by_distinct(given: pl.Series, rule: Callable[[pl.Series], Column]) -> Column:
    """Return what a rule says, tried once for each distinct text.

    For slow rules that look at nothing but the text and say the same of each row:
    ten thousand rows have few days.
    """
    distinct = given.unique()
    if len(distinct) > len(given) // _OFTEN:
        return rule(given)
    told = rule(distinct)
    values = given.replace_strict(distinct, told.values)
    findings = []
    for found in told.findings:
        bad = distinct.gather(found.rows)
        rows = where(given.is_in(bad.implode(), nulls_equal=True))
        findings.append(Finding(found.field, found.code, rows, found.suggestion))
    return Column(values, tuple(findings))


def without(values: pl.Series, bad: npt.NDArray[np.bool_]) -> pl.Series:
    """Return the values with ``None`` where bad."""
    if not bad.any():
        return values
    frame = pl.DataFrame({"v": values, "bad": pl.Series(bad)})
    return frame.select(pl.when(~pl.col("bad")).then(pl.col("v"))).to_series()


def by_row(rows: Sequence[int] | Rows, texts: Sequence[str]) -> Mapping[int, str]:
    """Return a suggestion for each row."""
    return dict(zip((int(row) for row in rows), texts, strict=True))
