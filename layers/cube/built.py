"""Rows of the day roll-up made into the arrays of a base."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cube.base import CODES, NODES, node_keys, pair_keys
from layers.cube.cells import CELLS, LIVE
from layers.cube.rows import Rows
from layers.cube.table import tabulated

Array = NDArray[Any]

# Cumulative counts are stored each time so many rows have passed, as a part of the
# slots: at 0.5, windows of 10M people took 0.6 ms in place of 0.9, and each worker had
# 20 MB more.
SPACING = 0.75


def arrays(rows: Rows) -> tuple[dict[str, Array], int]:
    """Return the base's arrays over rows, by name, and its first day."""
    first_day = int(rows.day.min()) if len(rows.day) else 0
    days = int(rows.day.max()) - first_day + 1 if len(rows.day) else 0
    day = rows.day.astype(np.int32) - first_day
    found, pair = _pairs(rows)
    live = rows.cell < LIVE
    size = len(found["origin"])
    found |= _named(
        "live",
        tabulated(
            pair[live],
            day[live],
            rows.n[live],
            slots=size,
            days=days,
            spacing=SPACING,
        ),
    )
    key = rows.cell.astype(np.int64) * size + pair
    lanes, lane = np.unique(key, return_inverse=True)
    found |= _named(
        "lanes",
        tabulated(lane, day, rows.n, slots=len(lanes), days=days, spacing=SPACING),
    )
    found["lane_pair"] = (lanes % max(size, 1)).astype(np.int32)
    found["cell_start"] = np.searchsorted(lanes, np.arange(CELLS + 1) * size)
    return found, first_day


def _pairs(rows: Rows) -> tuple[dict[str, Array], Array]:
    """Return nodes and pairs by name, and intp[rows]: each row's pair."""
    starts = node_keys(rows.origin_state, rows.origin)
    ends = node_keys(rows.destination_state, rows.destination)
    nodes = np.union1d(starts, ends)
    keys = pair_keys(np.searchsorted(nodes, starts), np.searchsorted(nodes, ends))
    pairs, pair = np.unique(keys, return_inverse=True)
    found: dict[str, Array] = {
        "code": (nodes % CODES).astype(np.int16),
        "state": (nodes // CODES).astype(np.int16),
        "origin": (pairs // NODES).astype(np.int16),
        "destination": (pairs % NODES).astype(np.int16),
    }
    return found, pair


def _named(kind: str, table: dict[str, Array]) -> dict[str, Array]:
    return {f"{kind}.{name}": array for name, array in table.items()}
