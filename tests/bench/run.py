"""`make bench`: measure every bar, write them as JSON, print them as a table.

``--small`` only shows that the harness works: its figures mean nothing.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench import bar, batches, crowd, flows, machine, tiles, twins
from tests.bench.bar import Bar
from tests.bench.ground import Ground, ground
from tests.bench.service import serving


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    movements: int
    rows: int
    runs: int
    tiles_per_zoom: int
    with_refs: bool


FULL = Size(
    movements=1_000_000,
    rows=10_000,
    runs=5,
    tiles_per_zoom=tiles.PER_ZOOM,
    with_refs=True,
)
SMALL = Size(movements=5_000, rows=100, runs=1, tiles_per_zoom=2, with_refs=False)


def main() -> int:
    asked = _asked()
    size = SMALL if asked.small else FULL
    with ground() as on:
        found = measured(on, size, asked.out)
        report = {"machine": machine.machine(on.admin), "bars": bar.as_json(found)}
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    sys.stdout.write(bar.as_table(found) + "\n")
    return 0 if asked.small or all(each.holds is not False for each in found) else 1


def measured(on: Ground, size: Size, out: Path) -> list[Bar]:
    """Batches come first: they then fill empty tables, as a new state's do."""
    return [*_batches(on, size, out), *_reads(on, size)]


def _batches(on: Ground, size: Size, out: Path) -> list[Bar]:
    import psycopg

    with psycopg.connect(on.admin) as db:
        twins.make(db)
    found = []
    kinds = ((False, ""), (True, ", with source_ref"))
    for refs, note in kinds if size.with_refs else kinds[:1]:
        uploads = batches.bodies(
            on.database, batches=size.runs + 1, size=size.rows, refs=refs
        )
        _say(f"{size.runs + 1} batches of {size.rows} rows{note}")
        with serving(on.settings) as client:
            runs = batches.timed(client, on, uploads, size=size.rows)
        found.extend(batches.bars(runs, note=note, held=not refs))
    out.mkdir(parents=True, exist_ok=True)
    more = batches.bodies(on.database, batches=2, size=size.rows, refs=True)
    (out / "bench-profile.txt").write_text(batches.profile(on, more))
    return found


def _reads(on: Ground, size: Size) -> list[Bar]:
    """Flows and tiles in turn, each round on a fresh server."""
    _say(f"{size.movements} movements")
    counted = crowd.fill(on.admin, crowd.crowd(on.database, size.movements))
    rng = np.random.default_rng(1)
    by_flow, by_tile, country = [], [], []
    for round_ in range(size.runs):
        _say(f"flows and tiles, round {round_ + 1} of {size.runs}")
        with serving(on.settings) as client:
            by_flow.append(flows.over_http(client, on, counted))
            chosen = tiles.squares(rng, per_zoom=size.tiles_per_zoom)
            by_tile.append(tiles.over_http(client, chosen))
        country.append(flows.whole_country(on, counted))
    return [*flows.bars(by_flow, country), *tiles.bars(by_tile)]


def _say(text: str) -> None:
    sys.stderr.write(f"… {text}\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("var"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
