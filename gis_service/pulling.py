"""What is asked or told of others when it is due, each by a process of its own.

What others send may be large or wrong; neither the workers nor whoever watches over
them shall feel it. So the work is a command (``nmis portal pull --due``, ``nmis
connector pull --due``, ``nmis webhook deliver``) started by the supervisor, which only
asks the database whether anything is due.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from gis_service.settings import Settings

LOOK_S = 60.0
# A state waits to be told.
SOON_S = 5.0
# Told one after the other, states need not wait for a process each time.
LINGER_S = 60
CONNECT_S = 2
# All sources one after the other; each has a minute at most.
MOST_S = 1_800.0
# A log that is begun anew at this size.
LOG_BYTES = 1_000_000

_EXISTS = "SELECT EXISTS (SELECT FROM {} WHERE due_at <= now())"
_NOT_YET = "SELECT count(*) FROM {} WHERE tenant = ANY(%s) AND due_at > now()"
_WAITING = "SELECT EXISTS (SELECT FROM {} WHERE state = 'waiting' AND due_at <= now())"


def _named(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier("nmis", table))


def _portal_due(db: psycopg.Connection, _settings: Settings) -> bool:
    found = db.execute(_named(_EXISTS, "portal_source")).fetchone()
    return bool(found and found[0])


def _connector_due(db: psycopg.Connection, settings: Settings) -> bool:
    # A description that was just put there has no row yet.
    found = (settings.var / "connectors").glob("*.json")
    states = [int(each.stem) for each in found if each.stem.isdecimal()]
    if not states:
        return False
    later = db.execute(_named(_NOT_YET, "connector"), [states]).fetchone()
    return bool(later and later[0] < len(states))


def _webhook_due(db: psycopg.Connection, _settings: Settings) -> bool:
    found = db.execute(_named(_WAITING, "webhook_message")).fetchone()
    return bool(found and found[0])


@dataclass(frozen=True, slots=True)
class Work:
    """What is done when it is due.

    Attributes:
        log: the file's name below ``NMIS_VAR``.
        command: of ``nmis``.
        is_due: says whether there is anything to do.
        look_s: how often that is asked, seconds.
    """

    log: str
    command: tuple[str, ...]
    is_due: Callable[[psycopg.Connection, Settings], bool]
    look_s: float = LOOK_S


PORTALS = Work("portals.log", ("portal", "pull", "--due"), _portal_due)
CONNECTORS = Work("connectors.log", ("connector", "pull", "--due"), _connector_due)
WEBHOOKS = Work(
    "webhooks.log",
    ("webhook", "deliver", "--for", str(LINGER_S)),
    _webhook_due,
    look_s=SOON_S,
)


@dataclass(slots=True)
class Puller:
    """The process that does the work, while there is one.

    Attributes:
        settings: of this installation.
        url: the database's address, as the owner.
        work: what is done.
        process: the one that does it now.
        looked: instant (monotonic, seconds) at which it was last asked what is due.
        begun: instant at which the process was started.
    """

    settings: Settings
    url: str
    work: Work = PORTALS
    process: subprocess.Popen[bytes] | None = None
    looked: float = 0.0
    begun: float = 0.0

    @property
    def log(self) -> Path:
        """What the process says."""
        return self.settings.var / self.work.log

    def step(self) -> None:
        """Start the process where something is due; never raises, whatever is wrong."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None and now - self.begun < MOST_S:
                return
            self.stop()
        if now - self.looked < self.work.look_s:
            return
        self.looked = now
        with suppress(OSError, psycopg.Error):
            if self._is_due():
                self.process, self.begun = self._started(), now

    def stop(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _is_due(self) -> bool:
        plain = self.url.replace("postgresql+psycopg:", "postgresql:", 1)
        with psycopg.connect(plain, connect_timeout=CONNECT_S) as db:
            return self.work.is_due(db, self.settings)

    def _started(self) -> subprocess.Popen[bytes]:
        mode = "ab"
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            mode = "wb"
        nmis = str(Path(sys.executable).with_name("nmis"))
        with self.log.open(mode) as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                # It ends with us, even if we are killed.
                ["setpriv", "--pdeathsig", "KILL", "--", nmis, *self.work.command],  # noqa: S607 - the system's
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@dataclass(slots=True)
class Pullers:
    """All that is done when it is due, each at most once at a time."""

    settings: Settings
    url: str
    each: tuple[Puller, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Have a puller for each work."""
        every = (PORTALS, CONNECTORS, WEBHOOKS)
        self.each = tuple(Puller(self.settings, self.url, work) for work in every)

    def step(self) -> None:
        """Start what is due; never raises."""
        for one in self.each:
            one.step()

    def stop(self) -> None:
        """End every process."""
        for one in self.each:
            one.stop()
