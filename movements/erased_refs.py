"""Row ids of people who were erased because they asked, as keyed hashes.

A state's system knows nothing of an erasure and sends the row every night. All that is
kept to refuse it is an HMAC of state and row id, until the person's archive ends.
"""

import hmac
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import polars as pl
from sqlalchemy import Connection, LargeBinary, delete, exists, literal, select, union
from sqlalchemy.dialects.postgresql import insert

from movements.events import bucket
from movements.keys import Keys
from movements.retention import Clocks
from movements.retention_refs import of_person
from movements.retention_tables import ERASED_REF
from movements.rule import Finding
from movements.tables import MOVEMENT, SOURCE_REF
from routes.arrays import BYTES, cells, columns, taught

CODE = "erased_on_request"
_HASH_BYTES = 16
_GIVEN = columns({"hash": LargeBinary})


def remembered(db: Connection, person: UUID, *, keys: Keys, gone: date) -> None:
    """Keep hashes of the row ids of a person who is about to be erased.

    Args:
        db: a connection on the owner plane that holds the person's row ids.
        person: a unique ID.
        keys: of the vault.
        gone: the day.
    """
    of = MOVEMENT.c
    journeys = select(of.tenant, of.source_ref).where(
        of.bucket == bucket(person),
        of.person_id == person,
        of.source_ref.is_not(None),
    )
    refs = select(SOURCE_REF.c.tenant, SOURCE_REF.c.source_ref)
    rows = db.execute(union(journeys, refs.where(*of_person(person)))).all()
    hashes = [_hashed(row.source_ref, tenant=row.tenant, keys=keys) for row in rows]
    if hashes:
        kept = insert(ERASED_REF).on_conflict_do_nothing()
        db.execute(kept, [{"hash": each, "gone": gone} for each in hashes])


def erased_rows(
    db: Connection, refs: pl.Series, *, tenant: int, keys: Keys
) -> tuple[Finding, ...]:
    """Return which rows are of people who were erased on request.

    Args:
        db: a connection on the upload plane.
        refs: the state's own row ids, one for each row.
        tenant: LGD code of the state (negative: its sandbox).
        keys: of the vault.
    """
    gone = _erased(db, refs.drop_nulls().to_list(), tenant=tenant, keys=keys)
    if not gone:
        return ()
    rows = np.array([at for at, ref in enumerate(refs) if ref in gone], dtype=np.int64)
    return (Finding("source_ref", CODE, rows),)


def outlived(db: Connection, clocks: Clocks, today: date) -> None:
    """Remove hashes of people of whom nothing is kept any more.

    Args:
        db: a connection on the owner plane, in a transaction.
        clocks: of the installation.
        today: the civil date in India.
    """
    days = max(clocks.keep_days, clocks.view_days)
    old = ERASED_REF.c.gone <= today - timedelta(days=days)
    db.execute(delete(ERASED_REF).where(old))


def _erased(
    db: Connection, refs: Sequence[str], *, tenant: int, keys: Keys
) -> Collection[str]:
    # Mostly nobody was erased so, and 20,000 hashes are not made.
    if not refs or not db.execute(_ANY).scalar_one():
        return ()
    by_hash = {_hashed(ref, tenant=tenant, keys=keys): ref for ref in refs}
    asked = {"hash": cells(by_hash, BYTES)}
    found = taught(db).execute(_KNOWN, asked).scalars()
    return {by_hash[bytes(each)] for each in found}


def _hashed(ref: str, *, tenant: int, keys: Keys) -> bytes:
    told = f"{tenant}|{ref}".encode()
    return hmac.digest(keys.erased_refs, told, "sha256")[:_HASH_BYTES]


_ANY = select(exists(select(literal(1)).select_from(ERASED_REF)))
_KNOWN = select(ERASED_REF.c.hash).join(_GIVEN, _GIVEN.c.hash == ERASED_REF.c.hash)
