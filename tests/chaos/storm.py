"""The storm: senders send, workers and PostgreSQL are killed, everything is looked at.

A kill finds its worker standing still, so that the server can be asked first whether
that worker's transaction is open, and whether it has written anything yet.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import IsolationLevel

from gis_service import access
from gis_service.settings import Settings
from tests.chaos import books, points, served
from tests.chaos.broken import broken, forgotten
from tests.chaos.ground import Ground, ground
from tests.chaos.ledger import ledgers
from tests.chaos.points import NAME, POINTS, Point
from tests.chaos.sender import PATIENCE_S, Sender
from tests.chaos.served import Served
from tests.chaos.size import Size

# So long a place is waited at; another worker may be starting meanwhile.
WAIT_S = 10.0
# So long a worker may take to start again; then it is killed all the same.
RECOVER_S = 60.0
# Kills between two looks while batches come in.
LOOK_EVERY = 5
# A moment between two kills, in seconds, drawn anew each time.
MOMENTS = (0.05, 0.6)
# Of ten kills six are at a named place; of thirty one takes the whole server.
AT_POINTS, WHOLE = 0.6, 30

_OPEN = """
    SELECT count(*) FILTER (WHERE xact_start IS NOT NULL),
           count(*) FILTER (WHERE backend_xid IS NOT NULL)
    FROM pg_stat_activity WHERE application_name = ANY(%s)"""

Say = Callable[[str], None]


@dataclass(slots=True)
class Seen:
    """What a storm did and found.

    Attributes:
        kills: of one worker or of the whole server.
        open: kills that met an open transaction; ``written``, one with writes.
        at: kills by place; "random" and "whole server" beside the named ones.
        starts: of the whole server.
        restarts: of PostgreSQL.
        wrong: every violation found.
        looks: how often everything was looked at; ``quiet``, while nobody sent.
    """

    kills: int = 0
    open: int = 0
    written: int = 0
    at: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    restarts: int = 0
    restarts_open: int = 0
    away_s: float = 0.0
    looks: int = 0
    quiet: int = 0
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    batches: int = 0
    rows: int = 0
    people: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Storm:
    """A storm under way."""

    size: Size
    on: Ground
    web: Served
    senders: list[Sender]
    rng: random.Random
    floor: int
    seen: Seen = field(default_factory=Seen)
    _turn: int = 0

    def blow(self, say: Say) -> None:
        """Kill and restart as often as asked, and look at everything between."""
        begin = time.monotonic()
        every = max(1, self.size.kills // (self.size.restarts + 1))
        for sender in self.senders:
            sender.start()
        while self.seen.kills < self.size.kills:
            if time.monotonic() - begin > self.size.most_s:
                break
            before = self.seen.kills
            self._kill_one()
            if self.seen.kills == before:
                continue  # nobody came to the place, or it ended by itself
            due = self.seen.kills // every
            if self.seen.restarts < min(due, self.size.restarts):
                self._restart()
            if self.seen.kills % self.size.look_every == 0:
                self.look_quietly()
                say(f"{self.seen.kills} kills, {time.monotonic() - begin:.0f} s")
            elif self.seen.kills % LOOK_EVERY == 0:
                self.look()
        self.look_quietly()
        self.seen.seconds = time.monotonic() - begin

    def look(self) -> None:
        """Look at one instant while batches come in."""
        told = {
            key: receipt
            for each in self.senders
            for key, receipt in each.ledger.receipts.copy().items()
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
        self.web.revive()
        for sender in self.senders:
            sender.hold()
        self._wait_for_senders()
        self.look()
        with self.on.admin() as db:
            own = [each.ledger for each in self.senders]
            self.seen.wrong += books.differences(db, self.on, own)
        self.seen.wrong += books.audited(self.on)
        self.seen.quiet += 1
        for sender in self.senders:
            sender.go_on()

    def _wait_for_senders(self) -> None:
        until = time.monotonic() + PATIENCE_S + 30
        for sender in self.senders:
            while not sender.held(1.0):
                assert time.monotonic() < until, "a sender does not come to an end"
                # granian notices late that its workers died too often, and ends.
                self.web.revive()

    def _kill_one(self) -> None:
        self._recovered()
        kills = self.seen.kills
        if kills % WHOLE == WHOLE - 1:
            self._kill_server()
        elif self.rng.random() < AT_POINTS:
            # All in turn, so that each has its share.
            self._kill_at(POINTS[self._turn % len(POINTS)])
            self._turn += 1
        else:
            self._kill_at_random()

    def _recovered(self) -> None:
        """Wait until half of the workers serve: batches have to come in as well."""
        until = time.monotonic() + RECOVER_S
        while time.monotonic() < until:
            self.web.revive()
            if len(self.web.awake()) * 2 >= self.size.workers:
                return
            time.sleep(0.1)

    def _kill_at(self, point: Point) -> None:
        folder = self.web.folder
        points.wait_at(folder, point)
        until = time.monotonic() + WAIT_S
        while (pid := points.stopped_at(folder, point)) is None:
            if time.monotonic() > until and points.wait_no_more(folder, point):
                return
            time.sleep(0.005)
        if served.is_still(pid):
            self._struck(point.name, [pid])

    def _kill_at_random(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        awake = self.web.awake()
        if not awake:
            time.sleep(0.2)
            return
        pid = self.rng.choice(awake)
        if served.freeze(pid):
            self._struck("random", [pid])

    def _kill_server(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        pids = self.web.workers()
        frozen = [pid for pid in pids if served.freeze(pid)]
        self._struck("whole server", frozen)
        self.web.stop()

    def _struck(self, name: str, pids: list[int]) -> None:
        """Note what is open of processes that stand still, and kill them."""
        opened, written = self._open(pids)
        for pid in pids:
            served.kill(pid)
        self.seen.kills += 1
        self.seen.open += opened > 0
        self.seen.written += written > 0
        self.seen.at[name] += 1

    def _open(self, pids: list[int]) -> tuple[int, int]:
        with self.on.admin() as db:
            found: Any = db.execute(
                _OPEN, [[f"{NAME}{pid}" for pid in pids]]
            ).fetchone()
        return found

    def _restart(self) -> None:
        time.sleep(self.rng.uniform(*MOMENTS))
        # Senders were just cut off; a restart is to meet what is half done.
        until = time.monotonic() + WAIT_S
        while not (written := self._open(self.web.workers())[1]):
            if time.monotonic() > until:
                break
        how = (signal.SIGQUIT, signal.SIGKILL)[self.seen.restarts % 2]
        self.seen.away_s = max(self.seen.away_s, self.on.restart(how))
        self.seen.restarts += 1
        self.seen.restarts_open += written > 0


@contextmanager
def storm(size: Size, *, seed: int = 1) -> Iterator[Storm]:
    """Make a cluster, a server and senders; nothing is killed before ``blow``."""
    with ground(size.workers) as on:
        settings = Settings(var=on.var, workers=size.workers)
        with served.served(settings) as web:
            own = ledgers(size.senders, seed=seed, size=size.rows)
            with on.database.owner.begin() as db:
                bearers = [
                    access.issue(db, role="uploader", state=each.tenant) for each in own
                ]
            senders = [
                Sender(ledger, web.at, bearer)
                for ledger, bearer in zip(own, bearers, strict=True)
            ]
            with on.admin() as admin:
                floor = forgotten(admin)
            rng = random.Random(seed)  # noqa: S311 - moments
            made = Storm(size, on, web, senders, rng, floor)
            try:
                yield made
            finally:
                for sender in senders:
                    sender.end()


def blown(size: Size, say: Say) -> Seen:
    """What a whole storm did and found."""
    with storm(size) as made:
        made.blow(say)
    found = made.seen
    found.starts = made.web.starts
    for sender in made.senders:
        found.wrong += sender.wrong
        found.statuses += sender.statuses
        found.batches += len(sender.ledger.receipts)
        found.rows += sum(each["rows"] for each in sender.ledger.receipts.values())
        found.people += len(sender.ledger.rows)
        found.people += sum(map(len, sender.ledger.loose.values()))
    return found
