"""The ministry, which reads pairs of states by the day exactly, and the release too.

Its exactness is policy (docs/protection.md): what it has of the release beside says
more to it than to others. How much more is told here; there is no bar.
"""

from datetime import timedelta

import polars as pl

from tests.attack.door import Door
from tests.attack.seen import MODES, span

BY = ["day", "origin_state", "destination_state", "mode"]
SMALL, FEWEST = 11, 5


def exposed(door: Door, atoms: pl.DataFrame) -> tuple[int, int]:
    """Return how many small atoms keep fewer than five counts, and of how many.

    Args:
        door: the service.
        atoms: published atoms of flows, with ``people`` for the judge.
    """
    days = atoms.filter(pl.col("day").is_not_null())
    n = pl.col("n")
    six = pl.lit(6, dtype=pl.Int64)
    days = days.with_columns(low=pl.max_horizontal(n - 10, six), high=n + 10)
    exact = _exact(door)
    of_mode = days.filter(pl.col("mode").is_not_null())
    left = _left(of_mode, exact, BY)
    every = exact.group_by(BY[:-1]).agg(pl.col("exact").sum())
    left = pl.concat([left, _left(days, every, BY[:-1])])
    names = [name for name in days.columns if name not in ("low", "high")]
    counts = left.group_by(names).agg(pl.col("left").min())
    small = counts.filter(pl.col("people") <= SMALL)
    return small.filter(pl.col("left") < FEWEST).height, small.height


def _left(atoms: pl.DataFrame, exact: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Return how many counts the exact sum leaves each of its atoms."""
    both = atoms.join(exact, on=by, how="left", nulls_equal=True)
    others = pl.col("low").sum().over(by) - pl.col("low")
    most = pl.min_horizontal(pl.col("high"), pl.col("exact") - others)
    return both.with_columns(left=most - pl.col("low") + 1).drop("exact", "low", "high")


def _exact(door: Door) -> pl.DataFrame:
    first, last = span(door)
    rows = []
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        for mode in MODES:
            asked = f"/flows/state?from={day}&to={day}&mode={mode}&k=20000"
            told = door.ask(asked, who="ministry").json()
            rows += [
                (day, e["origin"], e["destination"], mode, e["n"])
                for e in told["edges"]
            ]
            rows += [
                (day, node["code"], node["code"], mode, node["internal"])
                for node in told["nodes"]
                if node["internal"]
            ]
    schema = dict.fromkeys(BY, pl.Int64) | {"day": pl.Date, "mode": pl.String}
    return pl.DataFrame(rows, schema=schema | {"exact": pl.Int64}, orient="row")
