"""Roots signed: when so many entries or minutes have passed, at start, at stop."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import NoReturn

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from gis_service import db as planes
from gis_service.addresses import addresses
from gis_service.audit import heads, roots
from gis_service.audit.entry import BEGINNING
from gis_service.audit.kept import keep
from gis_service.audit.keys import AuditKey, audit_key, key_id, roots_file
from gis_service.audit.root import Head, Root, signed
from gis_service.audit.tables import HEAD, ROOT
from gis_service.settings import Settings

log = logging.getLogger("nmis.audit")

# What is not signed yet can be cut off unseen: so many entries, or so long.
MOST_ENTRIES = 1_000
MOST_AGE = timedelta(minutes=2)
LOOK_EVERY_S = 10.0

_LOCK = select(func.pg_advisory_xact_lock(func.hashtext("nmis.audit.root")))


class OtherKey(Exception):
    """The last root was signed with another key than ours."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs roots of a database.

    Attributes:
        engine: of the plane that may (``audit``, or the owner).
        key: of the installation.
        var: the folder whose file gets every root.
    """

    engine: Engine
    key: AuditKey
    var: Path

    def sign(self, reason: str, *, cuts: tuple[Head, ...] = ()) -> Root | None:
        """Sign a root of what the chains have gained; ``None`` where that is nothing.

        One process signs at a time. The root is in the file too when this returns.

        Raises:
            OtherKey: the last root was signed with another key.
            BadRootsFile: the file of roots is broken.
        """
        with self._connected() as db, db.begin():
            db.execute(_LOCK)
            made = _made(db, self.key, reason, cuts)
        with self._connected() as db:
            keep(roots_file(self.var), lambda last: roots.after(db, last))
        return made

    def sign_if_due(self) -> Root | None:
        """Sign a root if enough has come, or some has waited long enough."""
        with self._connected() as db:
            due = _is_due(db)
        return self.sign("due") if due else None

    def _connected(self) -> Connection:
        # The plane that reads commits each statement by itself; a root is several.
        return self.engine.connect().execution_options(isolation_level="READ COMMITTED")


def watched(signer: Signer) -> Thread:
    """Start the thread that signs what is not signed, now and whenever it is due."""
    thread = Thread(target=_watch, args=(signer,), name="audit", daemon=True)
    thread.start()
    return thread


def at_stop(settings: Settings) -> str | None:
    """Sign what came last, when nothing more comes; return what went wrong, if it did.

    Args:
        settings: of the installation; its database must still be up.
    """
    database = planes.database(addresses(settings))
    try:
        Signer(database.audit, audit_key(settings.var), settings.var).sign("stop")
    except Exception as error:  # noqa: BLE001 - told, and no reason not to stop
        return _said(error)
    finally:
        database.close()
    return None


def _watch(signer: Signer) -> NoReturn:
    begun = False
    while True:
        try:
            if begun:
                signer.sign_if_due()
            else:
                signer.sign("start")
                begun = True
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
            log.warning("no root of the audit log is signed: %s", _said(error))
        time.sleep(LOOK_EVERY_S)


def _said(error: Exception) -> str:
    # The driver's words may name the server.
    return type(error).__name__ if isinstance(error, SQLAlchemyError) else str(error)


def _made(
    db: Connection, key: AuditKey, reason: str, cuts: tuple[Head, ...]
) -> Root | None:
    gained = tuple(heads.gained(db))
    if not gained and not cuts:
        return None
    last = db.execute(roots.LAST).one_or_none()
    if last and last.key_id != key_id(key.public):
        raise OtherKey(
            f"root {last.number} was signed with the key {last.key_id}, ours is"
            f" {key_id(key.public)}; put the backup of secrets/audit.key in place"
        )
    made = signed(
        key,
        number=last.number + 1 if last else 1,
        at=datetime.now(UTC),
        reason=reason,
        prev=bytes(last.hash) if last else BEGINNING,
        heads=gained + cuts,
    )
    names = ("number", "at", "reason", "prev", "key_id", "hash", "signature")
    db.execute(insert(ROOT).values({name: getattr(made, name) for name in names}))
    db.execute(insert(HEAD), list(_rows(made)))
    return made


def _rows(root: Root) -> Iterator[dict[str, object]]:
    for head in root.heads:
        names = ("writer", "seq", "cut", "hash")
        row = {name: getattr(head, name) for name in names}
        yield row | {"number": root.number}


def _is_due(db: Connection) -> bool:
    waiting = db.execute(heads.WAITING).one()
    if waiting.entries >= MOST_ENTRIES:
        return True
    return bool(waiting.entries) and datetime.now(UTC) - waiting.since >= MOST_AGE
