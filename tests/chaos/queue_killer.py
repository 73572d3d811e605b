"""Kills the queue's workers, as long as no upload has reason to be given up for it."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

from movements.queue import MOST_ATTEMPTS
from tests.chaos import served
from tests.chaos.ground import Ground
from tests.chaos.queue_points import QUEUE_POINTS
from tests.chaos.seen import Deaths
from tests.chaos.struck import AT_POINTS, MOMENTS, stopped, struck
from tests.chaos.working import Working

# Some places come once an upload, and only for some: longer than among web workers.
WAIT_S = 20.0
# An upload whose worker died so often since its last progress gets time to go on: with
# a restart of PostgreSQL on top of it, it must still not be given up.
PATIENT = MOST_ATTEMPTS - 3
RANDOM = "queue: random"
# A storm begins where a slice is stored and not committed, and goes on to the seventh
# place after it: a short one has few kills, and neighbours are alike.
_FIRST, _STRIDE = 14, 7

_ATTEMPTS = """
    SELECT coalesce(max(attempts), 0) FROM nmis.upload_job
    WHERE state IN ('queued', 'working')"""


@dataclass(slots=True)
class QueueKiller:
    """Strikes workers of the queue; they are started again at once."""

    on: Ground
    working: Working
    rng: random.Random
    deaths: Deaths = field(default_factory=Deaths)
    _turn: int = 0

    def strike(self) -> None:
        """Kill once; or not, where nobody comes to the place or works yet."""
        self.working.revive()
        if not self.working.awake() or self._attempts() > PATIENT:
            time.sleep(0.1)
            return
        if self.deaths.kills and self.rng.random() > AT_POINTS:
            self._kill_at_random()
        else:
            self._kill_at_point()

    def _kill_at_point(self) -> None:
        point = QUEUE_POINTS[(_FIRST + self._turn * _STRIDE) % len(QUEUE_POINTS)]
        self._turn += 1
        pid = stopped(self.working.folder, point, wait_s=WAIT_S)
        if pid is not None:
            self._kill(point.name, pid)

    def _kill_at_random(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        awake = self.working.awake()
        if awake and served.freeze(pid := self.rng.choice(awake)):
            self._kill(RANDOM, pid)

    def _kill(self, name: str, pid: int) -> None:
        struck(self.on, self.deaths, name, [pid])
        self.working.bury(pid)

    def _attempts(self) -> int:
        with self.on.admin() as db:
            found: Any = db.execute(_ATTEMPTS).fetchone()
        return int(found[0])
