"""Secrets wrapped under the key-encryption key, so that the key can be changed.

A wrapped secret is a form byte, the id of the key it is wrapped under (8 bytes), a
random nonce of 12 bytes and AES-256-GCM's ciphertext with its tag. The associated data
is a label of the row it stands in: it opens nowhere else.

A column of wrapped secrets is marked ``info=WRAPPED`` and its name begins with
``wrapped``; ``nmis vault rotate`` finds it by that and wraps it anew. Its label is
``label(TABLE.c.wrapped, *primary_key)``, unless ``info["label"]`` makes another.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, func, select

from movements.errors import Unsealable

# What marks a column of wrapped secrets.
WRAPPED = {"wrapped": True}

# Whoever wraps holds this lock shared to the end of its transaction, and reads the
# key after it; whoever brings a new key holds it alone. Then nothing is wrapped under
# the old key any more.
LOCK = "nmis.kek"

FORM = b"\x02"
NAMELESS = b"\x01"  # the form of before: without the key's id
ID_BYTES = 8
NONCE = 12
_HEAD = len(FORM) + ID_BYTES + NONCE


class UnknownKek(Unsealable):
    """A secret is wrapped under a key-encryption key that is not here."""


class KeyRing:
    """The key-encryption keys of an installation: one, or two while it is changed."""

    def __init__(self, read: Callable[[], Sequence[bytes]]) -> None:
        """Take a way to read the keys; the first is the one to wrap under."""
        self._read = read
        self._known: dict[bytes, AESGCM] = {}

    def __repr__(self) -> str:
        """Show nothing, so that no traceback or log holds a key."""
        return "KeyRing(...)"

    def newest(self) -> bytes:
        """Return the id of the key to wrap under, read anew."""
        read = self._read()
        for key in read:
            self._known.setdefault(key_id(key), AESGCM(key))
        return key_id(read[0])

    def named(self, wanted: bytes) -> AESGCM:
        """Return the key of an id; the keys are read anew where it is not known.

        Raises:
            UnknownKek: there is no such key.
        """
        if wanted not in self._known:
            self.newest()
        if wanted not in self._known:
            raise UnknownKek(f"the key-encryption key {wanted.hex()} is not here")
        return self._known[wanted]

    def every(self) -> list[AESGCM]:
        """Return all keys there are."""
        self.newest()
        return list(self._known.values())


def ring_of(key: bytes) -> KeyRing:
    """Return a ring of one key."""
    return KeyRing(lambda: [key])


def key_id(key: bytes) -> bytes:
    """Return what names a key without giving it away."""
    return hashlib.sha256(b"nmis kek|" + key).digest()[:ID_BYTES]


def label(column: Column[Any], *key: object) -> bytes:
    """Return the label of a row: its column's name and its primary key, in order."""
    own: Callable[..., bytes] | None = column.info.get("label")
    if own is not None:
        return own(*key)
    named = f"{column.table.fullname}.{column.name}"
    return json.dumps([named, *map(str, key)]).encode()


def wrapped(db: Connection, ring: KeyRing, secret: bytes, *, label: bytes) -> bytes:
    """Return a secret wrapped under the newest key, to be stored by this transaction.

    It waits while a new key is brought (a moment). What is wrapped is stored by this
    transaction or not at all; otherwise it may be left under a key that is destroyed.

    Args:
        db: the connection of the transaction that stores it; not in autocommit.
        ring: the keys.
        secret: what is wrapped.
        label: of the row it is stored in.
    """
    db.execute(select(func.pg_advisory_xact_lock_shared(func.hashtext(LOCK))))
    return wrapped_under(ring, ring.newest(), secret, label=label)


def wrapped_under(ring: KeyRing, name: bytes, secret: bytes, *, label: bytes) -> bytes:
    """Return a secret wrapped under a named key; for who changes the key alone."""
    nonce = secrets.token_bytes(NONCE)
    return FORM + name + nonce + ring.named(name).encrypt(nonce, secret, label)


def unwrapped(ring: KeyRing, blob: bytes, *, label: bytes) -> bytes:
    """Return a secret.

    Raises:
        UnknownKek: the key it is wrapped under is not here.
        Unsealable: another row's, altered bytes, or an unknown form.
    """
    if blob[:1] == NAMELESS:
        return _nameless(ring, blob, label)
    if blob[:1] != FORM:
        raise Unsealable(f"form {blob[:1].hex()} of a wrapped secret is not known")
    try:
        nonce = blob[_HEAD - NONCE : _HEAD]
        return ring.named(under(blob)).decrypt(nonce, blob[_HEAD:], label)
    except (InvalidTag, ValueError) as error:
        raise Unsealable("a wrapped secret does not open in this place") from error


def under(blob: bytes) -> bytes:
    """Return the id of the key that a secret is wrapped under; empty: it has none."""
    return blob[len(FORM) : len(FORM) + ID_BYTES] if blob[:1] == FORM else b""


def _nameless(ring: KeyRing, blob: bytes, label: bytes) -> bytes:
    nonce, sealed = blob[1 : 1 + NONCE], blob[1 + NONCE :]
    for key in ring.every():
        try:
            return key.decrypt(nonce, sealed, label)
        except (InvalidTag, ValueError):
            continue
    raise Unsealable("a wrapped secret is of another key, or of another place")
