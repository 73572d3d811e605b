"""``nmis up``: everything, in the foreground, until Ctrl-C."""

import click

from gis_service import prepare, supervisor, web_server
from gis_service.cli import _demonstration
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
    try:
        _start(tree, demo_people)
        tree.watch()
    except Stopped:
        click.echo("\nStopping.")
    finally:
        tree.stop()
    click.echo("Everything that was started has ended.")


def _start(tree: Tree, demo_people: int | None) -> None:
    click.echo("Starting the database.")
    database = tree.start_database()
    prepare.schema(database, tree.settings)
    if demo_people != 0 and _demonstration.is_due(database, tree.settings):
        click.echo("Loading the bundled boundaries.")
        prepare.everything(database, tree.settings)
        _demonstration.load(tree.settings, people=demo_people)
    # The workers read their libraries while the rest is looked through.
    tree.start_web()
    prepare.everything(database, tree.settings)
    tokens = _demonstration.tokens(database)
    tree.wait_for_web()
    click.echo(f"\nServing on {tree.at.url}   (Ctrl-C stops everything)")
    if tokens:
        click.echo("Sign in with a token of the demonstration:")
    for label, token in tokens.items():
        click.echo(f"  {label:<42} {token}")
