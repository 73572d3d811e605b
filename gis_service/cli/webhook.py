"""``nmis webhook``: deliver what waits, list webhooks, have messages sent again."""

from uuid import UUID

import click
from sqlalchemy import func, select

from gis_service import prepare
from gis_service.secrets import secrets_in
from gis_service.settings import Settings
from gis_service.webhooks import register
from gis_service.webhooks.allowed import allowed
from gis_service.webhooks.delivery import Deliverer
from gis_service.webhooks.errors import UnknownWebhook
from gis_service.webhooks.tables import WEBHOOK, WEBHOOK_MESSAGE


@click.group("webhook")
def command() -> None:
    """Tell states' systems what became of their uploads."""


@command.command()
@click.option(
    "--for", "for_s", type=float, default=0.0, help="Seconds to wait for more."
)
def deliver(for_s: float) -> None:
    """Deliver what is due; `nmis up` does it by itself."""
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        ring = secrets_in(settings.var, secret_key=settings.secret_key).kek
        n = Deliverer(database.owner, ring, allowed(settings)).delivered(for_s=for_s)
    click.echo(f"{n} delivered")


@command.command("list")
def listed() -> None:
    """List every state's webhooks and how they fare; neither address nor secret."""
    of, hook = WEBHOOK_MESSAGE.c, WEBHOOK.c
    counts = [
        func.count().filter(of.state == state).label(state)
        for state in ("waiting", "delivered", "dead")
    ]
    listing = (
        select(WEBHOOK, *counts)
        .join_from(
            WEBHOOK,
            WEBHOOK_MESSAGE,
            (hook.tenant == of.tenant) & (hook.webhook_id == of.webhook_id),
            isouter=True,
        )
        .group_by(hook.tenant, hook.webhook_id)
        .order_by(hook.tenant, hook.created_at)
    )
    settings = Settings.from_env()
    with prepare.opened(settings) as database, database.owner.connect() as db:
        for each in db.execute(listing):
            events = ", ".join(each.events)
            click.echo(f"state {each.tenant}\t{each.webhook_id}\t{events}")
            told = f"{each.waiting} waiting, {each.delivered} delivered"
            click.echo(f"  {told}, {each.dead} dead")
            if each.disabled_at:
                click.echo(f"  disabled: {each.disabled_reason}")
            elif each.failing_since:
                since = each.failing_since.isoformat(timespec="minutes")
                click.echo(f"  failing since {since}: {each.failure}")


@command.command()
@click.argument("webhook_id", type=click.UUID)
def redeliver(webhook_id: UUID) -> None:
    """Send the dead messages of WEBHOOK_ID again; enable it where it is disabled."""
    settings = Settings.from_env()
    whose = select(WEBHOOK.c.tenant).where(WEBHOOK.c.webhook_id == webhook_id)
    with prepare.opened(settings) as database, database.owner.begin() as db:
        tenant = db.execute(whose).scalar_one_or_none()
        if tenant is None:
            raise UnknownWebhook(f"no webhook {webhook_id}")
        n = register.redeliver(db, webhook_id, tenant=tenant)
    click.echo(f"{n} are sent again")
