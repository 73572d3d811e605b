"""Who and what was erased, as a file beside the database, which only grows.

A backup brings back people who were erased after it was made, and the database's own
list of them is as old as the backup is. ``NMIS_VAR/retention/erased.ndjson`` is not: a
line for each month that left view or whose archive ended, and lines of keyed hashes as
the database has them.
"""

import fcntl
import hmac
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from gis_service.audit.keys import AuditKey
from gis_service.retention_key import hash_key
from movements.retention_people import hashed

log = logging.getLogger("nmis.retention")

# More than the longest line: a thousand hashes of 32 digits, quoted.
LONGEST_LINE = 65_536

PEOPLE = "people"


class BadErasedFile(Exception):
    """A line of the file of the erased is none."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What was erased on a day, as keyed hashes.

    Attributes:
        of: what they are of: ``PEOPLE``, or another list of the database.
        key: names the key that made the hashes.
        day: the civil date in India.
        hashes: 16 bytes each; of people, of their unique IDs.
    """

    of: str
    key: str
    day: date
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month that left view, or whose archive ended.

    Attributes:
        month: its first day.
        run: which time that it had people.
        at: when.
        destroyed: whether its archive ended, too.
    """

    month: date
    run: int
    at: datetime
    destroyed: bool


Line = Gone | Month


def erased_file(var: Path) -> Path:
    """Return where the erased are kept beside the database."""
    return var / "retention" / "erased.ndjson"


def key_name(key: AuditKey) -> str:
    """Return what names the key of the hashes, and tells nothing of it."""
    return hmac.digest(hash_key(key), b"nmis erased key name", "sha256")[:8].hex()


def person_kept(var: Path, person: UUID, *, key: AuditKey, day: date) -> None:
    """Append one person whose erasure is committed; what fails is made up for daily."""
    hashes = (hashed(person, key=hash_key(key)),)
    try:
        added(erased_file(var), [Gone(PEOPLE, key_name(key), day, hashes)])
    except OSError as error:
        log.warning("who was erased is not kept in the file yet: %s", error.strerror)


def added(path: Path, lines: Iterable[Line]) -> None:
    """Append lines to the file, made where it is not there; they are on the disk then.

    Several processes may: each line is whole, and may stand there twice.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a+b") as file:
        for each in lines:
            fcntl.flock(file, fcntl.LOCK_EX)
            _mended(file)
            file.write(f"{_text(each)}\n".encode())
            file.flush()
            fcntl.flock(file, fcntl.LOCK_UN)
        os.fsync(file.fileno())


def lines_in(path: Path) -> Iterator[Line]:
    """Yield the lines of the file, in flat memory; nothing where there is no file.

    Raises:
        BadErasedFile: names the line.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if not text.endswith(b"\n"):
                return  # is being written, or was cut off; it comes again
            try:
                yield _line(json.loads(text))
            except (ValueError, KeyError, TypeError) as error:
                raise BadErasedFile(f"line {number} of {path} is none") from error


def _mended(file: BinaryIO) -> None:
    # A disk that was full may have taken half a line; it is written again daily.
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_LINE))
    end = file.read()
    file.truncate(size - len(end) + end.rfind(b"\n") + 1)


def _text(line: Line) -> str:
    if isinstance(line, Gone):
        told: dict[str, object] = {
            "of": line.of,
            "key": line.key,
            "gone": line.day.isoformat(),
            "hashes": [each.hex() for each in line.hashes],
        }
    else:
        told = {
            "month": line.month.isoformat(),
            "run": line.run,
            "at": line.at.isoformat(),
            "destroyed": line.destroyed,
        }
    return json.dumps(told)


def _line(told: dict[str, Any]) -> Line:
    if "hashes" in told:
        hashes = tuple(bytes.fromhex(each) for each in told["hashes"])
        day = date.fromisoformat(told["gone"])
        return Gone(str(told["of"]), str(told["key"]), day, hashes)
    return Month(
        month=date.fromisoformat(told["month"]),
        run=int(told["run"]),
        at=datetime.fromisoformat(told["at"]),
        destroyed=bool(told["destroyed"]),
    )
