"""Requests of people as the officers of the place of departure handle them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    func,
    insert,
    select,
    tuple_,
    update,
)

from movements.errors import BadParameter, RequestAnswered, UnknownRequest
from movements.keys import Keys
from movements.own_request_tables import OWN_REQUEST
from movements.wrapping import label, unwrapped

_PLACE = tuple_(OWN_REQUEST.c.filed_at, OWN_REQUEST.c.request_id)

# What stays of a request for erasure once it is done.
_STAYS = (
    *("tenant", "request_id", "origin_state", "origin_district", "kind", "proof"),
    *("filed_at", "filed_by"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An officer's answer: ``done`` or ``refused``, in words, by which role."""

    outcome: str
    reason: str
    by: str


def listed(
    db: Connection,
    scope: Mapping[str, int],
    *,
    state: str,
    after: UUID | None = None,
    limit: int = 100,
) -> list[RowMapping]:
    """Return requests, the oldest first.

    Args:
        db: a connection within the officer's walls.
        scope: ``origin`` or ``origin_district``, as ``boundaries.wall.enter`` has it.
        state: one of ``own_request_tables.STATES``.
        after: the last one of the page before.
        limit: how many at most.

    Raises:
        BadParameter: ``after`` is none that the officer sees.
    """
    of = OWN_REQUEST.c
    wanted = select(OWN_REQUEST).where(*_sight(scope), of.state == state)
    if after is not None:
        before = select(of.filed_at, of.request_id).where(
            *_sight(scope), of.request_id == after
        )
        place = db.execute(before).first()
        if place is None:
            raise BadParameter("after: allowed is what `next` of a page gave")
        wanted = wanted.where(tuple_(*place) < _PLACE)
    found = db.execute(wanted.order_by(*_PLACE.clauses).limit(limit)).mappings()
    return list(found)


def known(db: Connection, scope: Mapping[str, int], request: UUID) -> RowMapping:
    """Return a request, answered or not.

    Args:
        db: a connection within the officer's walls.
        scope: as ``listed``.
        request: which one.

    Raises:
        UnknownRequest: there is none, or it is not the officer's.
    """
    return _found(db, _one(scope, request))


def one(db: Connection, scope: Mapping[str, int], request: UUID) -> RowMapping:
    """Return a request that is open, held until the transaction ends.

    Raises:
        UnknownRequest: there is none, or it is not the officer's.
        RequestAnswered: it is answered already.
    """
    row = _found(db, _one(scope, request).with_for_update())
    if row["state"] != "open":
        raise RequestAnswered(f"the request is {row['state']} already")
    return row


def answered(db: Connection, row: RowMapping, answer: Answer) -> None:
    """Write the answer to a request."""
    of = OWN_REQUEST.c
    said = {"state": answer.outcome, "answer": answer.reason, "answered_by": answer.by}
    db.execute(
        update(OWN_REQUEST)
        .where(of.tenant == row["tenant"], of.request_id == row["request_id"])
        .values(said | {"answered_at": func.now()})
    )


def outlived(db: Connection, row: RowMapping, answer: Answer) -> None:
    """Keep of a request that its person was erased; the rest went with the person.

    Args:
        db: a connection on the owner plane, in the transaction that erased.
        row: the request, as it was.
        answer: of which the words are not kept.
    """
    kept = {name: row[name] for name in _STAYS}
    said = {"state": answer.outcome, "answered_by": answer.by}
    db.execute(insert(OWN_REQUEST).values(kept | said | {"answered_at": func.now()}))


def text_of(row: RowMapping, *, keys: Keys) -> str | None:
    """Return what the person wrote.

    Raises:
        Unsealable: the key does not fit.
    """
    blob = row["wrapped_text"]
    if blob is None:
        return None
    named = label(OWN_REQUEST.c.wrapped_text, row["tenant"], row["request_id"])
    return unwrapped(keys.ring, bytes(blob), label=named).decode()


def _one(scope: Mapping[str, int], request: UUID) -> Select[Any]:
    wanted = select(OWN_REQUEST).where(*_sight(scope))
    return wanted.where(OWN_REQUEST.c.request_id == request)


def _found(db: Connection, wanted: Select[Any]) -> RowMapping:
    row = db.execute(wanted).mappings().first()
    if row is None:
        raise UnknownRequest("no such request among those of your places")
    return row


def _sight(scope: Mapping[str, int]) -> Iterator[ColumnElement[bool]]:
    """Yield the first wall: requests of people who depart from the officer's places."""
    of: Any = OWN_REQUEST.c
    columns = {"origin": of.origin_state, "origin_district": of.origin_district}
    at = [columns[name] == code for name, code in scope.items() if name in columns]
    if not at:
        raise UnknownRequest("requests are of the officers of the place of departure")
    yield from at
