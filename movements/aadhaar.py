"""Aadhaar numbers: sealed apart from profiles, opened by the vault's login alone.

A number is sealed with AES-256-GCM under data keys of its own, with its place
(bucket, person, purge month) and its reference as associated data. The reference, a
random token, stands in the sealed profile too: who cannot open the profile has nothing
to ask the vault with. The blind index is an HMAC of the tenant and the number, so that
the numbers of two tenants never look equal.
"""

import hmac
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from boundaries.wall import enter
from movements import data_keys
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.errors import MovementError
from movements.keys import Keys
from movements.sealing import NoDataKey


class NoAadhaar(MovementError):
    """There is no Aadhaar number of the person, month and reference."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where a number lies.

    Attributes:
        bucket: of the person.
        person_id: whose it is.
        purge_month: of the person's last journey, as of the profile.
        reference: as the profile has it (``aadhaar_ref``).
    """

    bucket: int
    person_id: UUID
    purge_month: date
    reference: UUID

    @property
    def bound(self) -> bytes:
        """The associated data that binds a number to its place."""
        person, reference = self.person_id.bytes, self.reference.bytes
        return bound(self.bucket, person, self.purge_month, reference)


def bound(bucket: int, person: bytes, month: date, reference: bytes) -> bytes:
    """Return the associated data that binds a number to its place."""
    named = month.isoformat().encode()
    return b"aadhaar|%d|%b|%b|%b" % (bucket, person, named, reference)


def aadhaar_of(db: Connection, held: Held, *, tenant: int, keys: Keys) -> str:
    """Return a person's Aadhaar number, twelve digits.

    Args:
        db: a connection on the vault plane, in a transaction; write the audit entry
            by the same one.
        held: where it lies; its reference comes from the opened profile.
        tenant: LGD code of the state that sent it.
        keys: the vault's.

    Raises:
        NoAadhaar: there is none there, or by another reference.
        Unsealable: another key, or altered bytes; its month's key is destroyed.
    """
    enter(db, tenant=tenant)
    sealed = db.execute(
        select(NUMBER.c.sealed).where(
            NUMBER.c.tenant == tenant,
            NUMBER.c.bucket == held.bucket,
            NUMBER.c.person_id == held.person_id,
            NUMBER.c.purge_month == held.purge_month,
            NUMBER.c.reference == held.reference,
        )
    ).scalar_one_or_none()
    if sealed is None:
        raise NoAadhaar("no Aadhaar number is kept of this person")
    month = held.purge_month
    opened = data_keys.for_reading(db, [month], ring=keys.ring, table=AADHAAR_KEY)
    if month not in opened:
        raise NoDataKey(f"there is no data key of {month:%Y-%m}")
    return opened[month].opened(bytes(sealed), held.bound).decode()


def people_of(db: Connection, number: str, *, tenant: int, keys: Keys) -> list[UUID]:
    """Return who of a tenant's people has a number, by its blind index.

    Args:
        db: a connection on the vault plane, in a transaction.
        number: twelve digits.
        tenant: LGD code; the index of another tenant is another.
        keys: the vault's.
    """
    enter(db, tenant=tenant)
    index = number_index(number, tenant=tenant, key=keys.aadhaar_index)
    found = select(NUMBER.c.person_id).where(
        NUMBER.c.tenant == tenant, NUMBER.c.number_index == index
    )
    return list(db.execute(found.order_by(NUMBER.c.person_id).distinct()).scalars())


def number_index(number: str, *, tenant: int, key: bytes) -> bytes:
    """Return the HMAC (``Keys.aadhaar_index``) by which a tenant's number is found."""
    return hmac.digest(key, b"%d|%b" % (tenant, number.encode()), "sha256")
