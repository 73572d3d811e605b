"""Signatures of webhooks, as Standard Webhooks has them (symmetric, version 1).

https://www.standardwebhooks.com: HMAC-SHA256 over ``id.timestamp.body``, in base64.
"""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32
_VERSION = "v1"


def new_secret() -> bytes:
    """Return a new random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """Return a secret as its receiver is told it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(secret: bytes, *, message: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers that a message is sent with.

    Args:
        secret: of the webhook.
        message: its id; the same each time it is sent.
        at: of this attempt, seconds since 1970.
        body: as sent.
    """
    signed = f"{message}.{at}.".encode() + body
    mark = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": f"{_VERSION},{mark}",
    }
