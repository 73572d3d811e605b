"""``nmis routes``: rail and road lines for routes to follow."""

from pathlib import Path

import click

from gis_service import prepare
from gis_service.settings import Settings
from routes.line_file import lines
from routes.load import Loaded
from routes.load import load as load_lines
from routes.load import unload as unload_lines

_KIND = click.option(
    "--kind",
    type=click.Choice(["rail", "road"]),
    required=True,
    help="rail carries trains, road carries buses.",
)


@click.group("routes")
def command() -> None:
    """Load rail and road lines, and remove them."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_KIND
@click.option("--source", required=True, help="Who published the file.")
@click.option("--licence", required=True, help="Under which licence.")
@click.option("--name-field", help="Field of the file that holds a line's name.")
@click.option("--crs", help="EPSG:n, where the file names no CRS.")
def load(
    file: Path,
    *,
    kind: str,
    source: str,
    licence: str,
    name_field: str | None,
    crs: str | None,
) -> None:
    """Load the lines of FILE and draw the routes of their mode along them.

    FILE is a GeoPackage, GeoJSON or zipped shapefile of lines.
    """
    found = lines(file, crs=crs, name_field=name_field)
    click.echo(f"{len(found.shapes)} lines read; drawing routes ...")
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        done = load_lines(db, found, kind=kind, source=source, licence=licence)
    click.echo(f"{done.lines} new {kind} lines ({done.km:,.0f} km in the file).")
    click.echo(_routes(done))


@command.command()
@_KIND
def unload(kind: str) -> None:
    """Remove all lines of a kind; routes become schematic again."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        done = unload_lines(db, kind)
    click.echo(f"{done.lines} {kind} lines removed. {_routes(done)}")


def _routes(done: Loaded) -> str:
    return f"{done.redrawn} routes drawn anew, {done.along} of them along lines."
