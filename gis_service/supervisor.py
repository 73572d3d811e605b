"""The process tree of ``nmis up``: started in order, watched, stopped in reverse.

PostgreSQL and the web server are children in sessions of their own, so that Ctrl-C
reaches only us and we can let the workers finish before the database goes. They die
with us, even if we are killed. What dies alone is started again.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType

from gis_service import cluster, web_server
from gis_service.cluster import Cluster
from gis_service.pulling import Pullers
from gis_service.settings import Settings
from gis_service.web_server import Address, NoAnswer
from gis_service.worker_process import Worker

DAY_S = 24 * 3600.0
FIRST_S = 600.0
AGAIN_S = 600.0  # after a daily step that did not succeed
WATCH_S = 0.5

# A server that dies this often is not going to recover by itself.
MOST_RESTARTS = 5
RESTARTS_WITHIN_S = 120.0

# A process that a shell put in the background ignores INT unless told otherwise.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]

log = logging.getLogger("nmis.supervisor")


class Stopped(BaseException):
    """Somebody asked us to stop; not an error, and not to be caught as one."""


@dataclass(slots=True)
class Tree:
    """The running processes; each is None until it was started.

    Attributes:
        settings: of this installation.
        at: where the web server listens.
        say: shows one line to whoever started us.
        cluster: the private database, None with a server of the operator's own.
        web: the web server's main process.
        answered: whether it was heard of.
        restarts: instants (monotonic, seconds) of the restarts not long ago.
        puller: pulls from others, and tells them, while we watch.
        worker: works off uploads that wait.
    """

    settings: Settings
    at: Address
    say: Say
    cluster: Cluster | None = None
    web: subprocess.Popen[bytes] | None = None
    answered: bool = False
    restarts: list[float] = field(default_factory=list)
    puller: Pullers | None = None
    worker: Worker | None = None

    @property
    def log(self) -> Path:
        """What the web workers say."""
        return self.settings.var / "web.log"

    def start_database(self) -> None:
        """Start the private cluster, where no server of the operator's is named."""
        if not self.settings.database_url:
            self.cluster = cluster.start(
                self.settings.var, workers=self.settings.workers
            )

    @property
    def owner_url(self) -> str:
        """The database's address for the role that owns it."""
        return (
            self.cluster.urls["owner"] if self.cluster else self.settings.database_url
        )

    def start_web(self) -> None:
        """Start the web server; it needs the database."""
        self.settings.var.mkdir(parents=True, exist_ok=True)
        self.web = web_server.launch(self.settings, self.at, self.log)

    def wait_for_web(self) -> None:
        """Wait until the web server answers."""
        if self.web:
            web_server.wait(self.web, self.at, self.log)
            self.answered = True
            # Not before: reading its libraries would delay the first answer.
            self.worker = Worker(self.settings)
            self.worker.start()

    def watch(self, daily: Callable[[], None]) -> None:
        """Keep the processes alive until a signal comes; call ``daily`` each day.

        Raises:
            NoAnswer: the web server ends again and again.
        """
        # The first soon: who is started every morning has a daily step too.
        made = time.monotonic() - DAY_S + FIRST_S
        self.puller = Pullers(self.settings, self.owner_url)
        while True:
            time.sleep(WATCH_S)
            if was_asked():
                raise Stopped
            self._revive()
            self.puller.step()
            if time.monotonic() - made > DAY_S:
                made = time.monotonic() - (0 if self._done(daily) else DAY_S - AGAIN_S)

    def _done(self, daily: Callable[[], None]) -> bool:
        try:
            daily()
        except Exception as error:  # whatever it is, what serves must go on
            log.exception("the daily step")
            kind, minutes = type(error).__name__, AGAIN_S / 60
            self.say(f"The daily step failed ({kind}); again in {minutes:.0f} minutes.")
            return False
        return True

    def stop(self) -> None:
        """Stop what runs, the web server first."""
        if self.puller:
            self.puller.stop()
        if self.worker:
            self.worker.ask_to_stop()
        if self.web:
            # One that does not answer yet has nothing to finish.
            _end(self.web, patience=web_server.STOP_S if self.answered else 0.0)
        if self.worker:
            self.worker.stop()
        if self.answered:
            self._sign()
        if self.cluster and not self.cluster.kept:
            self.cluster.stop()

    def _sign(self) -> None:
        # Nobody writes to the audit log any more. Read late: it takes a moment.
        fault = import_module("gis_service.audit.signing").at_stop(self.settings)
        if fault:
            self.say(f"No last root of the audit log is signed: {fault}")

    def _revive(self) -> None:
        if self.cluster and not self.cluster.is_up():
            self._count("The database server ended; it is started again.")
            self.cluster = cluster.start(
                self.settings.var, workers=self.settings.workers
            )
        if self.web and self.web.poll() is not None:
            self._count("The web server ended; it is started again.")
            _end(self.web, patience=0.0)
            self.start_web()

        if self.worker and self.worker.is_over():
            self.say("The worker ended; it is started again.")
            self.worker.start()

    def _count(self, what: str) -> None:
        now = time.monotonic()
        self.restarts = [at for at in self.restarts if now - at < RESTARTS_WITHIN_S]
        self.restarts.append(now)
        self.say(what)
        if len(self.restarts) > MOST_RESTARTS:
            raise NoAnswer(f"That happens again and again: see {self.log}")


def listen() -> None:
    """Turn the signals that ask us to stop into ``Stopped``."""
    for number in SIGNALS:
        # Whoever started us with nohup wants us to outlive the terminal.
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue
        signal.signal(number, _stop)


def was_asked() -> bool:
    """Say whether a signal has asked us to stop.

    It may have come while Python ran what lets no exception out: a finaliser, a
    callback from C, a look at the database. Then ``Stopped`` was lost, and what it left
    behind is that the signals are ignored.
    """
    return signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: an impatient second Ctrl-C must not leave half of it running.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _end(process: subprocess.Popen[bytes], *, patience: float) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    # Its workers share its session; none may hold the port.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
