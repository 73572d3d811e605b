"""The vault: what is personal, sealed, with data keys of its own per purge month.

A sealed record is a form byte, the version of its month's data key, a random nonce of
12 bytes and AES-256-GCM's ciphertext with its tag. The associated data is
``bucket|person id|purge month``, so that a record opens only in its own row. Data keys
are random and stand in ``vault.data_key`` wrapped under the key-encryption key;
destroying a month's makes every profile of the month unreadable, in backups too.
"""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from movements import data_keys as month_keys
from movements.keys import Keys
from movements.sealing import DataKeys, NoDataKey
from movements.tables import DATA_KEY
from movements.unique_id import id_of, id_text
from movements.wrapping import NONCE

__all__ = [
    "DataKeys",
    "blind_index",
    "bound",
    "data_keys",
    "id_of",
    "id_text",
    "opening_keys",
    "seal",
    "unseal",
]

_BOUND = b"%d|%b|%b"

Place = tuple[int, bytes, date]  # bucket, person id, purge month


def data_keys(db: Connection, months: Iterable[date], *, keys: Keys) -> DataKeys:
    """Return the data keys to seal records of each purge month, made if missing.

    Until the transaction ends, the months' keys are neither renewed nor destroyed.
    """
    return month_keys.for_writing(db, months, ring=keys.ring, table=DATA_KEY)


def opening_keys(db: Connection, months: Iterable[date], *, keys: Keys) -> DataKeys:
    """Return the data keys to open records of each purge month that has any left."""
    return month_keys.for_reading(db, months, ring=keys.ring, table=DATA_KEY)


def seal(
    records: Sequence[bytes], places: Sequence[Place], *, keys: DataKeys
) -> list[bytes]:
    """Return each record sealed for its place (bucket, person, purge month)."""
    random = secrets.token_bytes(NONCE * len(records))
    nonces = (random[at : at + NONCE] for at in range(0, len(random), NONCE))
    heads = {month: held.head for month, held in keys.items()}
    with_key = {
        month: held.by_version[held.newest].encrypt for month, held in keys.items()
    }
    named = {month: month.isoformat().encode() for month in keys}
    return [
        heads[month]
        + nonce
        + with_key[month](nonce, record, _BOUND % (bucket, person, named[month]))
        for nonce, record, (bucket, person, month) in zip(
            nonces, records, places, strict=True
        )
    ]


def unseal(sealed: bytes, place: Place, *, keys: DataKeys) -> bytes:
    """Return the record of a place.

    Raises:
        NoDataKey: the month's key is destroyed.
        Unsealable: another key, another place, or altered bytes.
    """
    month = place[2]
    if month not in keys:
        raise NoDataKey(f"there is no data key of {month:%Y-%m}")
    return keys[month].opened(sealed, bound(place))


def bound(place: Place) -> bytes:
    """Return the associated data that binds a record to its place."""
    bucket, person, month = place
    return _BOUND % (bucket, person, month.isoformat().encode())


def blind_index(mobile: str, *, keys: Keys) -> bytes:
    """Return the HMAC by which a mobile (E.164) is found without being stored."""
    return hmac.digest(keys.index, mobile.encode(), "sha256")
