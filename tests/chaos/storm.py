"""The storm: senders send, processes are killed, everything is looked at."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg import IsolationLevel

from gis_service.settings import Settings
from tests.chaos import books
from tests.chaos.broken import broken, forgotten
from tests.chaos.ground import Ground, ground
from tests.chaos.ledger import Ledger
from tests.chaos.queue_killer import QueueKiller
from tests.chaos.seen import Seen
from tests.chaos.sender import Sender
from tests.chaos.senders import senders
from tests.chaos.served import served
from tests.chaos.size import Size
from tests.chaos.struck import MOMENTS, opened_by
from tests.chaos.tallied import tallied
from tests.chaos.web_killer import WebKiller
from tests.chaos.wire import PATIENCE_S
from tests.chaos.working import working

# So long a restart waits for a transaction that has written.
WAIT_S = 10.0
# Kills of the web's between two looks while uploads come in.
LOOK_EVERY = 5

Say = Callable[[str], None]


@dataclass(slots=True)
class Storm:
    """A storm under way."""

    size: Size
    on: Ground
    web: WebKiller
    queue: QueueKiller
    senders: list[Sender]
    rng: random.Random
    floor: int
    seen: Seen = field(default_factory=Seen)

    def blow(self, say: Say) -> None:
        """Kill and restart as often as asked, and look at everything between."""
        begin = time.monotonic()
        for sender in self.senders:
            sender.start()
        while not self._is_enough() and time.monotonic() - begin < self.size.most_s:
            before = self._kills
            if before < self.size.kills:
                self.web.strike()
            if self.queue.deaths.kills < self._due(self.size.queue_kills):
                self.queue.strike()
            if self._kills == before:
                continue  # nobody came to the place, or it ended by itself
            self._after_a_kill()
            if self._kills % self.size.look_every == 0:
                both = f"{self._kills} + {self.queue.deaths.kills} kills"
                say(f"{both}, {time.monotonic() - begin:.0f} s")
        self.look_quietly()
        self.seen.seconds = time.monotonic() - begin

    @property
    def ledgers(self) -> list[Ledger]:
        return [each.ledger for each in self.senders]

    @property
    def _kills(self) -> int:
        return self.web.deaths.kills

    def _is_enough(self) -> bool:
        enough = self.queue.deaths.kills >= self.size.queue_kills
        return enough and self._kills >= self.size.kills

    def _due(self, of_all: int) -> int:
        """How many of something there should be by now, that goes on with kills."""
        return of_all * self._kills // self.size.kills

    def _after_a_kill(self) -> None:
        every = max(1, self.size.kills // (self.size.restarts + 1))
        if self.seen.restarts < min(self._kills // every, self.size.restarts):
            self._restart()
        if self._kills % self.size.look_every == 0:
            self.look_quietly()
        elif self._kills % LOOK_EVERY == 0:
            self.look()

    def look(self) -> None:
        """Look at one instant while uploads come in."""
        told = {
            key: receipt
            for each in self.ledgers
            for key, receipt in each.receipts.copy().items()
        }
        with self.on.admin() as db:
            db.isolation_level = IsolationLevel.REPEATABLE_READ
            found = {
                f"{name}: {n}" for name, n in broken(db, floor=self.floor).items() if n
            }
            lost = books.unacknowledged(db, told)
        self.seen.wrong += sorted(found)
        self.seen.wrong += [f"acknowledged and not stored so: {lost}"] if lost else []
        self.seen.looks += 1

    def look_quietly(self) -> None:
        """Let all senders finish; then what is stored is what was sent."""
        self.revive()
        for sender in self.senders:
            sender.hold()
        self._wait_for_senders()
        self.look()
        with self.on.admin() as db:
            self.seen.wrong += books.differences(db, self.on, self.ledgers)
        self.seen.wrong += books.audited(self.on)
        self.seen.quiet += 1
        for sender in self.senders:
            sender.go_on()

    def revive(self) -> None:
        """Start again what has ended."""
        self.web.web.revive()
        self.queue.working.revive()

    def _wait_for_senders(self) -> None:
        until = time.monotonic() + PATIENCE_S + 30
        for sender in self.senders:
            while not sender.held(1.0):
                assert time.monotonic() < until, "a sender does not come to an end"
                # granian notices late that its workers died too often, and ends.
                self.revive()

    def _restart(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        # Senders were just cut off; a restart is to meet what is half done.
        until = time.monotonic() + WAIT_S
        pids = [*self.web.web.workers(), *self.queue.working.pids()]
        while not (written := opened_by(self.on, pids)[1]):
            if time.monotonic() > until:
                break
        how = (signal.SIGQUIT, signal.SIGKILL)[self.seen.restarts % 2]
        self.seen.away_s = max(self.seen.away_s, self.on.restart(how))
        self.seen.restarts += 1
        self.seen.restarts_open += written > 0


@contextmanager
def storm(size: Size, *, seed: int = 1) -> Iterator[Storm]:
    """Make a cluster, processes and senders; nothing is killed before ``blow``."""
    with ground(size.workers) as on:
        settings = Settings(var=on.var, workers=size.workers)
        with (
            served(settings) as web,
            working(settings, web.folder, count=size.queue_workers) as queue,
        ):
            sending = senders(size, on, web.at, seed=seed)
            with on.admin() as admin:
                floor = forgotten(admin)
            moments = [random.Random(seed + at) for at in range(3)]  # noqa: S311
            made = Storm(
                size,
                on,
                WebKiller(on, web, moments[1], size.workers),
                QueueKiller(on, queue, moments[2]),
                sending,
                moments[0],
                floor,
            )
            try:
                yield made
            finally:
                queue.revive()
                for sender in sending:
                    sender.end()


def blown(size: Size, say: Say) -> Seen:
    """What a whole storm did and found."""
    with storm(size) as made:
        made.blow(say)
    found = made.seen
    found.web, found.queue = made.web.deaths, made.queue.deaths
    found.web.starts = made.web.web.starts
    found.queue.starts = made.queue.working.starts
    tallied(found, made.senders)
    return found
