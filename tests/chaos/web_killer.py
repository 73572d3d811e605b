"""Kills web workers, and now and then the whole server."""

import random
import time
from dataclasses import dataclass, field

from tests.chaos import served
from tests.chaos.ground import Ground
from tests.chaos.seen import Deaths
from tests.chaos.served import Served
from tests.chaos.struck import AT_POINTS, MOMENTS, stopped, struck
from tests.chaos.web_points import WEB_POINTS

# So long a place is waited at; another worker may be starting meanwhile.
WAIT_S = 10.0
# So long a worker may take to start again; then it is killed all the same.
RECOVER_S = 60.0
# Of thirty kills one takes the whole server.
WHOLE = 30


@dataclass(slots=True)
class WebKiller:
    """Strikes a server with so many ``workers``."""

    on: Ground
    web: Served
    rng: random.Random
    workers: int
    deaths: Deaths = field(default_factory=Deaths)
    _turn: int = 0

    def strike(self) -> None:
        """Kill once; or not, where nobody comes to the place or all just start."""
        self._recovered()
        kills = self.deaths.kills
        if kills % WHOLE == WHOLE - 1:
            self._kill_server()
        elif self.rng.random() < AT_POINTS:
            # All in turn, so that each has its share.
            point = WEB_POINTS[self._turn % len(WEB_POINTS)]
            self._turn += 1
            pid = stopped(self.web.folder, point, wait_s=WAIT_S)
            if pid is not None:
                struck(self.on, self.deaths, point.name, [pid])
        else:
            self._kill_at_random()

    def _recovered(self) -> None:
        """Wait until half of the workers serve: batches have to come in as well."""
        until = time.monotonic() + RECOVER_S
        while time.monotonic() < until:
            self.web.revive()
            if len(self.web.awake()) * 2 >= self.workers:
                return
            time.sleep(0.1)

    def _kill_at_random(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        awake = self.web.awake()
        if not awake:
            time.sleep(0.2)
            return
        pid = self.rng.choice(awake)
        if served.freeze(pid):
            struck(self.on, self.deaths, "random", [pid])

    def _kill_server(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        frozen = [pid for pid in self.web.workers() if served.freeze(pid)]
        struck(self.on, self.deaths, "whole server", frozen)
        self.web.stop()
