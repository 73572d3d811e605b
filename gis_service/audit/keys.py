"""The key of the audit log: it signs roots, and hides who was seen."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from gis_service import secrets

FILE = "audit.key"


class LostAuditKey(Exception):
    """The key that earlier roots were signed with is missing."""


@dataclass(frozen=True, slots=True)
class AuditKey:
    """What is made from the secret in ``secrets/audit.key``.

    Attributes:
        signing: signs roots, Ed25519.
        people: makes the hashes of people's ids, 32 bytes.
    """

    signing: Ed25519PrivateKey
    people: bytes

    def __repr__(self) -> str:
        """Show nothing, so that no traceback or log holds the key."""
        return "AuditKey(...)"

    @property
    def public(self) -> Ed25519PublicKey:
        """What roots are verified with."""
        return self.signing.public_key()

    def hashed(self, ids: Iterable[str]) -> list[bytes]:
        """Return the keyed hashes of unique IDs, each as ``unique_id.id_text`` has it.

        The first 16 bytes of HMAC-SHA256: who has the log alone learns of nobody
        whose ID they know, and nothing of an ID.
        """
        key = self.people
        return [hmac.digest(key, each.encode(), "sha256")[:16] for each in ids]


def roots_file(var: Path) -> Path:
    """Return where roots are kept beside the database."""
    return var / "audit" / "roots.ndjson"


def audit_key(var: Path) -> AuditKey:
    """Return the installation's key, made where there is none and no root was signed.

    Args:
        var: the folder for everything made at run time (``NMIS_VAR``).

    Raises:
        LostAuditKey: roots were signed here, and the key is gone.
        LooseSecret: the file is open to others or is cut short.
    """
    path = var / "secrets" / FILE
    if not path.exists() and roots_file(var).exists():
        raise LostAuditKey(
            f"{path} is missing, and roots of the audit log were signed with it; put"
            " its backup in place"
        )
    secret = secrets.single(path)
    signing = hmac.digest(secret, b"nmis audit signing", "sha256")
    return AuditKey(
        signing=Ed25519PrivateKey.from_private_bytes(signing),
        people=hmac.digest(secret, b"nmis audit people", "sha256"),
    )


def key_id(public: Ed25519PublicKey) -> str:
    """Return what names a key in the roots it signed: 16 hexadecimal digits."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]
