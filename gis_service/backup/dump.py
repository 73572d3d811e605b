"""Make a backup and restore it, by PostgreSQL's own programs."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from gis_service.backup import locks
from gis_service.backup.contents import (
    SCHEMAS,
    contents,
    extend,
    extensions,
    revision,
)
from gis_service.cluster.programs import programs

DUMP, LIST = "database.dump", "backup.json"
FORM = 1  # of the list
CHUNK = 1 << 20

Say = Callable[[str], None]


class BackupError(Exception):
    """A backup cannot be made, or not be restored; the message says why."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a backup or a database holds.

    Attributes:
        revision: the migration that it is at.
        tables: rows and SHA-256 by table.
    """

    revision: str
    tables: dict[str, dict[str, Any]]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each["rows"] for each in self.tables.values())


def backup(url: str, folder: Path) -> Held:
    """Write a backup into a new folder; the service may go on meanwhile.

    The dump and the list are of one snapshot of the database. A purge that works is
    waited for, and none begins meanwhile.

    Args:
        url: of the owner plane.
        folder: not there yet; made with mode 700.

    Raises:
        BackupError: the folder is there, or a program failed.
        Unsteady: a purge goes on for too long, or tables are being changed.
    """
    if folder.exists():
        raise BackupError(f"{folder} is there already; name a new folder")
    with psycopg.connect(_plain(url), autocommit=True) as db:
        locks.beside_no_purge(db)
        db.autocommit = False
        locks.held(db)
        folder.mkdir(mode=0o700, parents=True)
        (snapshot,) = db.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        chosen = [part for schema in SCHEMAS for part in ("--schema", schema)]
        file = folder / DUMP
        _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", *chosen,
             "--enable-row-security",  # the owner sees all, by a policy
             # Behind somebody who waits for us it would wait for ever.
             f"--lock-wait-timeout={locks.TABLE_WAIT}",
             f"--file={file}")  # fmt: skip
        held, needed = _held(db), extensions(db)
    file.chmod(0o600)
    told = {
        "form": FORM,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": _sha256(file),
        "extensions": needed,
        "revision": held.revision,
        "tables": held.tables,
    }
    _write(folder / LIST, told)
    return held


def restore(url: str, folder: Path) -> Held:
    """Restore a backup into a database without our tables, all of it or nothing.

    Args:
        url: of the owner plane; its database has PostGIS.
        folder: of the backup.

    Raises:
        BackupError: the backup is not whole, the database is not empty, a program
            failed, or what was restored is not what the backup says.
    """
    told = _read(folder)
    with psycopg.connect(_plain(url)) as db:
        present = revision(db)
    if present is not None:
        raise BackupError(
            f"the database has tables already (migration {present}); a backup is"
            " restored into an empty one: stop the service and put NMIS_VAR/postgres"
            " aside, or name an empty database in NMIS_DATABASE_URL"
        )
    _extended(url, told["extensions"])
    _run("pg_restore", url, "--single-transaction", "--exit-on-error",
         str(folder / DUMP))  # fmt: skip
    found = verify(url)
    if found.tables != told["tables"] or found.revision != told["revision"]:
        differ = [
            name
            for name in sorted({*found.tables, *told["tables"]})
            if found.tables.get(name) != told["tables"].get(name)
        ]
        raise BackupError(f"restored, but other than backed up: {', '.join(differ)}")
    return found


def verify(url: str) -> Held:
    """Return what a database holds now.

    Raises:
        BackupError: it has no tables of ours.
    """
    with psycopg.connect(_plain(url)) as db:
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _held(db)


def _extended(url: str, names: list[str]) -> None:
    try:
        with psycopg.connect(_plain(url)) as db:
            extend(db, names)
    except psycopg.Error as error:
        first = str(error).splitlines()[0]
        message = f"the database needs the extensions {', '.join(names)}: {first}"
        raise BackupError(message) from error


def _held(db: psycopg.Connection[Any]) -> Held:
    at = revision(db)
    if at is None:
        raise BackupError("the database has no tables of this service")
    return Held(at, contents(db))


def _read(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
        digest = _sha256(folder / DUMP)
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is no backup: {error}") from error
    if told.get("form") != FORM:
        raise BackupError(f"{folder} is of another form: {told.get('form')!r}")
    if told["sha256"] != digest:
        raise BackupError(f"{folder / DUMP} is not what was written: its hash differs")
    return told


def _run(program: str, url: str, *options: str) -> None:
    """Run a program on a database; a password goes by the environment, never shown."""
    parts = psycopg.conninfo.conninfo_to_dict(_plain(url))
    password = parts.pop("password", None)
    known = os.environ | ({"PGPASSWORD": str(password)} if password else {})  # noqa: TID251 - handed on whole
    where = psycopg.conninfo.make_conninfo(**parts)  # type: ignore[arg-type]  # its own parts
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [*programs().command(program), f"--dbname={where}", *options],
        env=known,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        raise BackupError(f"{program} failed: {last}")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as read:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _write(file: Path, told: dict[str, Any]) -> None:
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    file.chmod(0o600)
