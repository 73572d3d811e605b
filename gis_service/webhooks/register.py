"""A state's webhooks: registered, listed, removed, and their messages sent again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from boundaries.wall import enter
from gis_service.webhooks.errors import BadWebhook, UnknownWebhook
from gis_service.webhooks.outbox import EVENTS
from gis_service.webhooks.signing import new_secret, secret_text
from gis_service.webhooks.tables import WEBHOOK, WEBHOOK_MESSAGE
from layers.errors import AddressRefused
from layers.fetch_post import Allowed, target
from movements.wrapping import KeyRing, label, wrapped

# One for each system of a state that wants to know.
MOST_WEBHOOKS = 10
# Messages of one webhook that are listed at once.
MOST_LISTED = 200

_HOOK = WEBHOOK.c
_OF = WEBHOOK_MESSAGE.c
_SHOWN = tuple(each for each in _HOOK if each.name not in ("tenant", "wrapped"))


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook; attributes as the columns of ``nmis.webhook``, without the secret."""

    webhook_id: UUID
    url: str = field(repr=False)  # its query may hold a key
    events: list[str]
    created_at: datetime
    delivered_at: datetime | None
    failing_since: datetime | None
    failure: str | None
    disabled_at: datetime | None
    disabled_reason: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message and how it fares; attributes as the columns."""

    message_id: UUID
    event: str
    made_at: datetime
    state: str
    attempts: int
    due_at: datetime
    ended_at: datetime | None
    failure: str | None


_TOLD = tuple(_OF[name] for name in Message.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a state wants told, and where."""

    url: str = field(repr=False)
    events: Sequence[str]


def register(
    db: Connection, asked: Asked, *, tenant: int, ring: KeyRing, allowed: Allowed
) -> tuple[UUID, str]:
    """Keep a webhook; return its id and its secret, which is told this once.

    Raises:
        BadWebhook: the address or an event is not allowed, or there are enough.
    """
    unknown = set(asked.events) - EVENTS.keys()
    if unknown or not asked.events:
        given = ", ".join(sorted(unknown)) or "none"
        raise BadWebhook(f"events: {given}; allowed: {', '.join(EVENTS)}")
    try:
        target(asked.url, allowed)
    except AddressRefused as error:
        raise BadWebhook(f"url: {error}") from error
    if len(webhooks(db, tenant=tenant)) >= MOST_WEBHOOKS:
        raise BadWebhook(f"{MOST_WEBHOOKS} webhooks are kept, no more are allowed")
    new, secret = uuid4(), new_secret()
    sealed = wrapped(db, ring, secret, label=label(_HOOK.wrapped, tenant, new))
    db.execute(
        insert(WEBHOOK).values(
            tenant=tenant,
            webhook_id=new,
            url=asked.url,
            events=list(dict.fromkeys(asked.events)),
            wrapped=sealed,
        )
    )
    return new, secret_text(secret)


def webhooks(db: Connection, *, tenant: int) -> list[Webhook]:
    """Return a state's own webhooks, the oldest first."""
    enter(db, tenant=tenant)
    own = select(*_SHOWN).where(_HOOK.tenant == tenant)
    listed = own.order_by(_HOOK.created_at, _HOOK.webhook_id)
    return [Webhook(*row) for row in db.execute(listed)]


def webhook(db: Connection, webhook_id: UUID, *, tenant: int) -> Webhook:
    """Return one of a state's own webhooks.

    Raises:
        UnknownWebhook: it has none of this id.
    """
    enter(db, tenant=tenant)
    own = select(*_SHOWN).where(_HOOK.tenant == tenant, _HOOK.webhook_id == webhook_id)
    row = db.execute(own).one_or_none()
    if row is None:
        raise UnknownWebhook(f"no webhook {webhook_id}")
    return Webhook(*row)


def messages(
    db: Connection, webhook_id: UUID, *, tenant: int, state: str | None = None
) -> list[Message]:
    """Return the messages of a webhook, the newest first, ``MOST_LISTED`` at most.

    Raises:
        UnknownWebhook: the state has none of this id.
    """
    webhook(db, webhook_id, tenant=tenant)
    own = select(*_TOLD).where(_OF.tenant == tenant, _OF.webhook_id == webhook_id)
    if state:
        own = own.where(_OF.state == state)
    newest = own.order_by(_OF.made_at.desc(), _OF.message_id).limit(MOST_LISTED)
    return [Message(*row) for row in db.execute(newest)]


def redeliver(
    db: Connection,
    webhook_id: UUID,
    *,
    tenant: int,
    only: Sequence[UUID] | None = None,
) -> int:
    """Send messages again: those named, or all that are dead; return how many.

    A webhook that was disabled is enabled by it.

    Raises:
        UnknownWebhook: the state has none of this id.
    """
    webhook(db, webhook_id, tenant=tenant)
    db.execute(
        update(WEBHOOK)
        .where(_HOOK.tenant == tenant, _HOOK.webhook_id == webhook_id)
        .values(
            disabled_at=None, disabled_reason=None, failing_since=None, failure=None
        )
    )
    wanted: Any = _OF.state == "dead"
    if only is not None:
        wanted = _OF.message_id.in_(only) & (_OF.state != "waiting")
    return db.execute(
        update(WEBHOOK_MESSAGE)
        .where(_OF.tenant == tenant, _OF.webhook_id == webhook_id, wanted)
        .values(
            state="waiting", attempts=0, due_at=func.now(), ended_at=None, failure=None
        )
    ).rowcount


def remove(db: Connection, webhook_id: UUID, *, tenant: int) -> None:
    """Remove one of a state's own webhooks, with all that waits for it.

    Raises:
        UnknownWebhook: it has none of this id.
    """
    enter(db, tenant=tenant)
    own = _HOOK.tenant == tenant, _HOOK.webhook_id == webhook_id
    if not db.execute(delete(WEBHOOK).where(*own)).rowcount:
        raise UnknownWebhook(f"no webhook {webhook_id}")
