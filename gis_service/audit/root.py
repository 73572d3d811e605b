"""A root: a signed statement of how far the chains have come."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gis_service.audit.encoding import packed
from gis_service.audit.keys import AuditKey, key_id

KIND = "nmis.audit.root.1"


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """What a root says of a writer.

    Attributes:
        writer: whose chain.
        seq: how far it has come; of a cut, up to where entries may be removed.
        cut: whether it is a cut.
        hash: the hash of the entry at ``seq``, 32 bytes.
    """

    cut: bool
    writer: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Root:
    """One row of ``audit.root`` with its heads.

    Attributes:
        number: from 1.
        at: when it was signed, by the signer's clock; ``None`` where the database holds
            what is no instant of ours.
        reason: why: ``start``, ``due``, ``stop``, ``asked`` or ``retention``.
        prev: hash of the root before, 32 bytes; zeros for the first.
        heads: of writers that have gone on since, in order; and cuts.
        key_id: names the key it is signed with.
        hash: SHA-256 of all of these.
        signature: Ed25519, of what is hashed.
    """

    number: int
    at: datetime | None
    reason: str
    prev: bytes
    heads: tuple[Head, ...]
    key_id: str
    hash: bytes
    signature: bytes

    def body(self) -> bytes:
        """Return what is hashed and signed."""
        return _body(
            self.number, self.at, self.reason, self.prev, self.heads, self.key_id
        )

    def is_signed(self, public: Ed25519PublicKey) -> bool:
        """Return whether the signature is that key's, of this very root."""
        try:
            public.verify(self.signature, self.body())
        except InvalidSignature:
            return False
        return True

    def computed(self) -> bytes:
        """Return the hash that its other fields give."""
        return hashlib.sha256(self.body()).digest()


def signed(
    key: AuditKey,
    *,
    number: int,
    at: datetime,
    reason: str,
    prev: bytes,
    heads: tuple[Head, ...],
) -> Root:
    """Return a root, signed."""
    name = key_id(key.public)
    body = _body(number, at, reason, prev, tuple(sorted(heads)), name)
    return Root(
        number=number,
        at=at,
        reason=reason,
        prev=prev,
        heads=tuple(sorted(heads)),
        key_id=name,
        hash=hashlib.sha256(body).digest(),
        signature=key.signing.sign(body),
    )


def _body(
    number: int,
    at: datetime | None,
    reason: str,
    prev: bytes,
    heads: tuple[Head, ...],
    name: str,
) -> bytes:
    told = packed((KIND, number, at, reason, prev, name, len(heads)))
    rest = (packed((h.cut, h.writer, h.seq, h.hash)) for h in heads)
    return told + b"".join(rest)
