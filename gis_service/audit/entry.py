"""An entry of the log, and the hash that chains it to the one before."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from gis_service.audit.encoding import packed

# An entry that names a case holds it too; the others are hashed as ever.
KIND, WITH_CASE = "nmis.audit.entry.1", "nmis.audit.entry.2"
# What the first entry of a writer follows.
BEGINNING = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of ``audit.entry``, in its order.

    Attributes:
        writer: whose chain it is in, from 1.
        seq: its place there, from 1.
        at: when it was written, by the database's clock; ``None`` where the database
            holds what is no instant of ours.
        plane: the login that wrote it.
        role: of whoever saw or wrote.
        token_id: which token; ``None`` for a command on the server itself.
        purpose: one of ``purposes.Purpose``.
        action: what was done, as ``batch.people``.
        subject_kind: what it was done to, as ``batch``.
        subject: the id of that, where it has one.
        people: keyed hashes of the people who were seen (``keys.AuditKey.hashed``).
        n: of how many people.
        request_id: the request, as its answer names it.
        prev: hash of the entry before, 32 bytes.
        hash: SHA-256 of all of these.
        case_ref: for which case people were traced, where they were.
    """

    writer: int
    seq: int
    at: datetime | None
    plane: str
    role: str
    token_id: str | None
    purpose: str
    action: str
    subject_kind: str
    subject: UUID | None
    people: tuple[UUID, ...]
    n: int
    request_id: str
    prev: bytes
    hash: bytes
    case_ref: str | None = None

    def computed(self) -> bytes:
        """Return the hash that its other fields give; ``audit.entry_hash`` in SQL."""
        return self.computed_at(self.writer, self.seq)

    def computed_at(self, writer: int, seq: int) -> bytes:
        """Return the hash that it would have in another place."""
        if not all(isinstance(each, UUID) for each in self.people):
            return b""  # NULL, or a list in the list: nothing of ours
        case = () if self.case_ref is None else (self.case_ref,)
        kind = WITH_CASE if case else KIND
        return hashlib.sha256(
            packed(
                (
                    *(kind, writer, seq, self.at, self.plane, self.role),
                    *(self.token_id, self.purpose, self.action, self.subject_kind),
                    *(self.subject, self.people, self.n, self.request_id, self.prev),
                    *case,
                )
            )
        ).digest()


def of_row(row: Row[Any]) -> Entry:
    """Return the entry of a row of all columns, in their order."""
    return Entry(**row._asdict())
