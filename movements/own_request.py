"""What a person asks of their own data: who they are, and a request that is filed.

A person has no login. They show the unique ID and the mobile that was sent for it; a
function of the database compares both and tells under which state the person is kept.
A borrowed mobile has no blind index, so that it never opens anything.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnClause,
    Connection,
    LargeBinary,
    SmallInteger,
    Uuid,
    cast,
    column,
    func,
    insert,
    select,
)

from movements.errors import BadUniqueId, UnknownPerson, UnknownRequest
from movements.events import bucket
from movements.identity import blind_index
from movements.keys import Keys
from movements.own_request_tables import OWN_REQUEST
from movements.unique_id import id_of, id_text
from movements.wrapping import label, wrapped

_BEGINS = "R-"  # tells the number of a request from the ID of a person
NOBODY = (
    "nobody in view has this unique ID together with this mobile; an officer of the"
    " state of departure can help"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a person is kept: LGD codes of the tenant and of the place of departure."""

    tenant: int
    origin_state: int
    origin_district: int


@dataclass(frozen=True, slots=True)
class Filing:
    """A request to be filed.

    Attributes:
        person: whose data it is about.
        kept: where they are kept.
        kind: one of ``own_request_tables.KINDS``.
        by: ``person``, or the role of the officer before whom they stand.
        text: what is wrong, or why; it may say anything, so it is stored wrapped.
        mobile: E.164, by which the answer can be read; none: an officer tells it.
    """

    person: UUID
    kept: Kept
    kind: str
    by: str
    text: str | None = None
    mobile: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a request."""

    kind: str
    state: str
    filed_at: datetime
    answered_at: datetime | None
    answer: str | None


def kept_of(db: Connection, person: UUID, mobile: str, *, keys: Keys) -> Kept:
    """Return where a person is kept who shows their unique ID and mobile.

    Args:
        db: a connection on the upload plane.
        person: a unique ID.
        mobile: E.164.
        keys: of the vault.

    Raises:
        UnknownPerson: the two do not belong together; whatever the reason, the same
            words, after the same question.
    """
    named = [column(name, SmallInteger) for name in Kept.__slots__]
    asked = func.nmis.own_place(
        cast(bucket(person), SmallInteger),
        cast(person, Uuid),
        cast(blind_index(mobile, keys=keys), LargeBinary),
    ).table_valued(*named)
    found = db.execute(select(*(asked.c[each.name] for each in named))).first()
    if found is None:
        raise UnknownPerson(NOBODY)
    return Kept(*found)


def filed(db: Connection, filing: Filing, *, keys: Keys) -> UUID:
    """File a request; return its id.

    Args:
        db: a connection within walls that hold the person, in a transaction.
        filing: the request.
        keys: of the vault.
    """
    request = UUID(bytes=secrets.token_bytes(16))
    kept, text = filing.kept, None
    if filing.text:
        named = label(OWN_REQUEST.c.wrapped_text, kept.tenant, request)
        text = wrapped(db, keys.ring, filing.text.encode(), label=named)
    row = insert(OWN_REQUEST).values(
        tenant=kept.tenant,
        request_id=request,
        bucket=bucket(filing.person),
        person_id=filing.person,
        origin_state=kept.origin_state,
        origin_district=kept.origin_district,
        kind=filing.kind,
        wrapped_text=text,
        proof=_proof(request, filing.mobile, keys) if filing.mobile else None,
        state="open",
        filed_by=filing.by,
    )
    db.execute(row)
    return request


def told(db: Connection, request: UUID, mobile: str, *, keys: Keys) -> Told:
    """Return what became of a request, to whoever has its number and the mobile.

    Raises:
        UnknownRequest: the two do not belong together.
    """
    named: list[ColumnClause[Any]] = [column(name) for name in Told.__slots__]
    asked = func.nmis.own_request_told(
        cast(request, Uuid), cast(_proof(request, mobile, keys), LargeBinary)
    ).table_valued(*named)
    found = db.execute(select(*(asked.c[each.name] for each in named))).first()
    if found is None:
        raise UnknownRequest("no request has this number together with this mobile")
    return Told(*found)


def number_text(request: UUID) -> str:
    """Return the number of a request, as read aloud: ``R-`` and signs as of an ID."""
    return _BEGINS + id_text(request)


def number_of(text: str) -> UUID:
    """Return the id of a request's number.

    Raises:
        UnknownRequest: it is none; its last sign checks the others.
    """
    given = text.strip().upper()
    try:
        if given.startswith(_BEGINS):
            return id_of(given.removeprefix(_BEGINS))
    except BadUniqueId:
        pass
    raise UnknownRequest("a request's number is R- and 27 signs; one is wrong")


def _proof(request: UUID, mobile: str, keys: Keys) -> bytes:
    # Of one request alone: it leads to no other, and to no profile.
    said = b"nmis own request|" + request.bytes + b"|" + mobile.encode()
    return hmac.digest(keys.index, said, "sha256")
