"""The private cluster, running while a command needs it; its tables are left alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from gis_service import cluster
from gis_service.settings import Settings


@contextmanager
def started(settings: Settings) -> Iterator[None]:
    """Start the private cluster where it is not running, and then stop it again.

    Raises:
        ClusterError: it cannot be used; says what to do.
    """
    if settings.database_url:
        yield
        return
    running = cluster.start(settings.var, workers=settings.workers)
    try:
        yield
    finally:
        if running.process:
            running.stop()
