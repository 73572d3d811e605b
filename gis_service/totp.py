"""One-time codes (RFC 6238): made by a telephone, good for one sign-in.

A secret is stored sealed with AES-256-GCM under a key of the service, and its account
as associated data: a secret moved to another account's row cannot be opened.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ISSUER = "NMIS"
STEP_S = 30
# A telephone's clock may be a step off, and a code takes a while to type.
STEPS_OFF = 1
NONCE_BYTES = 12


class AccountKeyLost(Exception):
    """A one-time secret cannot be opened with the key of accounts."""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """The keys made of ``account.key``: one seals secrets, one hides names tried."""

    sealing: bytes
    naming: bytes

    def __repr__(self) -> str:
        """Show nothing."""
        return "AccountKey(...)"

    @classmethod
    def of(cls, secret: bytes) -> "AccountKey":
        """Return the keys of 32 random bytes."""
        sealing, naming = (
            hmac.digest(secret, b"nmis account " + use, "sha256")
            for use in (b"totp", b"name")
        )
        return cls(sealing, naming)


def new_secret() -> str:
    """Return 160 random bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """Return the ``otpauth://`` address that a telephone reads once."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def sealed(key: AccountKey, secret: str, account_id: str) -> bytes:
    """Return a secret as it is stored."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    text = secret.encode("ascii")
    return nonce + AESGCM(key.sealing).encrypt(nonce, text, account_id.encode())


def opened(key: AccountKey, stored: bytes, account_id: str) -> str:
    """Return the secret.

    Raises:
        AccountKeyLost: the key is another one, or the row was changed.
    """
    nonce, text = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
    try:
        plain = AESGCM(key.sealing).decrypt(nonce, text, account_id.encode())
    except InvalidTag as error:
        raise AccountKeyLost("secrets/account.key is not the one it was") from error
    return plain.decode("ascii")


def step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step of time that a code is of, ``None`` where it is of none near."""
    codes, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    found = None
    for each in range(present - STEPS_OFF, present + STEPS_OFF + 1):
        if hmac.compare_digest(codes.generate_otp(each).encode(), code.encode()):
            found = each
    return found
