"""The atoms of a release, put together from the answers of ``/flows``.

Windows of one day and one mode, of one day, and of one week tell every atom apart, the
coarser by taking the finer from a sum. That is no attack yet: atoms are what is
published. The attacks begin with them.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from tests.attack.door import Door

# Codes of what no district is told of, as docs/protection.md says.
REST = 20_000
MODES = ("train", "bus")
DAY, WEEK = timedelta(days=1), timedelta(days=7)

SCHEMA = {
    "level": pl.String,
    "week": pl.Date,
    "day": pl.Date,
    "mode": pl.String,
    "origin_state": pl.Int64,
    "origin": pl.Int64,
    "destination_state": pl.Int64,
    "destination": pl.Int64,
    "n": pl.Int64,
}
ENDS = ("origin_state", "origin", "destination_state", "destination")


class Misread(Exception):
    """Answers do not fit together as docs/protection.md says."""


def seen(door: Door) -> pl.DataFrame:
    """Return the atoms: the columns ``SCHEMA``; what is not told of is null."""
    first, last = span(door)
    finer = _frame(list(_by_day(door, first, last)))
    coarse = _frame(_rest(list(_by_week(door, first, last)), finer))
    return pl.concat([finer, coarse]).sort(*SCHEMA, nulls_last=True)


def _frame(rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def span(door: Door) -> tuple[date, date]:
    """Return the first and the last day of the release."""
    told = door.ask("/flows/country").json()
    return date.fromisoformat(told["from"]), date.fromisoformat(told["to"])


def pairs(door: Door, query: str) -> Iterator[tuple[dict, dict, int]]:
    """Yield origin, destination and about how many, of every pair of districts."""
    told = door.ask(f"/flows/district?{query}&k=20000").json()
    if told["hidden"]:
        raise Misread(f"{query}: more pairs than one answer holds")
    at = {node["code"]: node for node in told["nodes"]}
    for edge in told["edges"]:
        _one_atom(edge, "n")
        yield at[edge["origin"]], at[edge["destination"]], edge["n"]
    for node in told["nodes"]:
        if node["internal"]:
            _one_atom(node, "internal")
            yield node, node, node["internal"]


def _one_atom(told: dict[str, Any], name: str) -> None:
    high = told["n_high" if name == "n" else f"{name}_high"]
    if high != told[name] + 10:
        raise Misread(f"not one atom: {told}")


def _by_day(door: Door, first: date, last: date) -> Iterator[tuple]:
    for at in range((last - first).days + 1):
        day = first + at * DAY
        week = day - timedelta(days=day.weekday())
        asked = f"from={day}&to={day}"
        for mode in MODES:
            for o, d, n in pairs(door, f"{asked}&mode={mode}"):
                ends = (o["state_code"], o["code"], d["state_code"], d["code"])
                yield ("district", week, day, mode, *ends, n)
        told = door.ask(f"/flows/district?{asked}&k=20000").json()
        states = {node["code"]: node["state_code"] for node in told["nodes"]}
        for edge in told["edges"]:
            if edge["origin"] >= REST:
                state, end = edge["origin"] - REST, edge["destination"]
                ends = (state, None, states[end], end)
                yield ("state_to_district", week, day, None, *ends, edge["n"])


def _by_week(door: Door, first: date, last: date) -> Iterator[tuple]:
    """Yield what is told of a whole week, of pairs of states and of the country."""
    for at in range(((last - first).days + 1) // 7):
        week = first + at * WEEK
        told = door.ask(f"/flows/state?from={week}&to={week + 6 * DAY}&k=20000").json()
        ends = [(e["origin"], e["destination"], e["n"]) for e in told["edges"]]
        ends += [(n["code"], n["code"], n["internal"]) for n in told["nodes"]]
        yield from ((week, *each) for each in ends if each[-1])


def _rest(weeks: list[tuple], finer: pl.DataFrame) -> list[tuple]:
    """Return the atoms by week: what the finer ones leave of a week's sums."""
    by = ["week", "origin_state", "destination_state"]
    sums = finer.group_by(by).agg(pl.col("n").sum().alias("finer"))
    schema = {name: SCHEMA[name] for name in (*by, "n")}
    left = pl.DataFrame(weeks, schema=schema, orient="row").join(
        sums, on=by, how="left"
    )
    left = left.with_columns(pl.col("n") - pl.col("finer").fill_null(0))
    if (left["n"] < 0).any():
        raise Misread("a week's sum is less than its days'")
    return [
        (
            "state" if origin else "country",
            *(week, None, None, origin or None, None, destination or None, None, n),
        )
        for week, origin, destination, n in left.select(*by, "n").iter_rows()
        if n
    ]
