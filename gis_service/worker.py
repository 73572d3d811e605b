"""The process that works off waiting uploads; any number may run beside each other."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

from psycopg import Error as DriverError
from sqlalchemy.exc import SQLAlchemyError

from gis_service import rates
from gis_service.queue_step import Work, step
from movements import queue

log = logging.getLogger("nmis.queue")

# A sender who waits asks about once a second.
LOOK_S = 1.0
# A database that is away is back within seconds, or takes longer than anybody counts.
AWAY_S = 2.0
SWEEP_S = 60.0

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(work: Work, stop: threading.Event) -> None:
    """Work off uploads until ``stop`` is set; it ends at the next slice."""
    work = replace(work, is_over=stop.is_set)
    swept = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - swept > SWEEP_S:
                _sweep(work)
                swept = time.monotonic()
            if not step(work):
                stop.wait(LOOK_S)
        except (SQLAlchemyError, DriverError) as error:
            log.warning("the database is away: %s", type(error).__name__)
            stop.wait(AWAY_S)


def stopped_by_signals() -> threading.Event:
    """Return what is set when somebody asks this process to stop."""
    stop = threading.Event()
    for number in SIGNALS:
        signal.signal(number, _setting(stop))
    return stop


def _setting(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return heard


def _sweep(work: Work) -> None:
    with work.database.upload.begin() as db:
        queue.swept(db)
    with work.database.access.begin() as db:
        rates.swept(db)
