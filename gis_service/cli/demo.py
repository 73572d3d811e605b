"""``nmis demo``: load synthetic people, or write them to a file."""

from pathlib import Path

import click

from gis_service import prepare
from gis_service.demo import run
from gis_service.settings import Settings


@click.command("demo")
@click.option(
    "--people",
    type=click.IntRange(min=1),
    default=run.PEOPLE,
    show_default=True,
    help="How many synthetic people.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=run.SEED,
    show_default=True,
    help="Equal seeds and numbers give equal people.",
)
@click.option(
    "--write",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a CSV file instead of loading.",
)
def command(people: int, seed: int, file: Path | None) -> None:
    """Load synthetic people through the same path as uploads.

    Nobody among them exists. Loading the same number and seed again adds nothing.
    """
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        if file is not None:
            run.write(database, file, people=people, seed=seed)
            click.echo(f"{people} synthetic rows are in {file}.")
            return
        done = run.load(database, settings, people=people, seed=seed)
    click.echo(
        f"{done.new} synthetic people loaded in {done.batches} batches;"
        f" {done.unchanged} were there already."
    )
