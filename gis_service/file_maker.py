"""``python -m gis_service.file_maker``: write a layer into a file, then end.

The libraries that do it (Arrow, GDAL) take 150 MB, which a web worker would keep, and
a core for seconds. What is asked comes through the standard input, where no list of
processes shows it.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from psycopg import OperationalError as DriverError
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from gis_service import db as planes
from gis_service.db import TooSlow
from gis_service.gate import Busy
from layers.catalogue import layer
from layers.files import FORMATS
from layers.question import Question
from layers.table import Wanted

# Requests come first.
NICE = 10
# Of one worker at once; the others wait so long.
AT_ONCE = 1
PATIENCE_S = 30.0
# Longer than the largest file took by far: a maker that hangs is ended.
MOST_S = 180.0

SLOW, AWAY = 3, 4  # how it ends

_ROOM = BoundedSemaphore(AT_ONCE)


class NotMade(Exception):
    """The process that writes a file failed; it has told its log why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is written: a layer by its name, a format by its suffix, and where to."""

    layer: str
    question: Question
    suffix: str
    url: str
    timeout_s: int


def apart(order: Order, file: Path) -> None:
    """Write a file in a process of its own.

    Raises:
        Busy: others are written for too long.
        TooSlow: it takes too long.
        DriverError: the database does not answer.
        NotMade: something else went wrong.
    """
    if not _ROOM.acquire(timeout=PATIENCE_S):
        raise Busy
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "gis_service.file_maker"],
            input=pickle.dumps((order, file.absolute())),
            timeout=MOST_S,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    finally:
        _ROOM.release()
    if ended == SLOW:
        raise TooSlow
    if ended == AWAY:
        raise DriverError
    if ended:
        raise NotMade(f"the process that writes {file.name} ended with {ended}")


def write(
    db: Connection,
    order: Order,
    file: Path,
    progress: Callable[[int], None] = lambda _rows: None,
) -> None:
    """Write a file of rows here and now.

    Args:
        db: a connection in a transaction.
        order: what is written.
        file: where to; not there yet.
        progress: is told how many rows more were read.
    """
    wanted = Wanted(db, layer(order.layer), order.question, progress)
    FORMATS[order.suffix].writer().write(wanted, file)


def main() -> int:
    """Write what the standard input asks for; return how it ended."""
    os.nice(NICE)
    order, file = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
    urls = dict.fromkeys(planes.PLANES, order.url)
    database = planes.database(urls, read_timeout_s=order.timeout_s)
    try:
        with database.read.connect() as db:
            db.execution_options(isolation_level="REPEATABLE READ")
            write(db, order, file)
    except TooSlow:
        return SLOW
    except (OperationalError, DriverError):
        return AWAY
    return 0


if __name__ == "__main__":
    sys.exit(main())
