"""The process's cube: what renews it, and what keeps it up to date early."""

import json
import logging
import subprocess
import sys
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import NoReturn

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from gis_service.db import Database
from gis_service.settings import Settings
from layers.cube.keeper import Keeper

log = logging.getLogger("nmis.cube")

# Without a notice one looks anyway: a notice may be lost.
LOOK_EVERY_S = 5.0
# After a lost connection.
PAUSE_S = 1.0


def keeper(settings: Settings, database: Database) -> Keeper:
    """Return the cube of this process; nothing is read before it is asked."""
    folder = Path(settings.var) / "cube"
    return Keeper(folder=folder, renew=Renewal(database.owner, folder))


@dataclass(slots=True)
class Renewal:
    """Starts the process that writes a base; at most one of ours at a time.

    Apart from the workers, since it keeps a core busy for seconds. What it needs
    goes through its standard input, where no list of processes shows it.
    """

    engine: Engine
    folder: Path
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __call__(self) -> None:
        """Start it, unless it runs already."""
        if self._running and self._running.poll() is None:
            return
        url = self.engine.url.render_as_string(hide_password=False)
        needs = json.dumps({"url": url, "folder": str(self.folder.absolute())})
        self._running = subprocess.Popen(
            [sys.executable, "-m", "gis_service.cube_writer"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        # Killed already, it reads nothing; another will be started.
        with suppress(BrokenPipeError), self._running.stdin or nullcontext() as told:
            if told:
                told.write(needs.encode())
        # Whoever is not waited for stays in the list of processes.
        Thread(target=self._running.wait, name="cube-renewal", daemon=True).start()


def watched(kept: Keeper, database: Database) -> Thread:
    """Start the thread that keeps a cube up to date as notices come."""
    engine = create_engine(
        database.read.url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    thread = Thread(target=_watch, args=(kept, engine), name="cube", daemon=True)
    thread.start()
    return thread


def _watch(kept: Keeper, engine: Engine) -> NoReturn:
    while True:
        try:
            with engine.connect() as db:
                db.exec_driver_sql("LISTEN nmis_flows")
                while True:
                    kept.tend(db)
                    _wait(db)
        except Exception as error:  # noqa: BLE001 - whatever it is, answers do without
            known = isinstance(error, SQLAlchemyError)
            log.warning(
                "the cube is not tended: %s", type(error).__name__ if known else error
            )
            time.sleep(PAUSE_S)


def _wait(db: Connection) -> None:
    """Return when a notice came, or after a while."""
    raw = db.connection.driver_connection
    if raw is not None:
        for _ in raw.notifies(timeout=LOOK_EVERY_S, stop_after=1):
            pass
