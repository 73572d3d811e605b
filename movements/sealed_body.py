"""The body of a waiting upload: sealed piece by piece, read in flat memory."""

import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, delete, insert, select

from boundaries.wall import enter
from movements.body import GZIP
from movements.errors import UnreadableUpload, UploadTooLarge
from movements.queue_key import opened, sealed, unsealed
from movements.queue_tables import UPLOAD_PART, UPLOAD_PIECE
from movements.wrapping import KeyRing

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from movements.jobs import Job

PIECE_BYTES = 1024 * 1024
# A row with every column as long as it may be has about 3 kB.
LONGEST_LINE = 1024 * 1024
# What gzip unpacks to; a million rows of the longest usual kind are half of it.
MOST_UNPACKED = 1024 * 1024 * 1024

_LINE = b"\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body lies: whose, of which upload, and what it is sealed with."""

    tenant: int
    job_id: UUID
    key: AESGCM

    def bound(self, part: int, piece: int) -> bytes:
        """Return what binds a piece to its place."""
        return f"nmis.upload_piece|{self.tenant}|{self.job_id}|{part}|{piece}".encode()


def stored(
    db: Connection, place: Place, part: int, pieces: Iterable[bytes]
) -> tuple[int, bytes]:
    """Seal and store a part of a body, in place of one of the same number.

    Args:
        db: a connection in a transaction.
        place: where it lies.
        part: its number.
        pieces: its bytes, piece by piece; each is stored as it comes.

    Returns:
        How many bytes it has, and their SHA-256.
    """
    enter(db, tenant=place.tenant)
    named = {"tenant": place.tenant, "job_id": place.job_id, "part": part}
    of_part = (UPLOAD_PART.c[name] == value for name, value in named.items())
    db.execute(delete(UPLOAD_PART).where(*of_part))
    db.execute(insert(UPLOAD_PART).values(**named, size=0, digest=b""))
    size, digest = 0, hashlib.sha256()
    for number, piece in enumerate(pieces):
        size += len(piece)
        digest.update(piece)
        blob = sealed(place.key, piece, place.bound(part, number))
        db.execute(insert(UPLOAD_PIECE).values(**named, piece=number, sealed=blob))
    of_part = (UPLOAD_PART.c[name] == value for name, value in named.items())
    told = {"size": size, "digest": digest.digest()}
    db.execute(UPLOAD_PART.update().where(*of_part).values(told))
    return size, digest.digest()


def dropped(db: Connection, of: "Job") -> None:
    """Delete an upload's body."""
    db.execute(
        delete(UPLOAD_PART).where(
            UPLOAD_PART.c.tenant == of.tenant, UPLOAD_PART.c.job_id == of.job_id
        )
    )


@dataclass(frozen=True, slots=True)
class SealedBody:
    """A stored body, read as often as needed; it is plain in memory only.

    Attributes:
        engine: of a plane that reads it.
        of: whose body it is.
        ring: the key-encryption keys.
    """

    engine: Engine
    of: "Job"
    ring: KeyRing

    @property
    def size(self) -> int:
        """Its bytes, as sent."""
        return self.of.size

    def pieces(self) -> Iterator[bytes]:
        """Yield its bytes as sent, piece by piece.

        Raises:
            Unsealable: a piece does not open.
        """
        names = UPLOAD_PIECE.c
        listed = (
            select(names.part, names.piece)
            .where(names.tenant == self.of.tenant, names.job_id == self.of.job_id)
            .order_by(names.part, names.piece)
        )
        with self.engine.begin() as db:
            enter(db, tenant=self.of.tenant)
            place = self._place(db)
            numbers = db.execute(listed).all()
        for part, piece in numbers:
            yield unsealed(place.key, self._blob(part, piece), place.bound(part, piece))

    def read(self) -> bytes:
        """Return all its bytes, as sent."""
        return b"".join(self.pieces())

    def opened(self) -> io.BufferedReader:
        """Return its bytes, unpacked where it is gzip, to be read on and on.

        A line that does not end, or gzip without an end, is refused before it fills
        the memory (UnreadableUpload, UploadTooLarge).
        """
        head = next(self.pieces(), b"")
        packed = io.BufferedReader(_Flow(self.pieces()), PIECE_BYTES)
        if not head.startswith(GZIP):
            return io.BufferedReader(_Bounded(packed), PIECE_BYTES)
        unpacked = gzip.GzipFile(fileobj=packed)
        return io.BufferedReader(_Bounded(unpacked), PIECE_BYTES)

    def _place(self, db: Connection) -> Place:
        day = self.of.key_made_on
        key = opened(db, tenant=self.of.tenant, day=day, ring=self.ring)
        return Place(self.of.tenant, self.of.job_id, key)

    def _blob(self, part: int, piece: int) -> bytes:
        names = UPLOAD_PIECE.c
        asked = select(names.sealed).where(
            names.tenant == self.of.tenant,
            names.job_id == self.of.job_id,
            names.part == part,
            names.piece == piece,
        )
        with self.engine.begin() as db:
            enter(db, tenant=self.of.tenant)
            return bytes(db.execute(asked).scalar_one())


class _Flow(io.RawIOBase):
    """Pieces as a file that is read forwards."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        into = memoryview(buffer).cast("B")
        size = min(len(into), len(self._left))
        into[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


class _Bounded(io.RawIOBase):
    """A file whose lines, and which as a whole, may only be so long."""

    def __init__(self, inner: io.BufferedIOBase | gzip.GzipFile) -> None:
        self._inner = inner
        self._line = 0
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        into = memoryview(buffer).cast("B")
        read = self._inner.read1(len(into))
        into[: len(read)] = read
        self._total += len(read)
        if self._total > MOST_UNPACKED:
            raise UploadTooLarge(
                "bytes unpacked (at least)", self._total, MOST_UNPACKED
            )
        end = read.rfind(_LINE)
        longest = read.find(_LINE) if end >= 0 else len(read)
        if self._line + longest > LONGEST_LINE:
            raise UnreadableUpload(f"a line has more than {LONGEST_LINE} bytes")
        self._line = len(read) - end - 1 if end >= 0 else self._line + len(read)
        return len(read)
