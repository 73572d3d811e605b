"""Four rules to publish counts by: ours, as the service answers, and three of others.

Those run beside ours so that the attacks are known to bite.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from movements.release.draw import ReleaseKey, drawn, rounded
from movements.release.levels import BASE, FLOWS
from tests.attack.block import DAYS, EVERY, Block
from tests.attack.door import Door
from tests.attack.seen import MODES, REST
from tests.attack.system import ANY, Ints, System

# FlowKit hides what is below; here with the base of our own rounding.
HIDDEN_BELOW = 11
# Cell-key noise is drawn once for each table that a cell, or a sum with it, is in.
NOISE = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A rule's answers to all questions of a block.

    Attributes:
        values: int64[answers]; see ``Block.sums``.
        shown: bool[answers], which are answered at all.
        system: what they say of the cells; none where ``week.py`` has it.
    """

    values: Ints
    shown: NDArray[np.bool_]
    system: System | None


def hiding(block: Block) -> Told:
    """FlowKit's rule: sums below eleven are not told, others are exact."""
    sums = block.sums @ block.counts
    shown = sums >= HIDDEN_BELOW
    least, most = np.where(shown, sums, 0), np.where(shown, sums, HIDDEN_BELOW - 1)
    return Told(np.where(shown, sums, 0), shown, _system(block, least, most))


def rounding(block: Block, key: ReleaseKey) -> Told:
    """Each cell rounded by a key, and none pooled; answers are sums of these."""
    cells = rounded_cells(_named(block), key)
    low = np.where(cells > 0, np.maximum(cells - (BASE - 1), 1), 0)
    none = block.sums[:0]
    empty = np.zeros(0, dtype=np.int64)
    system = System(low, cells + BASE - 1, none, empty, empty)
    values = block.sums @ cells
    return Told(values, np.ones(len(values), dtype=np.bool_), system)


def noise(block: Block, rng: np.random.Generator) -> Told:
    """Cell-key noise: every answer but zero has its own, the same each time."""
    sums = block.sums @ block.counts
    away = rng.integers(-NOISE, NOISE + 1, sums.size)
    values = np.where(sums > 0, np.maximum(sums + away, 0), 0)
    least = np.where(values > 0, np.maximum(values - NOISE, 1), 0)
    system = _system(block, least, values + NOISE)
    return Told(values, np.ones(sums.size, dtype=np.bool_), system)


def ours(block: Block, door: Door) -> Told:
    """What the service tells an analyst."""
    answers = [_answered(block, door, asked) for asked in block.asked]
    values = np.array(answers, dtype=np.int64).T
    shown = values > 0
    # Where a mode is asked, a state's sum leaves out what is not told by mode.
    pairs = len(block.origins)
    by_mode = np.array([asked.modes != EVERY for asked in block.asked])
    shown[pairs:, by_mode] = False
    return Told(values.ravel(), shown.ravel(), None)


def rounded_cells(cells: pl.DataFrame, key: ReleaseKey) -> Ints:
    """Return int64[cells], each count rounded by a key as if it were an atom."""
    counts = cells["c"].to_numpy().astype(np.int64)
    counters = np.zeros(cells.height, dtype=np.int64)
    _, roundings = drawn(key, FLOWS[0], cells, counters=counters)
    return rounded(counts, roundings)


def _system(block: Block, least: Ints, most: Ints) -> System:
    cells = np.zeros(block.counts.size, dtype=np.int64)
    return System(cells, cells + ANY, block.sums, least, most)


def _named(block: Block) -> pl.DataFrame:
    """Return the cells with the columns of an atom of the finest level."""
    days = [block.day(at) for at in range(DAYS)]
    ends = pl.DataFrame({"origin": block.origins, "origin_state": block.states})
    cells = ends.join(pl.DataFrame({"day": days}), how="cross").join(
        pl.DataFrame({"mode": MODES}), how="cross"
    )
    return cells.with_columns(
        pl.lit(block.district).alias("destination"),
        pl.lit(0).alias("destination_state"),
        pl.col("day").dt.truncate("1w").alias("week"),
        pl.Series("c", block.counts),
    )


def _answered(block: Block, door: Door, asked) -> list[int]:
    """Return about how many of each group of the block one answer tells of."""
    modes = "".join(f"&mode={mode}" for mode in asked.modes)
    days = f"from={block.day(asked.first)}&to={block.day(asked.last)}"
    told = door.ask(
        f"/flows/district?{days}&unit={block.district}&direction=in&k=20000{modes}"
    ).json()
    found = {edge["origin"]: edge["n"] for edge in told["edges"]}
    for node in told["nodes"]:
        if node["code"] == block.district:
            found[block.district] = node["internal"]
    pairs = [found.get(code, 0) for code in block.origins.tolist()]
    states = np.array([_state(node) for node in told["nodes"]])
    n = np.array([found.get(node["code"], 0) for node in told["nodes"]])
    by_state = [int(n[states == code].sum()) for code in block.of_states.tolist()]
    return [*pairs, *by_state, told["total"] + told["internal"]]


def _state(node: dict) -> int:
    code = node["code"]
    return code - REST if code >= REST else node["state_code"]
