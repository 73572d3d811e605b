"""Questions for contacts, counted: so many a day, and beyond them a second approves.

What a question asks is not kept, while it waits as little as afterwards: only who asks,
for which case, on which day.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import Connection, RowMapping, func, insert, select, tuple_, update

from movements.errors import (
    ApprovalUnusable,
    BadParameter,
    NotYourOwn,
    TraceDecided,
    UnknownTrace,
)
from movements.trace_tables import TRACE
from movements.verhoeff import holds

# As numbers of ten and twelve digits are written, in groups or not; whole ones alone.
_MOBILE = re.compile(
    r"(?<![0-9])(?:0|91|0091)?[-._]?[6-9]"
    r"(?:[0-9]{4}[-._]?[0-9]{5}|[0-9]{2}[-._]?[0-9]{3}[-._]?[0-9]{4})(?![0-9])"
)
_AADHAAR = re.compile(r"(?<![0-9])[2-9][0-9]{3}(?:[-._]?[0-9]{4}){2}(?![0-9])")

_ANSWERED = ("answered", "used")
_PLACE = tuple_(TRACE.c.asked_at, TRACE.c.trace_id)


def names_somebody(case_ref: str) -> bool:
    """Return whether a case's reference holds a mobile or Aadhaar number, or no digit.

    As they are usually written, in groups too; not however they could be hidden.
    """
    aadhaar = map(_is_aadhaar, _AADHAAR.findall(case_ref))
    no_number = not any(sign.isdigit() for sign in case_ref)
    return no_number or _MOBILE.search(case_ref) is not None or any(aadhaar)


def _is_aadhaar(found: str) -> bool:
    digits = [int(sign) for sign in found if sign.isdigit()]
    return bool(holds(np.array([digits], dtype=np.int8))[0])


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, for which case, on which day in India."""

    asker: str
    case_ref: str
    day: date


@dataclass(frozen=True, slots=True)
class Counted:
    """A question that was counted.

    Attributes:
        id: its own.
        state: ``answered`` or ``used``: it may be answered; else ``waiting`` or
            ``approved``, by the second one.
        used: how many of the asker's were answered this day, this one included.
    """

    id: UUID
    state: str
    used: int

    @property
    def may(self) -> bool:
        """Whether it may be answered."""
        return self.state in _ANSWERED


def counted(
    db: Connection, question: Question, *, quota: int, approval: UUID | None = None
) -> Counted:
    """Count a question, before it is answered in the same transaction.

    Args:
        db: a connection on the officer plane.
        question: who asks.
        quota: how many a day are answered without a second's approval.
        approval: a question of before that a second approved; it is used up.

    Raises:
        UnknownTrace: no question of the asker's has this id.
        ApprovalUnusable: it is not approved, or used, or of another case or day.
    """
    # Of two at once the second sees what the first has counted.
    own = func.hashtext(f"{question.asker}|{question.day}")
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("nmis.trace"), own)))
    used = _used(db, question)
    if approval is not None:
        _use(db, question, approval)
        return Counted(approval, "used", used + 1)
    if used < quota:
        return Counted(_added(db, question, "answered"), "answered", used + 1)
    before = _beyond(db, question)
    if before is not None:
        return Counted(before.trace_id, before.state, used)
    return Counted(_added(db, question, "waiting"), "waiting", used)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions.

    Attributes:
        day: in India.
        state: one of ``trace_tables.STATES``.
        asker: whose alone.
        but: whose not.
    """

    day: date
    state: str
    asker: str | None = None
    but: str | None = None


def listed(
    db: Connection, these: Wanted, *, after: UUID | None = None, limit: int = 100
) -> list[RowMapping]:
    """Return questions, the oldest first.

    Args:
        db: a connection on the officer plane.
        these: which.
        after: the last one of the page before.
        limit: how many at most.

    Raises:
        BadParameter: ``after`` is no question.
    """
    of = TRACE.c
    wanted = select(TRACE).where(of.day == these.day, of.state == these.state)
    if these.asker is not None:
        wanted = wanted.where(of.asker == these.asker)
    if these.but is not None:
        wanted = wanted.where(of.asker != these.but)
    if after is not None:
        place = db.execute(
            select(of.asked_at, of.trace_id).where(of.trace_id == after)
        ).first()
        if place is None:
            raise BadParameter("after: allowed is what `next` of a page gave")
        wanted = wanted.where(tuple_(*place) < _PLACE)
    found = db.execute(wanted.order_by(*_PLACE.clauses).limit(limit))
    return list(found.mappings())


def decided(
    db: Connection, trace: UUID, *, by: str, day: date, approve: bool
) -> RowMapping:
    """Approve or decline another one's question of today; return it as it then stands.

    Raises:
        UnknownTrace: there is no such question of this day.
        NotYourOwn: whoever decides has asked it.
        TraceDecided: it does not wait, or no more.
    """
    of = TRACE.c
    one = select(TRACE).where(of.trace_id == trace, of.day == day).with_for_update()
    row = db.execute(one).mappings().first()
    if row is None:
        raise UnknownTrace("no such question of today")
    if row["asker"] == by:
        raise NotYourOwn("another tracer decides about your question")
    if row["state"] != "waiting":
        raise TraceDecided(f"the question is {row['state']} already")
    said = {
        "state": "approved" if approve else "declined",
        "decided_by": by,
        "decided_at": func.now(),
    }
    made = update(TRACE).where(of.trace_id == trace).values(said).returning(TRACE)
    return db.execute(made).mappings().one()


def _used(db: Connection, question: Question) -> int:
    of = TRACE.c
    answered = select(func.count()).where(
        of.asker == question.asker, of.day == question.day, of.state.in_(_ANSWERED)
    )
    return db.execute(answered).scalar_one()


def _use(db: Connection, question: Question, approval: UUID) -> None:
    of = TRACE.c
    own = (of.trace_id == approval, of.asker == question.asker)
    row = db.execute(select(TRACE).where(*own).with_for_update()).first()
    if row is None:
        raise UnknownTrace("approval: you asked no such question")
    if (row.case_ref, row.day) != (question.case_ref, question.day):
        raise ApprovalUnusable("approval: it is of another case, or of another day")
    if row.state != "approved":
        raise ApprovalUnusable(f"approval: the question is {row.state}")
    db.execute(update(TRACE).where(*own).values(state="used"))


def _beyond(db: Connection, question: Question) -> Any:  # noqa: ANN401 - a row
    """Return a question of the same case that waits, or is approved and not used."""
    of = TRACE.c
    same = (
        select(of.trace_id, of.state)
        .where(
            of.asker == question.asker,
            of.case_ref == question.case_ref,
            of.day == question.day,
            of.state.in_(("waiting", "approved")),
        )
        .order_by(*_PLACE.clauses)
        .limit(1)
    )
    return db.execute(same).first()


def _added(db: Connection, question: Question, state: str) -> UUID:
    own = uuid4()
    row = {
        "trace_id": own,
        "asker": question.asker,
        "case_ref": question.case_ref,
        "day": question.day,
        "asked_at": func.now(),
        "state": state,
    }
    db.execute(insert(TRACE).values(row))
    return own
