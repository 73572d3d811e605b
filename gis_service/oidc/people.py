"""What an officer of the provider may do here: claims mapped to roles by the operator.

``NMIS_VAR/oidc-roles.json`` is a list, tried from its beginning; the first row that
fits counts, so that nobody has two roles at once::

    [{"claim": "groups", "value": "nmis-bihar", "role": "state", "state": 10}]

It is read at each sign-in. Whom no row fits is refused.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from gis_service.accounts import new_id
from gis_service.grants import BadGrant, Grant, granted
from gis_service.oidc.answer import Proved
from gis_service.sessions import Holder
from gis_service.tables import ACCOUNT

FILE = "oidc-roles.json"


class BadRoles(Exception):
    """The file of roles cannot be used; the message says why."""


class Unmapped(Exception):
    """The provider knows them, but they have no role here."""


class Row(BaseModel):
    """Who has a claim of a value has a role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str = Field(min_length=1)
    value: str = Field(min_length=1)
    role: str
    state: int | None = None
    district: int | None = None

    def fits(self, claims: Mapping[str, Any]) -> bool:
        """Return whether somebody has the claim; it may be a list of values."""
        told = claims.get(self.claim)
        return self.value in (told if isinstance(told, list) else [told])


_ROWS = TypeAdapter(list[Row])


def rows(db: Connection, var: Path) -> list[Row]:
    """Return the rows, each looked at.

    Raises:
        BadRoles: the file is missing or wrong; says which row.
    """
    path = var / FILE
    try:
        found = _ROWS.validate_python(orjson.loads(path.read_bytes()))
    except OSError as error:
        raise BadRoles(f"{path} cannot be read: it says who may do what") from error
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise BadRoles(f"{path}: {error}") from error
    for number, row in enumerate(found, 1):
        try:
            granted(db, role=row.role, state=row.state, district=row.district)
        except BadGrant as error:
            raise BadRoles(f"{path}, row {number}: {error}") from error
    return found


def mapped(db: Connection, mapping: list[Row], claims: Mapping[str, Any]) -> Grant:
    """Return what somebody of these claims may do.

    Raises:
        Unmapped: no row fits.
    """
    for row in mapping:
        if row.fits(claims):
            return granted(db, role=row.role, state=row.state, district=row.district)
    raise Unmapped("your account has no role here; your administrator gives roles")


def holder(db: Connection, issuer: str, who: Proved, grant: Grant) -> Holder:
    """Return who signs in, noted in our list of accounts.

    Args:
        db: a connection on the access plane.
        issuer: of the provider.
        who: by its word.
        grant: what they may do.

    Raises:
        Unmapped: their account was disabled here.
    """
    name = f"{issuer}#{who.subject}"
    noted = insert(ACCOUNT).values(account_id=new_id(), kind="oidc", name=name)
    db.execute(noted.on_conflict_do_nothing())
    found = db.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).one()
    if found.disabled_at:
        raise Unmapped("your account is disabled here; ask your administrator")
    return Holder("oidc", grant, found.account_id, who.at)
