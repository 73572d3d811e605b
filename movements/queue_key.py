"""What the bodies of waiting uploads are sealed with: a state's own key of the day.

It is wrapped under the key-encryption key, and destroyed when no body needs it any
more; then neither a backup of the tables nor the server's log opens what was sealed.
"""

import secrets
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from movements.errors import Unsealable
from movements.queue_tables import QUEUE_KEY
from movements.wrapping import KeyRing, label, unwrapped, wrapped

KEY_BYTES = 32
_NONCE = 12


class NoQueueKey(Unsealable):
    """The key of a waiting upload is not there."""


def made(db: Connection, *, tenant: int, day: date, ring: KeyRing) -> AESGCM:
    """Return a state's key of a day, making it where it is missing."""
    named = label(QUEUE_KEY.c.wrapped, tenant, day)
    if _blob(db, tenant, day) is None:
        blob = wrapped(db, ring, secrets.token_bytes(KEY_BYTES), label=named)
        row = insert(QUEUE_KEY).values(tenant=tenant, made_on=day, wrapped=blob)
        db.execute(row.on_conflict_do_nothing())
    return opened(db, tenant=tenant, day=day, ring=ring)


def opened(db: Connection, *, tenant: int, day: date, ring: KeyRing) -> AESGCM:
    """Return a state's key of a day.

    Raises:
        NoQueueKey: there is none.
        Unsealable: it does not open.
    """
    blob = _blob(db, tenant, day)
    if blob is None:
        raise NoQueueKey("the key of this upload is not there")
    named = label(QUEUE_KEY.c.wrapped, tenant, day)
    return AESGCM(unwrapped(ring, blob, label=named))


def sealed(key: AESGCM, piece: bytes, place: bytes) -> bytes:
    """Return a piece of a body sealed for the place it is stored in."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + key.encrypt(nonce, piece, place)


def unsealed(key: AESGCM, blob: bytes, place: bytes) -> bytes:
    """Return a piece of a body.

    Raises:
        Unsealable: altered bytes, another key, or another place.
    """
    try:
        return key.decrypt(blob[:_NONCE], blob[_NONCE:], place)
    except (InvalidTag, ValueError) as error:
        raise Unsealable("a piece of the body does not open in its place") from error


def _blob(db: Connection, tenant: int, day: date) -> bytes | None:
    found = db.execute(
        select(QUEUE_KEY.c.wrapped).where(
            QUEUE_KEY.c.tenant == tenant, QUEUE_KEY.c.made_on == day
        )
    ).scalar_one_or_none()
    return None if found is None else bytes(found)
