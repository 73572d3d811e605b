"""How true the released sums are, by several measures, beside plain rounding."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from movements.release.levels import LEAST

PAIR = ["week", "origin_state", "destination_state"]
ARRIVING = ["day", "destination"]
# Pairs with at least so many journeys; a release tells nothing of fewer than LEAST.
SIZES = (1, LEAST, 20, 100)


@dataclass(frozen=True, slots=True)
class Error:
    """Errors of sums, as parts of them.

    Attributes:
        name: of which.
        of: how many sums.
        median, ninth: the median, and what nine of ten stay below.
    """

    name: str
    of: int
    median: float
    ninth: float


def errors(counts: pl.DataFrame, told: pl.DataFrame) -> list[Error]:
    """Return the errors of pairs of states by week, and of arrivals by day.

    Args:
        counts: the truth.
        told: the columns of a cell or atom, and ``n`` as it is published.
    """
    pairs = _beside(counts, told, PAIR)
    found = [
        _error(f"state pair and week, {least} or more", pairs.filter(_least(least)))
        for least in SIZES
    ]
    shown = pairs.filter(pl.col("told") > 0)
    found.append(_error("state pair and week, that are told", shown))
    found.append(_weighted("state pair and week, by journeys", pairs))
    arriving = _beside(counts, told, ARRIVING)
    for least in (1, 50):
        name = f"destination district and day, {least} or more"
        found.append(_error(name, arriving.filter(_least(least))))
    return found


def national(counts: pl.DataFrame, told: pl.DataFrame) -> float:
    """Return the error of everyone, as a part of everyone."""
    total = int(counts["n"].sum())
    return abs(int(told["n"].sum()) - total) / total


def _least(least: int) -> pl.Expr:
    return pl.col("true") >= least


def _beside(counts: pl.DataFrame, told: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    kinds = {name: told.schema[name] for name in by}
    true = counts.group_by(by).agg(pl.col("n").sum().alias("true")).cast(kinds)
    sums = told.group_by(by).agg(pl.col("n").sum().alias("told"))
    both = true.join(sums, on=by, how="left").with_columns(pl.col("told").fill_null(0))
    away = (pl.col("told") - pl.col("true")).abs() / pl.col("true")
    return both.with_columns(away.alias("error"))


def _error(name: str, pairs: pl.DataFrame) -> Error:
    found = pairs["error"]
    if not pairs.height:
        return Error(name, 0, 0.0, 0.0)
    return Error(name, pairs.height, float(found.median()), float(found.quantile(0.9)))


def _weighted(name: str, pairs: pl.DataFrame) -> Error:
    rows = pairs.sort("error")
    upto = rows["true"].cum_sum().to_numpy() / max(int(rows["true"].sum()), 1)
    error = rows["error"].to_numpy()
    at = [
        min(int(np.searchsorted(upto, share)), len(error) - 1) for share in (0.5, 0.9)
    ]
    return Error(name, pairs.height, float(error[at[0]]), float(error[at[1]]))
