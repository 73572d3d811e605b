"""Sealed archives of months out of view, which no plane can read.

A part holds the rows of one table and bucket as lines of JSON, in gzip, sealed with
AES-256-GCM: a form byte, a random nonce of 12 bytes, the ciphertext. The associated
data names month, run, table and bucket. The key is the run's own and random; it
stands in ``vault.archive`` wrapped under the key-encryption key. With the key the
archive ends.
"""

import gzip
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Table, delete, insert, select

from movements.archive_rows import lines
from movements.errors import MovementError, Unsealable
from movements.keys import Keys
from movements.retention import Run
from movements.retention_tables import ARCHIVE, ARCHIVE_PART
from movements.tables import BUCKETS, MOVEMENT, MOVEMENT_EVENT, PROFILE
from movements.wrapping import KeyRing, label, unwrapped, wrapped

TABLES = (MOVEMENT, MOVEMENT_EVENT, PROFILE)
_FORM, _NONCE, _KEY = b"\x01", 12, 32


class NoArchive(MovementError):
    """There is no archive of a month: none was made, or its time is over."""


def sealed(db: Connection, run: Run, *, keys: Keys) -> dict[str, object]:
    """Seal a month's rows; return how many of each table, and what names the key.

    Args:
        db: a connection on the owner plane, in a transaction that holds the month.
        run: the month.
        keys: of the vault.
    """
    key = secrets.token_bytes(_KEY)
    place = label(ARCHIVE.c.wrapped, run.month, run.number)
    db.execute(
        insert(ARCHIVE).values(
            month=run.month,
            run=run.number,
            key_id=key_id(key),
            wrapped=wrapped(db, keys.ring, key, label=place),
        )
    )
    rows = {table.fullname: _sealed(db, run, table, key, keys) for table in TABLES}
    return {"archive_key": key_id(key), **rows}


def opened(
    db: Connection, run: Run, *, ring: KeyRing
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of an archive, each with its table's name.

    Raises:
        NoArchive: there is none (any more).
        Unsealable: the key or a part was altered.
    """
    kept = select(ARCHIVE.c.wrapped).where(*_of(ARCHIVE, run))
    blob = db.execute(kept).scalar_one_or_none()
    if blob is None:
        raise NoArchive(f"there is no archive of {run.name}")
    place = label(ARCHIVE.c.wrapped, run.month, run.number)
    cipher = AESGCM(unwrapped(ring, bytes(blob), label=place))
    at = (ARCHIVE_PART.c.of, ARCHIVE_PART.c.bucket)
    parts = select(*at, ARCHIVE_PART.c.sealed).where(*_of(ARCHIVE_PART, run))
    for part in db.execute(parts.order_by(*at)):
        bound = _bound(run, part.of, part.bucket)
        for line in _opened(cipher, bytes(part.sealed), bound):
            yield part.of, orjson.loads(line)


def destroyed(db: Connection, run: Run) -> str:
    """Destroy an archive and its key; return what named the key."""
    db.execute(delete(ARCHIVE_PART).where(*_of(ARCHIVE_PART, run)))
    gone = delete(ARCHIVE).where(*_of(ARCHIVE, run)).returning(ARCHIVE.c.key_id)
    return db.execute(gone).scalar_one_or_none() or ""


def key_id(key: bytes) -> str:
    """Return what names an archive's key without giving it away."""
    return hashlib.sha256(b"nmis archive key|" + key).hexdigest()[:16]


def _of(table: Table, run: Run) -> tuple[Any, ...]:
    return table.c.month == run.month, table.c.run == run.number


def _sealed(db: Connection, run: Run, table: Table, key: bytes, keys: Keys) -> int:
    cipher, total = AESGCM(key), 0
    for bucket, found in _buckets(db, run, table, keys):
        nonce = secrets.token_bytes(_NONCE)
        packed = gzip.compress(b"\n".join(found), compresslevel=4)
        bound = _bound(run, table.fullname, bucket)
        db.execute(
            insert(ARCHIVE_PART).values(
                month=run.month,
                run=run.number,
                of=table.fullname,
                bucket=bucket,
                rows=len(found),
                sealed=_FORM + nonce + cipher.encrypt(nonce, packed, bound),
            )
        )
        total += len(found)
    return total


def _buckets(
    db: Connection, run: Run, table: Table, keys: Keys
) -> Iterator[tuple[int, list[bytes]]]:
    for bucket in range(BUCKETS):
        found = list(lines(db, table, run.month, bucket, keys=keys))
        if found:
            yield bucket, found


def _opened(cipher: AESGCM, part: bytes, bound: bytes) -> Iterable[bytes]:
    if part[:1] != _FORM:
        raise Unsealable(f"form {part[:1].hex()} of an archive is not known")
    try:
        packed = cipher.decrypt(part[1 : 1 + _NONCE], part[1 + _NONCE :], bound)
    except InvalidTag as error:
        raise Unsealable("a part of an archive does not open in its place") from error
    return gzip.decompress(packed).split(b"\n")


def _bound(run: Run, of: str, bucket: int) -> bytes:
    return f"{run.month.isoformat()}|{run.number}|{of}|{bucket}".encode()
