"""The worker beside the web server: started, watched, started again, stopped.

One that ends again and again takes nobody with it: uploads wait, maps go on.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gis_service import metrics
from gis_service.settings import Settings
from gis_service.web_server import MALLOC

# Between two starts; whatever ends it at once is not mended within a second.
PAUSE_S = 5.0
# A slice of 20,000 rows takes a second or two. Cut short, it leaves nothing behind.
STOP_S = 15.0
# A log that is begun anew at this size.
LOG_BYTES = 10_000_000


@dataclass(slots=True)
class Worker:
    """The process, while there is one; ``begun``: instant (monotonic) of its start."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0

    @property
    def log(self) -> Path:
        """What it says."""
        return self.settings.var / "worker.log"

    def start(self) -> None:
        """Start it; it ends when the thread that called this ends."""
        counts = metrics.place(self.settings.var)
        counts.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {metrics.FOLDER_VARIABLE: str(counts)} | MALLOC
        nmis = str(Path(sys.executable).with_name("nmis"))
        command = [
            *("setpriv", "--pdeathsig", "TERM", "--"),
            *("/usr/bin/env", *(f"{name}={value}" for name, value in told.items())),
            *(nmis, "worker"),
        ]
        large = self.log.exists() and self.log.stat().st_size > LOG_BYTES
        with self.log.open("wb" if large else "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.begun = time.monotonic()

    def is_over(self) -> bool:
        """Say whether it was started and has ended, and may be started again."""
        if self.process is None or self.process.poll() is None:
            return False
        return time.monotonic() - self.begun > PAUSE_S

    def ask_to_stop(self) -> None:
        """Let it end after the slice it is at."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait until it has ended, and end what is left of it."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_S)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
