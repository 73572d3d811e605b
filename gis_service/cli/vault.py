"""``nmis vault``: which keys there are; change them while the service goes on."""

from datetime import datetime

import click
from sqlalchemy import Connection, func, select

from gis_service import prepare, vault_rotation, vault_words, vault_wrapped
from gis_service.secrets import keks, key_ring, secrets_in
from gis_service.settings import Settings
from gis_service.vault_months import reseal as reseal_month
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.tables import DATA_KEY
from movements.wrapping import key_id

MONTH = click.DateTime(formats=["%Y-%m"])
GRACE = click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=vault_rotation.GRACE_S,
    show_default=True,
    help="Seconds for requests that read before, ere the old key is destroyed.",
)


@click.group("vault")
def command() -> None:
    """Show the keys of what is sealed; change them while the service goes on."""


@command.command()
def status() -> None:
    """Tell which keys there are, and how much is under each."""
    settings = Settings.from_env()
    secrets_in(settings.var, secret_key=settings.secret_key)
    here = [key_id(key) for key in keks(settings.var / "secrets")]
    click.echo(f"Key-encryption key: {here[0].hex()}")
    if len(set(here)) > 1:
        click.echo("It is being changed; `nmis vault rotate` goes on with that.")
    with prepare.opened(settings) as database, database.owner.connect() as db:
        for name, ids in vault_wrapped.counted(db).items():
            for each, count in sorted(ids.items()):
                away = "" if each in here or not each else "\tTHIS KEY IS NOT HERE"
                click.echo(f"{name}\t{each.hex() or 'not told'}\t{count:,}{away}")
        for line in _months(db):
            click.echo(line)
        numbers = db.execute(select(func.count()).select_from(NUMBER)).scalar_one()
    click.echo(
        f"NMIS_AADHAAR={settings.aadhaar}; {numbers:,} Aadhaar numbers are kept."
    )
    if numbers or settings.aadhaar == "vault":
        click.echo(vault_words.NO_HSM)


@command.command()
@click.option("--keep", is_flag=True, help="Keep the old key in a file beside.")
@GRACE
def rotate(*, keep: bool, grace: float) -> None:
    """Change the key-encryption key.

    Broken off, it goes on where it was when it is called again.
    """
    settings = Settings.from_env()
    secrets_in(settings.var, secret_key=settings.secret_key)
    with prepare.opened(settings) as database:
        done = vault_rotation.rotate(
            database.owner,
            settings.var / "secrets",
            say=click.echo,
            keep=keep,
            grace_s=grace,
        )
    old = f"kept in {done.kept}" if done.kept else "destroyed"
    click.echo(
        f"The key is {done.key.hex()}, the one before is {old}. Back up kek.key anew."
    )


@command.command()
@click.option(
    "--month", type=MONTH, required=True, help="The month of travel: YYYY-MM."
)
@GRACE
def reseal(*, month: datetime, grace: float) -> None:
    """Seal a month's records anew with a new data key.

    Broken off, it goes on where it was when it is called again.
    """
    settings = Settings.from_env()
    ring = key_ring(settings.var / "secrets")
    with prepare.opened(settings) as database:
        done = reseal_month(
            database.owner,
            month.date().replace(day=1),
            ring=ring,
            progress=_progress,
            grace_s=grace,
        )
    click.echo(
        f"{done.records:,} records are sealed anew; {done.destroyed} old keys gone."
    )


def _months(db: Connection) -> list[str]:
    """Return a line for each month that is being sealed anew."""
    lines = []
    for keys in (DATA_KEY, AADHAAR_KEY):
        several = (
            select(keys.c.purge_month, func.count())
            .group_by(keys.c.purge_month)
            .having(func.count() > 1)
            .order_by(keys.c.purge_month)
        )
        lines += [
            f"{keys.fullname}\t{month:%Y-%m} has {count} keys:"
            f" `nmis vault reseal --month {month:%Y-%m}` goes on"
            for month, count in db.execute(several)
        ]
    return lines


def _progress(done: int, of: int) -> None:
    click.echo(f"\r{done:,} of {of:,} records", nl=done >= of)
