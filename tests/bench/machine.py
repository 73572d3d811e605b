"""What the figures were measured on."""

import os
import platform
from pathlib import Path

import psycopg


def machine(url: str) -> dict[str, object]:
    with psycopg.connect(url) as db:
        server = db.execute("SHOW server_version").fetchone()
        postgis = db.execute("SELECT postgis_lib_version()").fetchone()
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(_memory_kb() / 2**20, 1),
        "processor": _processor(),
        "python": platform.python_version(),
        "postgresql": server[0],
        "postgis": postgis[0],
    }


def _memory_kb() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1])
    return 0


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
