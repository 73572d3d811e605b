"""/api/v1/webhooks: a state's system says where it wants to be told of what."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from gis_service.access import current_officer, require
from gis_service.address import root
from gis_service.audit import Purpose, Subject
from gis_service.audit import record as written
from gis_service.audit.seen import who
from gis_service.db import connection
from gis_service.policy import Permission
from gis_service.webhooks import register
from gis_service.webhooks.allowed import allowed
from gis_service.webhooks.errors import UnknownWebhook

bp = APIBlueprint(
    "webhooks", __name__, url_prefix="/api/v1/webhooks", abp_tags=[Tag(name="batches")]
)

Kind = Literal["batch.accepted", "job.done", "event.recorded"]
LONGEST_URL = 2_000
MOST_NAMED = 1_000


class WebhookPath(BaseModel):
    """Which webhook."""

    webhook_id: str = Field(max_length=40)


class NewWebhook(BaseModel):
    """Where to, and what of."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=LONGEST_URL, description="https, a public address")
    events: list[Kind] = Field(min_length=1, max_length=10)


class WebhookBody(BaseModel):
    """A webhook, without its secret."""

    id: str
    url: str
    events: list[str]
    created_at: str
    delivered_at: str | None
    failing_since: str | None
    failure: str | None
    disabled_at: str | None
    disabled_reason: str | None


class Registered(WebhookBody):
    """A new webhook; its secret is told this once."""

    secret: str = Field(description="what signatures are made with, begins with whsec_")


class WebhookList(BaseModel):
    """Your own webhooks."""

    webhooks: list[WebhookBody]


class Which(BaseModel):
    """Which messages."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["waiting", "delivered", "dead"] | None = None


class MessageBody(BaseModel):
    """A message, and how it fares."""

    id: str
    event: str
    made_at: str
    state: str
    attempts: int
    due_at: str
    ended_at: str | None
    failure: str | None


class MessageList(BaseModel):
    """The newest messages of a webhook, 200 at most."""

    messages: list[MessageBody]


class Again(BaseModel):
    """Which messages are sent again."""

    model_config = ConfigDict(extra="forbid")

    messages: list[UUID] | None = Field(
        None, max_length=MOST_NAMED, description="ids; without, all that are dead"
    )


class Redelivered(BaseModel):
    """How many messages are sent again."""

    redelivered: int


@bp.post("", responses={"201": Registered})
@require(Permission.WEBHOOK_MANAGE)
def create(body: NewWebhook) -> Response:
    """Register an address that is told of batches, uploads or events of your people.

    The answer holds the secret that messages are signed with; it is not told again.
    """
    db, tenant = connection("upload"), _tenant()
    asked = register.Asked(body.url, body.events)
    ring = current_app.extensions["secrets"].kek
    rules = allowed(current_app.extensions["settings"])
    with db.begin():
        new, secret = register.register(
            db, asked, tenant=tenant, ring=ring, allowed=rules
        )
        made = register.webhook(db, new, tenant=tenant)
        _noted(db, "register", new)
    response = _json(_told(made) | {"secret": secret}, 201)
    response.headers["Location"] = f"{root()}/api/v1/webhooks/{new}"
    return response


@bp.get("", responses={"200": WebhookList})
@require(Permission.WEBHOOK_MANAGE)
def listed() -> Response:
    """Return your own webhooks, and how each fares; never a secret."""
    db = connection("upload")
    with db.begin():
        own = register.webhooks(db, tenant=_tenant())
    return _json({"webhooks": [_told(each) for each in own]})


@bp.get("/<webhook_id>", responses={"200": WebhookBody})
@require(Permission.WEBHOOK_MANAGE)
def show(path: WebhookPath) -> Response:
    """Return one of your own webhooks."""
    db = connection("upload")
    with db.begin():
        own = register.webhook(db, _id(path), tenant=_tenant())
    return _json(_told(own))


@bp.delete("/<webhook_id>", responses={"204": None})
@require(Permission.WEBHOOK_MANAGE)
def remove(path: WebhookPath) -> Response:
    """Remove one of your own webhooks, with all that waits for it."""
    db, which = connection("upload"), _id(path)
    with db.begin():
        register.remove(db, which, tenant=_tenant())
        _noted(db, "remove", which)
    return Response(status=204)


@bp.get("/<webhook_id>/messages", responses={"200": MessageList})
@require(Permission.WEBHOOK_MANAGE)
def messages(path: WebhookPath, query: Which) -> Response:
    """Return a webhook's messages, the newest first: waiting, delivered, dead."""
    db = connection("upload")
    with db.begin():
        found = register.messages(db, _id(path), tenant=_tenant(), state=query.state)
    return _json({"messages": [_told(each) for each in found]})


@bp.post("/<webhook_id>/redeliver", responses={"200": Redelivered})
@require(Permission.WEBHOOK_MANAGE)
def redeliver(path: WebhookPath, body: Again) -> Response:
    """Send dead messages again, or those named; a disabled webhook is enabled by it."""
    db, which = connection("upload"), _id(path)
    with db.begin():
        n = register.redeliver(db, which, tenant=_tenant(), only=body.messages)
        _noted(db, "redeliver", which)
    return _json({"redelivered": n})


def _tenant() -> int:
    return current_officer().tenant or 0


def _id(path: WebhookPath) -> UUID:
    try:
        return UUID(path.webhook_id)
    except ValueError as error:
        raise UnknownWebhook(f"no webhook {path.webhook_id!r}") from error


def _noted(db: Connection, action: str, which: UUID) -> None:
    written(
        db,
        who(),
        purpose=Purpose.OWN_BATCH,
        action=f"webhook.{action}",
        subject=Subject("webhook", which, n=0),
    )


def _told(of: register.Webhook | register.Message) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in asdict(of).items():
        shown = value.isoformat() if isinstance(value, datetime) else value
        told["id" if isinstance(value, UUID) else name] = (
            str(shown) if isinstance(value, UUID) else shown
        )
    return told


def _json(body: dict[str, Any], status: int = 200) -> Response:
    made = Response(orjson.dumps(body), status, mimetype="application/json")
    made.headers["Cache-Control"] = "no-store"
    return made
