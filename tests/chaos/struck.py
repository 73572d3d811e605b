"""A process found standing still, looked at, and killed.

So the server can be asked first whether that process's transaction is open, and whether
it has written anything yet.
"""

import time
from pathlib import Path
from typing import Any

from tests.chaos import points, served
from tests.chaos.ground import Ground
from tests.chaos.points import NAME, Point
from tests.chaos.seen import Deaths

# A moment before a kill at random, in seconds, drawn anew each time.
MOMENTS = (0.05, 0.6)
# Of ten kills six are at a named place.
AT_POINTS = 0.6

_OPEN = """
    SELECT count(*) FILTER (WHERE xact_start IS NOT NULL),
           count(*) FILTER (WHERE backend_xid IS NOT NULL)
    FROM pg_stat_activity WHERE application_name = ANY(%s)"""


def struck(on: Ground, deaths: Deaths, name: str, pids: list[int]) -> None:
    """Note what is open of processes that stand still, and kill them."""
    opened, written = opened_by(on, pids)
    for pid in pids:
        served.kill(pid)
    deaths.kills += 1
    deaths.open += opened > 0
    deaths.written += written > 0
    deaths.at[name] += 1


def opened_by(on: Ground, pids: list[int]) -> tuple[int, int]:
    """How many transactions of processes are open, and how many have written."""
    with on.admin() as db:
        found: Any = db.execute(_OPEN, [[f"{NAME}{pid}" for pid in pids]]).fetchone()
    return found


def stopped(folder: Path, point: Point, *, wait_s: float) -> int | None:
    """Wait for a process to come to a place; it stands still there. None: none came."""
    points.wait_at(folder, point)
    until = time.monotonic() + wait_s
    while (pid := points.stopped_at(folder, point)) is None:
        if time.monotonic() > until and points.wait_no_more(folder, point):
            return None
        time.sleep(0.005)
    return pid if served.is_still(pid) else None
