"""The keys that the vault and the digests need; who holds them can read people."""

import hmac
from dataclasses import dataclass

from movements.wrapping import KeyRing, ring_of


@dataclass(frozen=True, slots=True)
class Keys:
    """Three independent keys.

    Attributes:
        kek: the key-encryption keys that wrap data keys and other secrets; a bare key
            of 32 bytes stands for a ring of that one.
        index: makes the blind index of mobiles (HMAC-SHA256), 32 bytes.
        digest: makes the digest that tells whether a row has changed, 32 bytes.
    """

    kek: KeyRing | bytes
    index: bytes
    digest: bytes

    def __repr__(self) -> str:
        """Show nothing, so that no traceback or log holds a key."""
        return "Keys(...)"

    @property
    def ring(self) -> KeyRing:
        """The key-encryption keys."""
        return ring_of(self.kek) if isinstance(self.kek, bytes) else self.kek

    @property
    def erased_refs(self) -> bytes:
        """What makes the hashes of row ids of people who were erased on request."""
        return hmac.digest(self.digest, b"nmis erased row ids", "sha256")

    @property
    def aadhaar_index(self) -> bytes:
        """What makes the blind index of Aadhaar numbers: another key than mobiles'."""
        return hmac.digest(self.index, b"nmis aadhaar index", "sha256")
