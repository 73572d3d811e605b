"""Bar: ``nmis ingest`` of a month's rows of the whole country, in flat memory.

The command runs as an operator runs it, a process of its own; what it and its children
held at most is read from the kernel after each batch that it tells of.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from gis_service.settings import variable
from tests.bench import bar, ingest_file
from tests.bench.bar import Bar
from tests.bench.ground import Ground

MOST_MB = 500.0
# After this share of the file memory has what it needs, if it is flat.
EARLY = 0.1
SEED = 2020
TOLD = re.compile(r"; ([\d,]+) rows so far")


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a run took.

    Attributes:
        rows: of the file, all of them stored.
        seconds: from the start of the command to its end.
        peaks: MB (10^6 bytes) held at most until so many rows were stored.
    """

    rows: int
    seconds: float
    peaks: list[tuple[int, float]]


def measured(on: Ground, rows: int) -> Ingested:
    """Write a file and take it; every row must be stored and counted in the flows."""
    file = Path(on.settings.var) / "ingest.csv"
    ingest_file.write(on.database, file, rows=rows, seed=SEED)
    before = _counts(on)
    begin = time.perf_counter()
    peaks = _run(on, file)
    seconds = time.perf_counter() - begin
    file.unlink()
    after = _counts(on)
    added = {name: after[name] - before[name] for name in after}
    if set(added.values()) != {rows}:
        message = f"of {rows} rows there are {added}"
        raise AssertionError(message)
    return Ingested(rows, seconds, peaks)


def bars(run: Ingested) -> list[Bar]:
    name = f"nmis ingest of {run.rows:,} rows, most memory held"
    early = [mb for rows, mb in run.peaks if rows <= run.rows * EARLY]
    return [
        bar.at_most(name, [run.peaks[-1][1]], MOST_MB, "MB"),
        bar.told(f"  of it after {EARLY:.0%} of them", [(early or [0])[-1]], "MB"),
        bar.told("  rows per second", [run.rows / run.seconds], "1/s"),
    ]


def _run(on: Ground, file: Path) -> list[tuple[int, float]]:
    nmis = Path(sys.executable).with_name("nmis")
    environment = {
        **os.environ,
        variable("var"): str(on.settings.var),
        variable("database_url"): on.settings.database_url,
        variable("workers"): "1",
    }
    command = [nmis, "ingest", file, "--state", str(ingest_file.TENANT)]
    peaks, told = [], []
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr or ():
            told.append(line)
            if found := TOLD.search(line):
                rows = int(found[1].replace(",", ""))
                peaks.append((rows, sum(map(_peak, _tree(process.pid)))))
    if process.returncode or not peaks:
        message = "".join(told[-20:])
        raise AssertionError(message)
    return peaks


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and those that it started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has ended
            for child in children.read_text().split():
                yield from _tree(int(child))


def _peak(pid: int) -> float:
    """Return what a process held at most, in MB; nothing of one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _counts(on: Ground) -> dict[str, int]:
    sums = {
        "journeys": "SELECT count(*) FROM nmis.movement",
        "profiles": "SELECT count(*) FROM vault.profile",
        "by day": "SELECT coalesce(sum(n), 0) FROM nmis.flow_day",
        "on routes": "SELECT coalesce(sum(n), 0) FROM nmis.route_day",
    }
    with psycopg.connect(on.admin) as db:
        return {name: int(db.execute(s).fetchone()[0]) for name, s in sums.items()}
