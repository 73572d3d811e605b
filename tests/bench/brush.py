"""Bars: a step of the time brush on the server, whatever the number of movements.

Two databases with the same pairs of districts, one with ten times the movements, are
asked in turn in one process: by the cube alone, and as whole requests through the
application, from the request's words to the compressed answer's last byte.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from werkzeug.test import EnvironBuilder, run_wsgi_app

from boundaries.scope import COUNTRY
from boundaries.version import versions
from boundaries.vintage import sets_on
from gis_service.access import issue
from gis_service.app import create_app
from layers.flows import answer
from layers.nodes import nodes
from layers.question import Question
from layers.window import Window
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.ground import Ground

# The state that most people went home to.
STATE = 9
P50_MS, P99_MS, GROWTH = 5.0, 20.0, 1.2
SEED = 20200601
WARM_UP = 5
# As Chromium asks, so that what compression takes is in the time.
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}

Step = Callable[[Window], None]


@dataclass(frozen=True, slots=True)
class Steps:
    """Milliseconds of every step, per round, of each kind of step."""

    rounds: list[dict[str, list[float]]]

    def of(self, kind: str, q: float) -> list[float]:
        return [float(np.percentile(each[kind], q)) for each in self.rounds]


def windows(rows: pl.DataFrame, *, seed: int = SEED) -> list[Window]:
    """Return every window of one day to all days, shuffled: no cache has the next."""
    first, last = rows["day"].min(), rows["day"].max()
    days = [first + timedelta(days=by) for by in range((last - first).days + 1)]
    every = [Window(a, b) for at, a in enumerate(days) for b in days[at:]]
    order = np.random.default_rng(seed).permutation(len(every))
    return [every[at] for at in order]


def measured(
    grounds: dict[str, Ground], asked: Sequence[Window], *, rounds: int, each: int
) -> Steps:
    """Ask every ground the same windows in turn; a round's first are not counted.

    Args:
        grounds: databases by their names.
        asked: different windows, enough for all rounds.
        rounds: how many.
        each: windows per round.
    """
    steps = {
        f"{name}, {kind}": step
        for name, ground in grounds.items()
        for kind, step in _kinds(ground).items()
    }
    found = []
    for round_ in range(rounds):
        times: dict[str, list[float]] = {kind: [] for kind in steps}
        for number, window in enumerate(asked[round_ * each : (round_ + 1) * each]):
            for kind, step in steps.items():
                begin = time.perf_counter()
                step(window)
                if number >= WARM_UP:
                    times[kind].append((time.perf_counter() - begin) * 1e3)
        found.append(times)
    return Steps(found)


def bars(steps: Steps, *, few: str, many: str) -> list[Bar]:
    """Return the bars of the greater number, and the growth from the smaller one."""
    lines = []
    for kind in ("a state's officer, whole request", "the country, cube alone"):
        name = f"brush step, {many} movements, {kind}"
        lines += [
            bar.at_most(f"{name}, p50", steps.of(f"{many}, {kind}", 50), P50_MS, "ms"),
            bar.at_most(f"{name}, p99", steps.of(f"{many}, {kind}", 99), P99_MS, "ms"),
            bar.told(f"  {few} movements, p50", steps.of(f"{few}, {kind}", 50), "ms"),
        ]
        both = zip(
            steps.of(f"{many}, {kind}", 50), steps.of(f"{few}, {kind}", 50), strict=True
        )
        growth = [more / less for more, less in both]
        title = f"brush step, {many} by {few} on the same pairs, {kind}"
        lines.append(bar.at_most(title, growth, GROWTH, "ratio"))
    for kind in steps.rounds[0]:
        lines.append(bar.told(f"  {kind}, slowest", steps.of(kind, 100), "ms"))
    return lines


def _kinds(ground: Ground) -> dict[str, Step]:
    app = create_app(ground.settings, ground.database)
    # As gis_service/wsgi.py does in every worker.
    gc.collect()
    gc.freeze()
    with ground.database.owner.begin() as db:
        officer = issue(db, role="state", state=STATE, days=1, label="bench")
        ministry = issue(db, role="ministry", days=1, label="bench")
    return {
        "the country, cube alone": _alone(app, ground),
        "a state's officer, whole request": _whole(app, "district", officer),
        "the country by state, whole request": _whole(app, "state", ministry),
    }


def _alone(app, ground: Ground) -> Step:
    with ground.database.read.connect() as db:
        known = versions(db)
        question = Question(COUNTRY, sets_on(db, None))
        places = nodes(db, question, version=known["boundaries"])
        cube = app.extensions["cube"].at(db, known)

    def step(window: Window) -> None:
        answer(cube, Question(COUNTRY, question.sets, window=window), places)

    return step


def _whole(app, level: str, token: str) -> Step:
    headers = BROWSER | {"Authorization": f"Bearer {token}"}
    usual = EnvironBuilder(f"/flows/{level}", headers=headers).get_environ()

    def step(window: Window) -> None:
        query = f"from={window.first}&to={window.last}"
        body, status, _ = run_wsgi_app(app, usual | {"QUERY_STRING": query})
        if not b"".join(body) or not status.startswith("200"):
            message = f"{query}: {status}"
            raise AssertionError(message)

    return step
