"""The sections of a run, in order; each gives its bars, none where it cannot run.

Batches come first: they then fill empty tables, as a new state's do.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg

from tests.bench import (
    batches,
    brush,
    cached,
    crowd,
    filling,
    flowmap,
    flows,
    ingest_run,
    painted,
    people,
    people_filling,
    side_by_side,
    tiles,
    twins,
    worker,
)
from tests.bench.bar import Bar
from tests.bench.ground import Ground, ground
from tests.bench.service import serving
from tests.bench.size import Size
from tests.e2e.browsing import program

Section = Callable[[Ground, Size, Path], list[Bar]]
# As many of all journeys as there must be, so that enough of them touch one state.
PER_TOUCHING = 5
TOUR = 20


def _batches(on: Ground, size: Size, out: Path) -> list[Bar]:
    with psycopg.connect(on.admin) as db:
        twins.make(db)
    found = []
    kinds = ((False, ""), (True, ", with source_ref"))
    for refs, note in kinds if size.with_refs else kinds[:1]:
        uploads = batches.bodies(
            on.database, batches=size.batches + 1, size=size.rows, refs=refs
        )
        with serving(on.settings) as client:
            runs = batches.timed(client, on, uploads, size=size.rows)
        found.extend(batches.bars(runs, note=note, held=not refs))
    more = batches.bodies(on.database, batches=2, size=size.rows, refs=True)
    (out / "bench-profile.txt").write_text(batches.profile(on, more))
    return found


def _reads(on: Ground, size: Size, _: Path) -> list[Bar]:
    """Flows and tiles in turn, each round on a fresh server."""
    each = crowd.crowd(on.database, size.movements)
    counted = filling.fill(on.admin, each)
    rng = np.random.default_rng(1)
    by_flow, by_tile = [], []
    for _round in range(size.runs):
        with serving(on.settings) as client:
            by_flow.append(flows.over_http(client, on, counted))
            chosen = tiles.squares(rng, per_zoom=size.tiles_per_zoom)
            by_tile.append(tiles.over_http(client, chosen))
    return [*flows.bars(by_flow), *tiles.bars(by_tile)]


def _tiles(on: Ground, size: Size, _: Path) -> list[Bar]:
    side_by_side.prepared(on)
    return side_by_side.tile_bars(on, rounds=size.runs, per_zoom=size.tiles_per_zoom)


def _items(on: Ground, size: Size, _: Path) -> list[Bar]:
    side_by_side.prepared(on)
    return side_by_side.item_bars(on, rounds=size.runs)


def _cached(on: Ground, size: Size, _: Path) -> list[Bar]:
    return cached.bars(on, rounds=size.runs, seconds=size.seconds)


def _martin(on: Ground, size: Size, _: Path) -> list[Bar]:
    side_by_side.prepared(on)
    return side_by_side.martin_bars(
        on, rounds=size.martin, per_zoom=size.tiles_per_zoom
    )


def _brush(on: Ground, size: Size, _: Path) -> list[Bar]:
    """The smaller number of movements gets a database of its own."""
    few, many = _named(size.few), _named(size.many)
    each = crowd.on_many_pairs(on.database, size.many, pairs=size.pairs)
    with ground() as beside:
        filling.fill(beside.admin, crowd.thinned(each, size.few))
        rows = filling.fill(on.admin, each)
        del each
        asked = brush.windows(rows)
        steps = brush.measured(
            {few: beside, many: on}, asked, rounds=size.runs, each=size.windows
        )
    return [
        *brush.bars(steps, few=few, many=many),
        *worker.restart_bars(on, rounds=size.runs),
        *worker.memory_bars(on, asked[: min(TOUR, size.windows)]),
        *worker.visible_bars(on, _uploads(on, size)),
    ]


def _painted(on: Ground, size: Size, out: Path) -> list[Bar]:
    if not flowmap.is_installed() or not program():
        return []
    every = crowd.crowd(on.database, size.painted * PER_TOUCHING)
    each = painted.in_reach(every, size.painted)
    del every
    rows = filling.fill(on.admin, each)
    kinds = {
        "a row per journey": flowmap.per_journey(each),
        "journeys summed per day": flowmap.per_day(rows),
    }
    found = []
    for name, held in kinds.items():
        runs = painted.measured(
            on, held, rounds=size.runs, steps=size.steps, pictures=out
        )
        found += painted.bars(runs, name=name, held=name == "a row per journey")
        found += flowmap.in_node(on, held, brush.windows(rows)[: 2 * size.steps])
    return found


def _people(on: Ground, size: Size, _: Path) -> list[Bar]:
    each = people_filling.fill(on, size.people)
    rounds, deep = people.measured(on, each, rounds=size.runs, each=size.asked)
    return people.bars(rounds, deep=deep)


def _ingest(on: Ground, size: Size, _: Path) -> list[Bar]:
    return ingest_run.bars(ingest_run.measured(on, size.ingested))


def _uploads(on: Ground, size: Size):
    return batches.bodies(
        on.database, batches=2 * size.runs, size=max(size.rows // 10, 10), refs=False
    )


def _named(movements: int) -> str:
    whole, rest = divmod(movements, 1_000_000)
    return f"{whole}M" if whole and not rest else f"{movements:,}"


SECTIONS: dict[str, Section] = {
    "batches": _batches,
    "reads": _reads,
    "tiles": _tiles,
    "items": _items,
    "cached": _cached,
    "brush": _brush,
    "painted": _painted,
    "people": _people,
    "ingest": _ingest,
    "martin": _martin,
}
