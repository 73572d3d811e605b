"""What the service counts of itself, for Prometheus.

Numbers of requests, seconds and bytes by address as it stands in the code: never what
was asked, by whom, or of how many people of a place. Workers count in files of one
folder (``PROMETHEUS_MULTIPROC_DIR``, set where they are started), so that whichever is
asked tells for all of them.
"""

import shutil
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from movements.receipt import Receipt

MEDIA_TYPE = CONTENT_TYPE_LATEST
# The library's own name for its folder.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

# From a cached answer to the longest that a statement may take.
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "nmis_requests",
    "Requests that reached the application, by address, method and status.",
    ("view", "method", "status"),
)
SECONDS_TAKEN = Histogram(
    "nmis_request_seconds",
    "Seconds from a request to the last byte of its answer, waiting included.",
    ("view",),
    buckets=SECONDS,
)
UNDER_WAY = Gauge(
    "nmis_requests_under_way",
    "Requests that wait or are at work.",
    multiprocess_mode="livesum",
)
ROWS = Counter("nmis_batch_rows", "Rows of uploads, by what became of them.", ("fate",))
FATES = ("new", "updated", "unchanged", "refused")
BATCHES = Counter("nmis_batches", "Uploads that were answered with a receipt.")


def taken(stored: Receipt) -> None:
    """Count an upload that was stored, and its rows by what became of them."""
    BATCHES.inc()
    for fate in FATES:
        ROWS.labels(fate).inc(getattr(stored, fate))


def text() -> bytes:
    """Return every number in Prometheus' text form."""
    if not _shared():
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(registry)


def folder(var: Path) -> Path:
    """Return an empty folder for the workers of one start of the service."""
    found = place(var)
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir(mode=0o700, parents=True)
    return found


def place(var: Path) -> Path:
    """Return where that folder is."""
    return (var / "metrics").absolute()


def _shared() -> bool:
    # Whether the library writes its numbers to files was decided when it was read.
    return type(BATCHES._value).__name__ == "MmapedValue"  # noqa: SLF001 - it tells nowhere else
