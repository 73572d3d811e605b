"""``nmis token``: issue, list and revoke access tokens."""

import click

from gis_service import access, prepare
from gis_service.policy import ROLES
from gis_service.settings import Settings


@click.group("token")
def command() -> None:
    """Issue, list and revoke access tokens."""


@command.command()
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--state", type=int, help="LGD code of the state answered for.")
@click.option("--district", type=int, help="LGD code of the district answered for.")
@click.option(
    "--days",
    type=click.IntRange(1, access.MAX_DAYS),
    default=90,
    show_default=True,
    help="How long it lives.",
)
@click.option("--label", default="", help="Whose it is, in words.")
def issue(
    *, role: str, state: int | None, district: int | None, days: int, label: str
) -> None:
    """Issue a token and show it, once; only its hash is kept."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        token = access.issue(
            db, role=role, state=state, district=district, days=days, label=label
        )
    click.echo(token)


@command.command("list")
def listed() -> None:
    """List the tokens, newest first; never the secrets."""
    with (
        prepare.opened(Settings.from_env()) as database,
        database.owner.connect() as db,
    ):
        for each in access.tokens(db):
            click.echo(
                f"{each.token_id}  {each.role:<9}"
                f" state {each.state_code or '-':<3}"
                f" district {each.district_code or '-':<4}"
                f" until {each.expires_at:%Y-%m-%d}"
                f"{' revoked' if each.revoked_at else ''}  {each.label}"
            )


@command.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Revoke a token by the id that `list` shows; it stops at once."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        access.revoke(db, token_id)
    click.echo(f"{token_id} is revoked.")
