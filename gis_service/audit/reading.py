"""The log as auditors read it: pages, reports, and who saw a person."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Uuid,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gis_service.audit.encoding import EPOCH, MICROSECOND
from gis_service.audit.keys import AuditKey
from gis_service.audit.purposes import Purpose
from gis_service.audit.tables import ENTRY
from movements.errors import BadParameter
from movements.unique_id import id_of, id_text

INDIA = ZoneInfo("Asia/Kolkata")

# All but the hashes: of people, and of the chain.
_SHOWN = tuple(each for each in ENTRY.c if each.name not in ("people", "prev", "hash"))
_PLACE = tuple_(ENTRY.c.at, ENTRY.c.writer, ENTRY.c.seq)

BY = {
    "purpose": (ENTRY.c.purpose, ENTRY.c.action),
    "officer": (ENTRY.c.role, ENTRY.c.token_id, ENTRY.c.purpose),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; days are whole, in India, both inclusive; ``None`` is all."""

    first: date | None = None
    last: date | None = None
    purpose: Purpose | None = None
    role: str | None = None
    token_id: str | None = None
    action: str | None = None
    request_id: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what entries must fulfil."""
        if self.first:
            yield ENTRY.c.at >= _midnight(self.first)
        if self.last:
            yield ENTRY.c.at < _midnight(self.last + timedelta(days=1))
        for name in ("purpose", "role", "token_id", "action", "request_id"):
            value = getattr(self, name)
            if value is not None:
                yield ENTRY.c[name] == str(value)


def page(
    db: Connection, wanted: Filter, *, limit: int, after: str | None = None
) -> tuple[list[RowMapping], str | None]:
    """Return entries, newest first, and where the next page begins if there is one.

    Raises:
        BadParameter: ``after`` is nothing that an earlier page gave.
    """
    query = select(*_SHOWN).where(*wanted.conditions())
    if after is not None:
        query = query.where(tuple_(*_place(after)) > _PLACE)
    newest = query.order_by(*(each.desc() for each in _PLACE.clauses)).limit(limit + 1)
    found = list(db.execute(newest).mappings())
    more = _cursor(found[limit - 1]) if len(found) > limit else None
    return found[:limit], more


def report(db: Connection, wanted: Filter, *, by: str) -> list[RowMapping]:
    """Return how often people were seen or written, by ``purpose`` or ``officer``.

    Each row has ``entries``, ``people`` (one seen twice counts twice), and the
    instants of the first and the last entry.
    """
    columns = BY[by]
    counted: Select[Any] = (
        select(
            *columns,
            func.count().label("entries"),
            func.sum(ENTRY.c.n).label("people"),
            func.min(ENTRY.c.at).label("first"),
            func.max(ENTRY.c.at).label("last"),
        )
        .where(*wanted.conditions())
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
    )
    return list(db.execute(counted).mappings())


def who_saw(db: Connection, unique_id: str, *, key: AuditKey) -> list[RowMapping]:
    """Return the entries of those who saw a person, oldest first.

    Args:
        db: a connection of the audit plane.
        unique_id: as the person has it, in any form that ``unique_id.id_of`` reads.
        key: by which people are hidden in the log.

    Raises:
        BadUniqueId: it is none.
    """
    (hidden,) = key.hashed([id_text(id_of(unique_id))])
    seen = (
        select(*_SHOWN)
        .where(ENTRY.c.people.contains(cast([UUID(bytes=hidden)], ARRAY(Uuid))))
        .order_by(*_PLACE.clauses)
    )
    return list(db.execute(seen).mappings())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), INDIA)


def _cursor(row: RowMapping) -> str:
    text = f"{(row['at'] - EPOCH) // MICROSECOND}:{row['writer']}:{row['seq']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(after: str) -> tuple[datetime, int, int]:
    try:
        padded = after + "=" * (-len(after) % 4)
        told = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        micros, writer, seq = map(int, told.split(":"))
        at = EPOCH + micros * MICROSECOND
    except (ValueError, OverflowError, binascii.Error) as error:
        raise _bad(after) from error
    if not (0 < writer < 2**15 and 0 < seq < 2**63):
        raise _bad(after)
    return at, writer, seq


def _bad(after: str) -> BadParameter:
    return BadParameter(f"after is {after!r}; allowed: what `next` of a page gave")
