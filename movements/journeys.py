"""The distinct journeys of a batch, their routes, and which rows go along which."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from sqlalchemy import Connection

from boundaries.gazetteer import Gazetteer
from movements.rule import Finding
from routes.errors import RouteGap
from routes.journey import Journey, Planned
from routes.path import planned

KEY = "journey"
_SHARED = (
    "mode",
    "origin_district",
    "destination_district",
    "origin_state",
    "destination_state",
)


@dataclass(frozen=True, slots=True)
class Journeys:
    """Routes by the key of a row's journey, and the rows whose route has a gap."""

    routes: Mapping[str, Planned]
    findings: tuple[Finding, ...]


def keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the column ``KEY``: mode, districts, declared states.

    ``None`` where one of the first three is missing.
    """
    return frame.with_columns(
        pl.concat_str(
            "mode",
            "origin_district",
            "destination_district",
            pl.col("route_states").fill_null(""),
            separator="|",
        ).alias(KEY)
    )


def journeys(
    db: Connection, frame: pl.DataFrame, *, places: Gazetteer, accept_gaps: bool
) -> Journeys:
    """Return the routes of a keyed frame; every distinct journey is planned once."""
    keys = frame[KEY].drop_nulls().unique(maintain_order=True).to_list()
    asked = {key: _journey(key) for key in keys}
    answers = planned(db, list(asked.values()), accept_gaps=accept_gaps)
    routes: dict[str, Planned] = {}
    gaps: dict[str, str] = {}
    for key, journey in asked.items():
        answer = answers[journey]
        if isinstance(answer, RouteGap):
            gaps[key] = in_words(answer, places)
        else:
            routes[key] = answer
    return Journeys(routes, _torn(frame[KEY], gaps))


def _torn(keys: pl.Series, gaps: Mapping[str, str]) -> tuple[Finding, ...]:
    if not gaps:
        return ()
    texts = enumerate(keys.to_list())
    advice = {row: gaps[key] for row, key in texts if key in gaps}
    rows = np.array(list(advice))
    return (Finding("route_states", "route_gap", rows, advice),)


def _journey(key: str) -> Journey:
    mode, origin, destination, states = key.split("|")
    declared = tuple(int(code) for code in states.split(";")) if states else None
    return Journey(mode, int(origin), int(destination), declared)


def in_words(gap: RouteGap, places: Gazetteer) -> str:
    """Return the gap and what would close it, states by name."""

    def name(code: int) -> str:
        return places.states[code].name if code in places.states else str(code)

    torn = "; ".join(f"{name(a)} and {name(b)} do not touch" for a, b in gap.gaps)
    ways = " or ".join("; ".join(map(name, way)) for way in gap.completions)
    closing = f". Complete routes: {ways}" if ways else ""
    return f"{torn}{closing}. Or send accept_route_gap=true"


def routed(frame: pl.DataFrame, found: Journeys) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frame with the number of each row's way, and the ways by number.

    A way is what rows of one journey share: mode, districts, states and route; a
    batch has a sixth as many as rows.
    """
    ways = frame.select(KEY, *_SHARED).unique(KEY, maintain_order=True)
    routes = [found.routes[key] for key in ways[KEY].to_list()]
    numbered = ways.with_columns(
        way=pl.int_range(pl.len(), dtype=pl.Int32),
        route_id=pl.Series([r.route_id.bytes for r in routes], dtype=pl.Binary),
        route_states=pl.Series([r.states for r in routes], dtype=pl.Object),
        transit=pl.Series([_between(r.states) for r in routes], dtype=pl.Object),
    )
    rows = frame.join(
        numbered.select(KEY, "way"), on=KEY, how="left", maintain_order="left"
    )
    return rows, numbered


def _between(states: tuple[int, ...]) -> tuple[int, ...]:
    ends = {states[0], states[-1]}
    return tuple(sorted(set(states) - ends))
