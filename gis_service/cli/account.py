"""``nmis account``: officers who sign in with name, password and one-time code."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from gis_service import accounts, prepare
from gis_service.accounts import Shown
from gis_service.grants import granted
from gis_service.policy import ROLES
from gis_service.secrets import single
from gis_service.settings import Settings
from gis_service.totp import AccountKey


@click.group("account")
def command() -> None:
    """Add, list, disable and reset the accounts of officers."""


@command.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--state", type=int, help="LGD code of the state answered for.")
@click.option("--district", type=int, help="LGD code of the district answered for.")
def add(*, name: str, role: str, state: int | None, district: int | None) -> None:
    """Add an account; its password and the address of its codes are shown once."""
    with _opened() as (db, key):
        grant = granted(db, role=role, state=state, district=district)
        shown = accounts.add(db, key, name=name, grant=grant)
    _show(shown)


@command.command("list")
def listed() -> None:
    """List the accounts by name; those of a provider have the role it gives them."""
    with _opened() as (db, _key):
        for each in accounts.listed(db):
            click.echo(
                f"{each.account_id}  {each.kind:<5}  {each.role or 'as provided':<11}"
                f" state {each.state_code or '-':<3}"
                f" district {each.district_code or '-':<4}"
                f"{' disabled' if each.disabled_at else ''}  {each.name}"
            )


@command.command()
@click.argument("name")
def disable(name: str) -> None:
    """Disable an account; whoever is signed in with it is out at once."""
    with _opened() as (db, _key):
        accounts.disable(db, name)
    click.echo(f"{name} is disabled.")


@command.command()
@click.argument("name")
def enable(name: str) -> None:
    """Enable a disabled account again, as it was."""
    with _opened() as (db, _key):
        accounts.enable(db, name)
    click.echo(f"{name} is enabled.")


@command.command()
@click.argument("name")
def reset(name: str) -> None:
    """Give an account a new password and new codes, shown once; its sessions end."""
    with _opened() as (db, key):
        shown = accounts.reset(db, key, name)
    _show(shown)


@contextmanager
def _opened() -> Iterator[tuple[Connection, AccountKey]]:
    settings = Settings.from_env()
    key = AccountKey.of(single(settings.var / "secrets" / "account.key"))
    with prepare.opened(settings) as database, database.owner.begin() as db:
        yield db, key


def _show(shown: Shown) -> None:
    click.echo(
        f"Name      {shown.name}\n"
        f"Password  {shown.password}\n"
        f"Codes     {shown.address}\n"
        "Hand them over now: they are not shown again. The address of the codes goes"
        " into an authenticator app, as a QR code or by its `secret`."
    )
