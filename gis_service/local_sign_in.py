"""Signing in with an account of this service: name, password and one-time code."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, select, update

from gis_service import attempts, passwords, totp
from gis_service.grants import Grant
from gis_service.sessions import Holder
from gis_service.tables import ACCOUNT
from gis_service.totp import AccountKey


class NotRecognised(Exception):
    """Name, password or code is wrong; which of them is not told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody typed."""

    name: str
    password: str
    code: str

    def __repr__(self) -> str:
        """Show nothing."""
        return "Told(...)"


def recognised(db: Connection, key: AccountKey, told: Told) -> Holder:
    """Return the officer who signs in. Commits, since attempts count in any case.

    Whatever is wrong, all of it is looked at: the answer takes as long for a name that
    nobody has.

    Args:
        db: a connection on the access plane.
        key: opens the secrets of codes.
        told: what was typed.

    Raises:
        NotRecognised: something is wrong, or the code was used before.
        TooManyAttempts: too much was wrong before; nothing was looked at.
        AccountKeyLost: the key is another one.
    """
    name = told.name.strip().lower().replace("\0", "")
    counted = attempts.name_hash(key, name)
    attempts.count(db, counted)
    db.commit()
    local = (ACCOUNT.c.name == name) & (ACCOUNT.c.kind == "local")
    found = db.execute(select(ACCOUNT).where(local)).one_or_none()
    stored = found.password if found else None
    right = passwords.fits(stored, told.password.strip().lower())
    step = totp.step(_secret(key, found), told.code.replace(" ", ""), datetime.now(UTC))
    db.commit()
    if found is None or found.disabled_at or not right or step is None:
        raise NotRecognised("name, password or code is wrong")
    if not _used(db, found, step):
        raise NotRecognised("the code was used before")
    attempts.forget(db, counted)
    db.commit()
    grant = Grant(found.role, found.state_code, found.district_code)
    return Holder("local", grant, found.account_id, datetime.now(UTC))


def _secret(key: AccountKey, found: Row[Any] | None) -> str:
    sealed, account_id = _nobodys(key)
    if found is not None:
        sealed, account_id = found.totp, found.account_id
    return totp.opened(key, sealed, account_id)


@cache
def _nobodys(key: AccountKey) -> tuple[bytes, str]:
    return totp.sealed(key, totp.new_secret(), "nobody"), "nobody"


def _used(db: Connection, found: Row[Any], step: int) -> bool:
    """Use up a step of time and all before it; False where it was used up before."""
    columns = ACCOUNT.c
    mine = (columns.account_id == found.account_id) & (columns.totp_step < step)
    done = db.execute(update(ACCOUNT).where(mine).values(totp_step=step))
    return bool(done.rowcount)
