"""The queue's workers, armed: started, started again when one has ended, killed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gis_service import metrics
from gis_service.settings import Settings, variable
from tests.chaos import points
from tests.chaos.served import ROOT, kill, started

# Loading the libraries takes two seconds, much more beside web workers that start.
AWAKE_S = 120.0


@dataclass(slots=True)
class Working:
    """The workers.

    Attributes:
        settings: of the installation.
        folder: where armed workers look who waits for them.
        count: how many work beside each other.
        starts: how often one was started.
    """

    settings: Settings
    folder: Path
    count: int
    starts: int = 0
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.settings.var / "worker.log"

    def revive(self) -> None:
        """Start as many as are missing; they take a moment."""
        self._processes = [each for each in self._processes if each.poll() is None]
        while len(self._processes) < self.count:
            self._processes.append(self._started())
            self.starts += 1

    def wait(self) -> None:
        """Wait until all are at work for the first time."""
        until = time.monotonic() + AWAKE_S
        while len(self.awake()) < self.count:
            ended = any(each.poll() is not None for each in self._processes)
            if ended or time.monotonic() > until:
                message = f"no worker of the queue:\n{self.log.read_text()[-2000:]}"
                raise AssertionError(message)
            time.sleep(0.1)

    def pids(self) -> list[int]:
        return [each.pid for each in self._processes]

    def awake(self) -> list[int]:
        """Those that are at work, by their process numbers."""
        return [
            each.pid
            for each in self._processes
            if each.poll() is None and points.up(self.folder, each.pid).exists()
        ]

    def bury(self, pid: int) -> None:
        """Wait for the end of one that was killed, and start another."""
        for each in self._processes:
            if each.pid == pid:
                each.wait()
        self.revive()

    def stop(self) -> None:
        """Kill all of them."""
        for each in self._processes:
            kill(each.pid)
            each.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        counts = metrics.place(self.settings.var)
        counts.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {
            variable("var"): str(self.settings.var),
            variable("database_url"): "",
            metrics.FOLDER_VARIABLE: str(counts),
            points.FOLDER: str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tests.chaos.armed_worker"]
        return started(command, told, log=self.log)


@contextmanager
def working(settings: Settings, folder: Path, *, count: int) -> Iterator[Working]:
    """Work uploads off until the block ends."""
    made = Working(settings, folder, count)
    try:
        made.revive()
        made.wait()
        yield made
    finally:
        made.stop()
