"""``nmis up``: everything, in the foreground, until Ctrl-C."""

from dataclasses import replace
from functools import partial
from importlib import import_module
from types import ModuleType

import click

from gis_service import supervisor, vault_words, web_server
from gis_service.demonstrated import is_only_demonstration
from gis_service.migrations import newest
from gis_service.retention_daily import Purging
from gis_service.settings import Settings
from gis_service.supervisor import Stopped, Tree


@click.command("up")
@click.option(
    "--demo-people",
    type=click.IntRange(min=0),
    help="Synthetic people loaded into an empty database; 0 for none.",
)
def command(demo_people: int | None) -> None:
    """Start the database and the web server; watch them until Ctrl-C."""
    settings = Settings.from_env()
    at = web_server.address(settings.bind)
    web_server.check_free(at)
    supervisor.listen()
    tree = Tree(settings=settings, at=at, say=click.echo)
    purging = Purging(settings)
    try:
        _start(tree, demo_people)
        tree.watch(daily=partial(_daily, settings, purging))
    except Stopped:
        click.echo("\nStopping.")
    finally:
        purging.stop()
        tree.stop()
    click.echo("Everything that was started has ended.")


def _start(tree: Tree, demo_people: int | None) -> None:
    if said := vault_words.warning(tree.settings):
        click.echo(said)
    click.echo("Starting the database.")
    tree.start_database()
    if newest.is_current(tree.owner_url):
        # Nothing has to be made before the first answer.
        _serve(tree)
        tokens = _contents().furnished(tree.settings, demo_people=demo_people)
    else:
        click.echo("Making the tables and loading the bundled boundaries.")
        tokens = _contents().furnished(tree.settings, demo_people=demo_people)
        _serve(tree)
    _show(tokens)


def _daily(settings: Settings, purging: Purging) -> None:
    _contents().partitions(settings)
    purging.begin()


def _serve(tree: Tree) -> None:
    if not tree.settings.public and is_only_demonstration(tree.owner_url):
        tree.settings = replace(tree.settings, public="release")
    tree.start_web()
    tree.wait_for_web()
    click.echo(f"\nServing on {tree.at.url}   (Ctrl-C stops everything)")


def _contents() -> ModuleType:
    # Read on first use: its libraries take a second.
    return import_module("gis_service.cli._contents")


def _show(tokens: dict[str, str]) -> None:
    if tokens:
        click.echo("Sign in with a token of the demonstration:")
    for label, token in tokens.items():
        click.echo(f"  {label:<42} {token}")
