"""``nmis token``: issue, list, rotate and revoke access tokens."""

import click

from gis_service import access, prepare, tokens
from gis_service.policy import ROLES
from gis_service.settings import Settings


@click.group("token")
def command() -> None:
    """Issue, list, rotate and revoke access tokens."""


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
@click.option(
    "--sandbox",
    is_flag=True,
    help="Of an uploader: what it sends nobody else sees, and it is wiped daily.",
)
def issue(
    *,
    role: str,
    state: int | None,
    district: int | None,
    days: int,
    label: str,
    sandbox: bool,
) -> None:
    """Issue a token and show it, once; only its hash is kept."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        unit = -state if sandbox and state else state
        token = access.issue(
            db, role=role, state=unit, district=district, days=days, label=label
        )
    click.echo(token)


@command.command("issue-shared")
@click.option(
    "--days",
    type=click.IntRange(1, access.MAX_DAYS),
    default=90,
    show_default=True,
    help="How long it lives.",
)
@click.option("--label", required=True, help="Which portal's or program's it is.")
def issue_shared(*, days: int, label: str) -> None:
    """Issue a token that several use, as a portal does; it reads the release alone."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        token = tokens.issue_shared(db, role="analyst", days=days, label=label)
    click.echo(token)


@command.command()
@click.argument("token_id")
@click.option(
    "--days",
    type=click.IntRange(1, access.MAX_DAYS),
    default=90,
    show_default=True,
    help="How long the new one lives.",
)
@click.option(
    "--overlap",
    type=click.IntRange(0, access.MAX_DAYS),
    default=7,
    show_default=True,
    help="Days that the old one goes on.",
)
def rotate(*, token_id: str, days: int, overlap: int) -> None:
    """Issue a second token for the same holder; the old one goes on for some days."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        rotated = tokens.rotate(db, token_id, days=days, overlap=overlap)
    click.echo(rotated.token)
    click.echo(f"{rotated.old_id} goes on until {rotated.until:%Y-%m-%d}.", err=True)


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
                f" {each.kind:<8}"
                f"{' revoked' if each.revoked_at else ''}"
                f"{f' replaces {each.replaces}' if each.replaces else ''}"
                f"  {each.label}"
            )


@command.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Revoke a token by the id that `list` shows; it stops at once."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        access.revoke(db, token_id)
    click.echo(f"{token_id} is revoked.")
