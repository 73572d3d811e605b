"""Sources of portals pulled when they are due, by a process of its own.

What others send may be large or wrong; neither the workers nor whoever watches over
them shall feel it. So the pull is the command ``nmis portal pull --due``, started by
the supervisor, which only asks the database whether anything is due.
"""

import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from gis_service.settings import Settings

LOOK_S = 60.0
CONNECT_S = 2
# All sources one after the other; each has a minute at most.
MOST_S = 1_800.0
# A log that is begun anew at this size.
LOG_BYTES = 1_000_000

DUE = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE due_at <= now())").format(
    sql.Identifier("nmis", "portal_source")
)


@dataclass(slots=True)
class Puller:
    """The process that pulls, while there is one.

    Attributes:
        settings: of this installation.
        url: the database's address, as the owner.
        process: the one that pulls now.
        looked: instant (monotonic, seconds) at which it was last asked what is due.
        begun: instant at which the process was started.
    """

    settings: Settings
    url: str
    process: subprocess.Popen[bytes] | None = None
    looked: float = 0.0
    begun: float = 0.0

    @property
    def log(self) -> Path:
        """What pulling says."""
        return self.settings.var / "portals.log"

    def step(self) -> None:
        """Start a pull where one is due; never raises, whatever is wrong."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None and now - self.begun < MOST_S:
                return
            self.stop()
        if now - self.looked < LOOK_S:
            return
        self.looked = now
        with suppress(OSError, psycopg.Error):
            if _is_due(self.url):
                self.process, self.begun = self._started(), now

    def stop(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _started(self) -> subprocess.Popen[bytes]:
        mode = "ab"
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            mode = "wb"
        nmis = str(Path(sys.executable).with_name("nmis"))
        command = [nmis, "portal", "pull", "--due"]
        with self.log.open(mode) as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                # It ends with us, even if we are killed.
                ["setpriv", "--pdeathsig", "KILL", "--", *command],  # noqa: S607 - the system's
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _is_due(url: str) -> bool:
    plain = url.replace("postgresql+psycopg:", "postgresql:", 1)
    with psycopg.connect(plain, connect_timeout=CONNECT_S) as db:
        found = db.execute(DUE).fetchone()
    return bool(found and found[0])
