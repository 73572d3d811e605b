"""The server's configuration: who may enter, and memory fit to the machine."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from gis_service.cluster.place import Place

ADMIN = "postgres"
ROLES = (
    *("nmis_owner", "nmis_upload", "nmis_officer", "nmis_read", "nmis_release"),
    *("nmis_audit", "nmis_access", "nmis_vault"),
)

MIB = 1024**2

# Each web worker may hold a pool of 8 for each of five roles, 2 more that read, 2 of
# the audit log, 4 of access and 2 of the vault (gis_service/db.py), and one that hears
# of new flows (gis_service/cube.py); the rest is for the supervisor, the queue's
# worker, the cube's writer, commands and the operator.
CONNECTIONS_PER_WORKER = 51
CONNECTIONS_BESIDE = 32

# A quarter of the machine is PostgreSQL's own advice; above 4 GiB our tables of one
# emergency gain nothing.
MOST_SHARED = 4096 * MIB

# How much of the log lies between two checkpoints. After each, the first change of a
# page writes the whole page; keys of people are random, so that a batch touches nearly
# as many pages of indexes as it has rows.
LOG_BETWEEN = 4096 * MIB
LOG_THROWN_AWAY = 512 * MIB
# The major version; Debian, Ubuntu and PostgreSQL's own packages are built with it.
LZ4_SINCE = 15

# Less than that in /dev/shm, and a parallel query may find it full.
LEAST_SHARED = 256 * MIB
SHARED_FOLDER = Path("/dev/shm")  # noqa: S108 - PostgreSQL makes its own files there


@dataclass(frozen=True, slots=True)
class Machine:
    """What the server may use: bytes of memory, processors, web workers."""

    memory: int
    processors: int
    workers: int


def machine(workers: int) -> Machine:
    """Return this machine, or the smaller part of it that a container grants."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    granted = Path("/sys/fs/cgroup/memory.max")
    if granted.exists() and (text := granted.read_text().strip()).isdigit():
        memory = min(memory, int(text))
    return Machine(memory, len(os.sched_getaffinity(0)), workers)


def settings(where: Place, on: Machine, *, durable: bool, major: int) -> dict[str, str]:
    """Return PostgreSQL's settings by name.

    Args:
        where: the cluster's folders.
        on: the machine that memory and connections are fitted to.
        durable: False for a throw-away cluster that need not survive a power cut.
        major: PostgreSQL's major version.
    """
    shared = min(on.memory // 4, MOST_SHARED)
    connections = CONNECTIONS_BESIDE + CONNECTIONS_PER_WORKER * on.workers
    work = min(max(on.memory // (16 * connections), 4 * MIB), 64 * MIB)
    chosen = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{where.socket}'",
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": str(connections),
        "shared_buffers": _mib(shared),
        "effective_cache_size": _mib(on.memory // 2),
        "work_mem": _mib(work),
        "maintenance_work_mem": _mib(min(on.memory // 16, 512 * MIB)),
        "max_wal_size": _mib(LOG_BETWEEN),
        "checkpoint_timeout": "15min",
        # PostgreSQL's own takes most of an upload's time once the keys' pages are many.
        "wal_compression": "lz4" if major >= LZ4_SINCE else "on",
        # A file of the log that was used again would still hold what was erased.
        "wal_recycle": "off",
        "dynamic_shared_memory_type": _shared_kind(SHARED_FOLDER),
        "max_worker_processes": str(on.processors + 4),
        "max_parallel_workers_per_gather": str(on.processors // 2),
        # Details of an error hold values of rows, and those may be a person's.
        "log_error_verbosity": "terse",
        # Short queries by the thousand: compiling them costs more than it gives.
        "jit": "off",
        # A first upload makes small tables large; plans should know it soon.
        "autovacuum_naptime": "10s",
        "timezone": "'Asia/Kolkata'",
        "log_timezone": "'Asia/Kolkata'",
    }
    if not durable:
        chosen |= {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal"}
        chosen |= {"max_wal_senders": "0", "autovacuum_naptime": "1h"}
        chosen |= {"max_wal_size": _mib(LOG_THROWN_AWAY)}
    return chosen


def files(where: Place, on: Machine, *, durable: bool, major: int) -> dict[str, str]:
    """Return the text of each configuration file in the data directory."""
    chosen = settings(where, on, durable=durable, major=major)
    lines = [f"{name} = {value}" for name, value in chosen.items()]
    return {
        "postgresql.conf": _text("Written anew at each start.", *lines),
        "pg_hba.conf": _text(
            "The socket only; the operating system says who asks.",
            "local all all peer map=nmis",
        ),
        "pg_ident.conf": _text(
            "One line per account and role: PostgreSQL 15 has no pattern for roles.",
            *(
                f'nmis "{account}" {role}'
                for account in _accounts(where)
                for role in (ADMIN, *ROLES)
            ),
        ),
    }


def write(where: Place, on: Machine, *, durable: bool, major: int) -> None:
    """Write the configuration files, readable by the server's account alone."""
    for name, text in files(where, on, durable=durable, major=major).items():
        path = where.data / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        where.own(path)


def _accounts(where: Place) -> list[str]:
    ours = pwd.getpwuid(os.geteuid()).pw_name
    return sorted({ours, where.account or ours})


def _shared_kind(folder: Path) -> str:
    # Parallel queries share memory there. Containers often grant 64 MiB, a bare
    # chroot nothing; then files in the data directory do.
    if folder.is_dir() and folder.stat().st_mode & 0o002:
        room = os.statvfs(folder)
        if room.f_bavail * room.f_frsize >= LEAST_SHARED:
            return "posix"
    return "mmap"


def _mib(size: int) -> str:
    return f"{size // MIB}MB"


def _text(*lines: str) -> str:
    first, *rest = lines
    return "\n".join([f"# {first}", *rest, ""])
