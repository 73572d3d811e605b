"""Messages that are due: taken by one deliverer each, and what became of them.

A message is taken for as long as a delivery may last. Whoever took it and was killed
has not said that it arrived, and it is sent again: at least once, with the same id.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_, update

from gis_service.webhooks.tables import WEBHOOK, WEBHOOK_MESSAGE

LEASE_S = 300.0
# Taken at once: of one webhook few, so that none fills the whole.
MOST_AT_ONCE, MOST_OF_ONE = 200, 10
# Eight attempts within a day: half a minute after the first, then 3.5 times as long
# each time (30 s, 2 min, 6 min, 21 min, 75 min, 4.4 h, 15.3 h).
ATTEMPTS, PAUSE_S, LONGER = 8, 30.0, 3.5
# So that those who failed together do not come back together.
JITTER = 0.1
# A receiver that took nothing for so long is not there any more.
DISABLED_AFTER = timedelta(days=5)
KEPT_DELIVERED, KEPT_DEAD = timedelta(days=7), timedelta(days=30)

_OF, _HOOK = WEBHOOK_MESSAGE.c, WEBHOOK.c
_KEY = (_OF.tenant, _OF.webhook_id, _OF.message_id)


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent now; ``attempts`` has this one."""

    tenant: int
    webhook_id: UUID
    message_id: UUID
    body: dict[str, Any]
    attempts: int
    url: str = field(repr=False)
    wrapped: bytes = field(repr=False)


def taken(db: Connection) -> list[Due]:
    """Take what is due for ``LEASE_S``, as the owner and in a transaction."""
    late = (_OF.state == "waiting") & (_OF.due_at <= func.now())
    turn = func.row_number().over(
        partition_by=(_OF.tenant, _OF.webhook_id), order_by=_OF.due_at
    )
    ranked = select(*_KEY, turn.label("turn")).where(late).subquery("ranked")
    few = select(ranked.c.tenant, ranked.c.webhook_id, ranked.c.message_id)
    few = few.where(ranked.c.turn <= MOST_OF_ONE).limit(MOST_AT_ONCE)
    claimed = (
        update(WEBHOOK_MESSAGE)
        .where(tuple_(*_KEY).in_(few), late)
        .where(_HOOK.tenant == _OF.tenant, _HOOK.webhook_id == _OF.webhook_id)
        .values(due_at=_in(LEASE_S), attempts=_OF.attempts + 1)
        .returning(*_KEY, _OF.body, _OF.attempts, _HOOK.url, _HOOK.wrapped)
    )
    return [Due(*row) for row in db.execute(claimed)]


def arrived(db: Connection, of: Due) -> None:
    """Note that a receiver has a message."""
    _changed(db, of, state="delivered", ended_at=func.now(), failure=None)
    good = {"delivered_at": func.now(), "failing_since": None, "failure": None}
    db.execute(update(WEBHOOK).where(_hook(of)).values(good))


def failed(db: Connection, of: Due, why: str, *, wait_s: float | None = None) -> None:
    """Note that a message did not arrive: it is tried again, or is dead.

    Args:
        db: a connection as the owner, in a transaction.
        of: the message.
        why: in words.
        wait_s: how long the receiver asks to be left alone.
    """
    if of.attempts >= ATTEMPTS:
        words = f"tried {ATTEMPTS} times: {why}"
        _changed(db, of, state="dead", ended_at=func.now(), failure=words)
    else:
        pause = max(pause_s(of.attempts), wait_s or 0.0)
        _changed(db, of, due_at=_in(pause), failure=why)
    bad = {
        "failing_since": func.coalesce(_HOOK.failing_since, func.now()),
        "failure": why,
    }
    since = update(WEBHOOK).where(_hook(of)).values(bad).returning(_HOOK.failing_since)
    began = db.execute(since).scalar_one_or_none()
    late = select(func.now() - began > DISABLED_AFTER) if began else None
    if late is not None and db.execute(late).scalar_one():
        days = DISABLED_AFTER.days
        disable(db, of, f"nothing was delivered for {days} days; at last: {why}")


def put_back(db: Connection, of: Due) -> None:
    """Leave a message that was not tried, as the one before it failed."""
    _changed(db, of, attempts=of.attempts - 1, due_at=_in(PAUSE_S))


def disable(db: Connection, of: Due, why: str) -> None:
    """Tell a receiver nothing more, until its state has messages sent again."""
    values = {"disabled_at": func.now(), "disabled_reason": why}
    db.execute(update(WEBHOOK).where(_hook(of)).values(values))
    db.execute(
        update(WEBHOOK_MESSAGE)
        .where(_OF.tenant == of.tenant, _OF.webhook_id == of.webhook_id)
        .where(_OF.state == "waiting")
        .values(
            state="dead", ended_at=func.now(), failure=f"the webhook is disabled: {why}"
        )
    )


def swept(db: Connection) -> None:
    """Delete what ended long ago."""
    for state, kept in (("delivered", KEPT_DELIVERED), ("dead", KEPT_DEAD)):
        old = (_OF.state == state) & (_OF.ended_at < func.now() - kept)
        db.execute(delete(WEBHOOK_MESSAGE).where(old))


def pause_s(attempts: int) -> float:
    """Return the seconds to wait after so many attempts, give or take a tenth."""
    spread = 1 + JITTER * random.uniform(-1, 1)  # noqa: S311 - nobody is to guess it
    return PAUSE_S * LONGER ** (attempts - 1) * spread


def _changed(db: Connection, of: Due, **values: object) -> None:
    one = (of.tenant, of.webhook_id, of.message_id)
    mine = tuple_(*_KEY) == tuple_(*one)
    db.execute(
        update(WEBHOOK_MESSAGE).where(mine, _OF.state == "waiting").values(**values)
    )


def _hook(of: Due) -> ColumnElement[bool]:
    return (_HOOK.tenant == of.tenant) & (_HOOK.webhook_id == of.webhook_id)


def _in(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + timedelta(seconds=seconds)
