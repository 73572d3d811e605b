"""The private PostgreSQL cluster: one folder, one Unix socket, no port.

``start`` makes it, starts it, or takes over one that is still alive; a killed
program leaves nothing behind that blocks the next start. Who enters as which role
is decided by the operating system (``peer``): there are no passwords.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from gis_service.cluster import config, place, processes, server
from gis_service.cluster.bootstrap import DATABASE, furnish
from gis_service.cluster.errors import ClusterError

__all__ = ["Cluster", "ClusterError", "is_running", "start", "stop", "urls"]

DEFAULT_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server that is up.

    Attributes:
        where: its folders and account.
        process: the server, where this program started it; None where it was found
            alive or shall outlive this program.
        kept: someone asked for it to keep running (``nmis db start``).
    """

    where: place.Place
    process: server.Process | None
    kept: bool

    @property
    def urls(self) -> dict[str, str]:
        """Address of the database per plane (``db.PLANES``)."""
        return _urls(self.where)

    @property
    def admin_url(self) -> str:
        """Address for the superuser, who alone may make databases."""
        return self.where.url(config.ADMIN, "postgres")

    def is_up(self) -> bool:
        """Return whether the server's process lives."""
        return processes.postmaster(self.where.data) is not None

    def stop(self) -> None:
        """Stop the server; connections are cut, transactions rolled back."""
        _stop(self.where)
        if self.process:
            self.process.wait()

    def destroy(self) -> None:
        """Stop the server and remove its data, for throw-away clusters."""
        self.stop()
        shutil.rmtree(self.where.home)


def start(
    var: Path,
    *,
    workers: int = DEFAULT_WORKERS,
    durable: bool = True,
    kept: bool = False,
) -> Cluster:
    """Return the running cluster of ``var``, made and started where needed.

    Args:
        var: folder of run-time files; the cluster lies in ``postgres`` below it.
        workers: web workers whose connections it must bear.
        durable: False for a throw-away cluster, faster and not safe in a power cut.
        kept: let it outlive this program; else it ends with it, even if killed.

    Raises:
        ClusterError: one of its kinds, which says what to do.
    """
    where = place.place(var)
    keep = where.home / "kept"
    with server.one_at_a_time(where):
        process = None
        if not server.is_alive(where):
            on = config.machine(workers)
            keep.unlink(missing_ok=True)
            process = server.launch(where, on=on, durable=durable, kept=kept)
        if kept:
            keep.touch()
        furnish(where)
        return Cluster(where=where, process=process, kept=keep.exists())


def stop(var: Path) -> bool:
    """Stop the cluster of ``var``, whoever started it; False if none was running."""
    where = place.place(var)
    with server.one_at_a_time(where):
        running = processes.postmaster(where.data) is not None
        _stop(where)
        return running


def is_running(var: Path) -> bool:
    """Return whether the cluster of ``var`` has a live server."""
    return processes.postmaster(place.place(var).data) is not None


def urls(var: Path) -> dict[str, str]:
    """Return the addresses of ``var``'s cluster per plane, running or not."""
    return _urls(place.place(var))


def _urls(where: place.Place) -> dict[str, str]:
    roles = config.ROLES
    return {role.removeprefix("nmis_"): where.url(role, DATABASE) for role in roles}


def _stop(where: place.Place) -> None:
    processes.stop(where.data)
    (where.home / "kept").unlink(missing_ok=True)
    if where.socket.exists() and not any(where.socket.iterdir()):
        where.socket.rmdir()
