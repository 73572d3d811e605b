"""Bars on a running server: freshness, memory of a worker, a restart.

All on the greater number of movements, over HTTP, one worker.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from gis_service.access import issue
from layers.window import Window
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.batches import TENANT
from tests.bench.ground import Ground
from tests.bench.service import Client, serving

VISIBLE_MS, RESTART_S, MEMORY_MB = 100.0, 5.0, 300.0
FILTERS = (
    *("", "&mode=train", "&category=labour", "&category=student&mode=bus"),
    *("&direction=in", "&direction=out", "&stage=planned"),
)


def memory_bars(ground: Ground, tour: list[Window]) -> list[Bar]:
    """Return what a worker holds after a tour of windows and filters, in MB."""
    token = _officer(ground)
    with serving(ground.settings) as client:
        for window in tour:
            span = f"from={window.first}&to={window.last}"
            for more in FILTERS:
                client.ask("GET", f"/flows/district?{span}{more}", token=token)
        held = _memory(_worker(client))
    return [
        bar.at_most(
            "memory of a worker, district cube of 62 days, private and shared",
            [held["Rss"]],
            MEMORY_MB,
            "MB",
        ),
        bar.told("  of these its own", [held["Private"]], "MB"),
        bar.told("  with its part of what is shared", [held["Pss"]], "MB"),
    ]


def restart_bars(ground: Ground, *, rounds: int) -> list[Bar]:
    """Return seconds from starting the server to its first answer of flows."""
    token = _officer(ground)
    fresh = _first_answer(ground, token, without_base=True)
    found = [_first_answer(ground, token) for _ in range(rounds)]
    return [
        bar.at_most("restart to the first flow answer", found, RESTART_S, "s"),
        bar.told("  where no base file was made yet", [fresh], "s"),
    ]


def visible_bars(ground: Ground, uploads: Iterator[bytes]) -> list[Bar]:
    """Return milliseconds from a batch's receipt to the answer that shows it."""
    with ground.database.owner.begin() as db:
        sender = issue(db, role="uploader", state=TENANT, days=1, label="bench")
    reader = _officer(ground, state=TENANT)
    found = []
    with serving(ground.settings) as client:
        seen = _people(client, reader)
        for body in uploads:
            sent = client.ask(
                "POST",
                "/api/v1/batches",
                token=sender,
                body=body,
                kind="text/csv",
                expect=(201,),
            )
            begin = time.perf_counter()
            now = _people(client, reader)
            found.append((time.perf_counter() - begin) * 1e3)
            accepted = json.loads(sent.body)["accepted"]
            if now != seen + accepted:
                message = f"{now} people are shown, not {seen} + {accepted}"
                raise AssertionError(message)
            seen = now
    name = "upload committed, visible in the next flow answer"
    return [
        bar.at_most(name, found, VISIBLE_MS, "ms"),
        bar.told("  slowest", [max(found)], "ms"),
    ]


def _first_answer(ground: Ground, token: str, *, without_base: bool = False) -> float:
    if without_base:
        for path in Path(ground.settings.var).glob("cube/**/*"):
            if path.is_file():
                path.unlink()
    begin = time.perf_counter()
    with serving(ground.settings) as client:
        client.ask("GET", "/flows/district", token=token)
        return time.perf_counter() - begin


def _people(client: Client, token: str) -> int:
    answer = client.ask("GET", "/flows/district", token=token)
    found = json.loads(answer.plain())
    return found["total"] + found["internal"]


def _officer(ground: Ground, *, state: int = 9) -> str:
    with ground.database.owner.begin() as db:
        return issue(db, role="state", state=state, days=1, label="bench")


def _worker(client: Client) -> int:
    """Return the process id of the one worker: granian's only child."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(client.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    return max(map(int, told.stdout.split()), key=_rss)


def _memory(pid: int) -> dict[str, float]:
    """Return Rss, Pss and Private of a process in MB (10^6 bytes)."""
    found = {"Private": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        size = int(rest.split()[0]) * 1024 / 1e6
        if name.startswith("Private"):
            found["Private"] += size
        found[name] = size
    return found


def _rss(pid: int) -> float:
    return _memory(pid)["Rss"]
