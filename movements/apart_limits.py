"""How much a process that opens a stranger's file may take."""

import resource
from contextlib import suppress
from pathlib import Path

# A workbook of 20,000 rows and 18 columns takes 90 MB and a second, as Parquet 360 MB
# of addresses, most of them never used.
MEMORY_MB = 768
SECONDS = 10
_FILES = 64


def limit() -> None:
    """Bound this process for good: memory, processor time, files; it writes none."""
    memory = MEMORY_MB * 1024 * 1024
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),  # a core would hold people
    ):
        resource.setrlimit(what, (most, most))


def first_to_go() -> None:
    """Let the kernel end this process, not the database, where memory is short."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
