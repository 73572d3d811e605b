"""The keys that the vault and the digests need; who holds them can read people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Three independent keys of 32 bytes.

    Attributes:
        kek: the key-encryption key that wraps the data key of each purge month.
        index: makes the blind index of mobiles (HMAC-SHA256).
        digest: makes the digest that tells whether a row has changed (HMAC-SHA256).
    """

    kek: bytes
    index: bytes
    digest: bytes

    def __repr__(self) -> str:
        """Show nothing, so that no traceback or log holds a key."""
        return "Keys(...)"
