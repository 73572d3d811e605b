"""The vault: what is personal, sealed, one data key per purge month.

A sealed record is a version byte, a random nonce of 12 bytes and AES-256-GCM's
ciphertext with its tag. The associated data is ``bucket|person id|purge month``, so
that a record opens only in its own row. Data keys are random and stand in
``vault.data_key`` wrapped under the key-encryption key; destroying one destroys
every profile of its month, in backups too.
"""

import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from movements.errors import Unsealable
from movements.keys import Keys
from movements.tables import DATA_KEY
from movements.unique_id import id_of, id_text

__all__ = ["DataKeys", "blind_index", "data_keys", "id_of", "id_text", "seal", "unseal"]

VERSION = b"\x01"
_NONCE = 12  # bytes, as NIST SP 800-38D recommends; random, far below 2**32 per key
_KEY = 32
_HEAD = len(VERSION) + _NONCE
_BOUND = b"%d|%b|%b"

DataKeys = Mapping[date, AESGCM]
Place = tuple[int, bytes, date]  # bucket, person id, purge month


def data_keys(db: Connection, months: Iterable[date], *, keys: Keys) -> DataKeys:
    """Return the data key of each purge month, making those that are not there."""
    wanted = sorted(set(months))
    found = _wrapped(db, wanted)
    missing = [month for month in wanted if month not in found]
    if missing:
        made = [
            {"purge_month": month, "wrapped": _wrap(keys.kek, month)}
            for month in missing
        ]
        # Two batches may both find none: the first to insert wins, both read it.
        db.execute(insert(DATA_KEY).on_conflict_do_nothing(), made)
        found = _wrapped(db, wanted)
    return {month: AESGCM(_unwrap(keys.kek, month, found[month])) for month in wanted}


def seal(
    records: Sequence[bytes], places: Sequence[Place], *, keys: DataKeys
) -> list[bytes]:
    """Return each record sealed for its place (bucket, person, purge month)."""
    random = secrets.token_bytes(_NONCE * len(records))
    nonces = (random[at : at + _NONCE] for at in range(0, len(random), _NONCE))
    with_key = {month: key.encrypt for month, key in keys.items()}
    named = {month: month.isoformat().encode() for month in keys}
    return [
        VERSION
        + nonce
        + with_key[month](nonce, record, _BOUND % (bucket, person, named[month]))
        for nonce, record, (bucket, person, month) in zip(
            nonces, records, places, strict=True
        )
    ]


def unseal(sealed: bytes, place: Place, *, keys: DataKeys) -> bytes:
    """Return the record of a place.

    Raises:
        Unsealable: another key, another place, or altered bytes.
    """
    if sealed[:1] != VERSION:
        raise Unsealable(f"version {sealed[:1].hex()} is not known")
    try:
        nonce = sealed[len(VERSION) : _HEAD]
        return keys[place[2]].decrypt(nonce, sealed[_HEAD:], _bound(place))
    except InvalidTag as error:
        raise Unsealable("the record does not open in this place") from error


def blind_index(mobile: str, *, keys: Keys) -> bytes:
    """Return the HMAC by which a mobile (E.164) is found without being stored."""
    return hmac.digest(keys.index, mobile.encode(), "sha256")


def _bound(place: Place) -> bytes:
    bucket, person, month = place
    return _BOUND % (bucket, person, month.isoformat().encode())


def _wrapped(db: Connection, months: Sequence[date]) -> dict[date, bytes]:
    rows = db.execute(
        select(DATA_KEY.c.purge_month, DATA_KEY.c.wrapped).where(
            DATA_KEY.c.purge_month.in_(months)
        )
    )
    return {row.purge_month: bytes(row.wrapped) for row in rows}


def _label(month: date) -> bytes:
    return b"nmis data key|" + month.isoformat().encode()


def _wrap(kek: bytes, month: date) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    wrapped = AESGCM(kek).encrypt(nonce, secrets.token_bytes(_KEY), _label(month))
    return VERSION + nonce + wrapped


def _unwrap(kek: bytes, month: date, wrapped: bytes) -> bytes:
    try:
        nonce = wrapped[len(VERSION) : _HEAD]
        return AESGCM(kek).decrypt(nonce, wrapped[_HEAD:], _label(month))
    except InvalidTag as error:
        raise Unsealable(f"the data key of {month:%Y-%m} is of another key") from error
