"""Accounts of officers: made, listed, disabled and reset by the service's operator."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gis_service import passwords, sessions, totp
from gis_service.grants import Grant
from gis_service.tables import ACCOUNT
from gis_service.totp import AccountKey

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class BadAccount(Exception):
    """An account cannot be made or found as asked; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an officer is handed once; it cannot be shown again.

    Attributes:
        name: to sign in with.
        password: to sign in with.
        address: of the one-time codes, for the officer's telephone (``otpauth://``).
    """

    name: str
    password: str
    address: str

    def __repr__(self) -> str:
        """Show the name alone."""
        return f"Shown({self.name})"


def add(db: Connection, key: AccountKey, *, name: str, grant: Grant) -> Shown:
    """Make an account.

    Args:
        db: a connection on the owner plane.
        key: seals the secret of its codes.
        name: lower-case letters, digits, and ``. _ -``.
        grant: what its officer may do.

    Raises:
        BadAccount: the name is not allowed, or taken.
    """
    if not NAME.fullmatch(name):
        raise BadAccount(
            f"name is {name!r}; allowed: 3 to 40 of a-z, 0-9, '.', '_', '-', the first"
            " a letter or digit"
        )
    if _found(db, name) is not None:
        raise BadAccount(f"there is an account {name!r} already")
    account_id = new_id()
    shown, stored = _secrets(key, name, account_id)
    row = {"account_id": account_id, "kind": "local", "name": name}
    db.execute(insert(ACCOUNT).values(row | grant.columns() | stored))
    return shown


def listed(db: Connection) -> list[Row[Any]]:
    """Return every account, by name, without what it signs in with."""
    hidden = ("password", "totp", "totp_step")
    columns = [column for column in ACCOUNT.c if column.name not in hidden]
    return list(db.execute(select(*columns).order_by(ACCOUNT.c.name)).all())


def disable(db: Connection, name: str) -> None:
    """Disable an account; its sessions end at once.

    Raises:
        BadAccount: there is no such account that is in use.
    """
    found = _found(db, name)
    if found is None or found.disabled_at:
        raise BadAccount(f"there is no account {name!r} in use")
    mine = ACCOUNT.c.account_id == found.account_id
    db.execute(update(ACCOUNT).where(mine).values(disabled_at=func.now()))
    sessions.end_of_account(db, found.account_id)


def enable(db: Connection, name: str) -> None:
    """Enable a disabled account again, as it was.

    Raises:
        BadAccount: there is no such account that is disabled.
    """
    found = _found(db, name)
    if found is None or not found.disabled_at:
        raise BadAccount(f"there is no disabled account {name!r}")
    mine = ACCOUNT.c.account_id == found.account_id
    db.execute(update(ACCOUNT).where(mine).values(disabled_at=None))


def reset(db: Connection, key: AccountKey, name: str) -> Shown:
    """Give an account a new password and new codes, and enable it; its sessions end.

    Raises:
        BadAccount: there is no such account, or its officer signs in elsewhere.
    """
    found = _found(db, name)
    if found is None:
        raise BadAccount(f"there is no account {name!r}")
    if found.kind != "local":
        raise BadAccount(f"{name!r} signs in with a provider, which resets accounts")
    sessions.end_of_account(db, found.account_id)
    mine = ACCOUNT.c.account_id == found.account_id
    shown, stored = _secrets(key, name, found.account_id)
    again = stored | {"totp_step": 0, "disabled_at": None}
    db.execute(update(ACCOUNT).where(mine).values(again))
    return shown


def new_id() -> str:
    """Return an id for an account; safe to log."""
    return f"account:{secrets.token_hex(6)}"


def _found(db: Connection, name: str) -> Row[Any] | None:
    return db.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).one_or_none()


def _secrets(
    key: AccountKey, name: str, account_id: str
) -> tuple[Shown, dict[str, Any]]:
    password, secret = passwords.new_password(), totp.new_secret()
    stored = {
        "password": passwords.hashed(password),
        "totp": totp.sealed(key, secret, account_id),
    }
    return Shown(name, password, totp.address(secret, name)), stored
