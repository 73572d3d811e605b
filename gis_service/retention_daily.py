"""Months purged when they are due, by a process of its own.

A purge may take minutes and rewrites tables; whoever watches over the servers goes on
meanwhile. So it is the command ``nmis purge --yes``, and the database keeps two apart.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gis_service.settings import Settings

# A log that is begun anew at this size.
LOG_BYTES = 1_000_000


@dataclass(slots=True)
class Purging:
    """The process that purges, while there is one."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What purges say."""
        return self.settings.var / "purge.log"

    def begin(self) -> None:
        """Start a purge of what is due, unless one is still at work."""
        if self.process is not None and self.process.poll() is None:
            return
        self.stop()
        mode = "ab"
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            mode = "wb"
        nmis = str(Path(sys.executable).with_name("nmis"))
        with self.log.open(mode) as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                # It ends with us, even if we are killed, and goes on the next day.
                ["setpriv", "--pdeathsig", "KILL", "--", nmis, "purge", "--yes"],  # noqa: S607 - the system's
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End the process, if there is one; what it had begun goes on another day."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
