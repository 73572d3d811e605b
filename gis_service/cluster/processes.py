"""Which of a data directory's server processes are alive, told by where they work.

A server's processes have the data directory as their working directory. A number in
``postmaster.pid`` alone may by now be another program's.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from gis_service.cluster.errors import DidNotStop

# A fast shutdown writes a checkpoint; on a slow disk that takes a while.
STOP_S = 60.0

# Orphans of a killed server end by themselves when they next look for it.
ORPHANS_S = 5.0

STEP_S = 0.05


def postmaster(data: Path) -> int | None:
    """Return the process number of the live server of ``data``, None if it is dead."""
    try:
        first = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0]
    except (FileNotFoundError, PermissionError):
        return None
    pid = int(first) if first.strip().isdigit() else 0
    return pid if pid and _works_in(pid, data) else None


def stop(data: Path) -> None:
    """End the live server of ``data`` and wait until it has.

    Raises:
        DidNotStop: it is still there after a minute.
    """
    pid = postmaster(data)
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    if not _gone(data, STOP_S):
        raise DidNotStop(
            f"The database server, process {pid}, is still running {STOP_S:.0f} s after"
            f" it was asked to stop."
        )


def clear_remains(data: Path, socket: Path) -> None:
    """Remove what a killed server left behind and that would block the next start.

    Its orphaned processes come first: a new server beside them would corrupt data.
    Call it only when ``postmaster`` says that the server is dead.
    """
    if not _gone(data, ORPHANS_S):
        for pid in _all(data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _gone(data, ORPHANS_S)
    for remains in (data / "postmaster.pid", socket, Path(f"{socket}.lock")):
        remains.unlink(missing_ok=True)


def wait_gone(data: Path) -> None:
    """Wait until a server that is shutting down has ended.

    Raises:
        DidNotStop: it is still there after a minute.
    """
    if not _gone(data, STOP_S):
        raise DidNotStop(f"The server of {data} does not finish shutting down.")


def _gone(data: Path, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _all(data):
        if time.monotonic() > until:
            return False
        time.sleep(STEP_S)
    return True


def _all(data: Path) -> list[int]:
    numbers = (int(each.name) for each in Path("/proc").glob("[0-9]*"))
    return [pid for pid in numbers if pid != os.getpid() and _works_in(pid, data)]


def _works_in(pid: int, data: Path) -> bool:
    process = Path(f"/proc/{pid}")
    try:
        inside = (process / "cwd").readlink() == data.resolve()
        return inside and (process / "comm").read_text().startswith("postgres")
    except OSError:
        return False
