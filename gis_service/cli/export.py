"""``nmis export LAYER FILE``: write a whole layer into a file."""

from pathlib import Path
from typing import Any

import click
from layers.files import form

from gis_service import prepare
from gis_service.app import create_app
from gis_service.cli._export import Wish, filters_of, wanted, written
from gis_service.settings import Settings
from layers.catalogue import layer
from layers.cube.releases import GRAINS


class FileThere(Exception):
    """The file is there already, and was not to be replaced."""


@click.command("export")
@click.argument("layer_name", metavar="LAYER")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", help="First day of travel, ISO 8601; default: all.")
@click.option("--to", help="Last day of travel, inclusive; default: all.")
@click.option("--window", help="In place of both: all, or a week such as 2020-W19.")
@click.option("--level", type=click.Choice(GRAINS), help="Which units are counted.")
@click.option("--mode", multiple=True, help="Mode of travel; may be given twice.")
@click.option("--category", multiple=True, help="Category; may be given again.")
@click.option("--stage", multiple=True, help="Stage; may be given again.")
@click.option("--unit", help="LGD code or name that flows must touch.")
@click.option("--direction", help="in, out or both, as seen from --unit.")
@click.option("--bbox", help="west,south,east,north in degrees.")
@click.option("--k", type=int, help="How many of the largest; default: all.")
@click.option("--as-of", help="Day whose boundaries are used; default: newest.")
@click.option(
    "--release",
    type=int,
    help="Which release, of a layer of releases; default: the newest.",
)
@click.option("--state", help="Exact layers: only what an officer of it may see.")
@click.option("--district", help="The same for an officer of a district.")
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
def command(
    layer_name: str,
    file: Path,
    *,
    release: int | None,
    state: str | None,
    district: str | None,
    force: bool,
    **filters: Any,  # noqa: ANN401 - click hands over the options
) -> None:
    """Write LAYER into FILE, in the format that its name ends with.

    csv, parquet, fgb, gpkg, arrow or pmtiles. Exact layers are written for the whole
    country, or for the units of one officer (--state, --district); those of releases
    as they are published, as finely as --level.
    """
    drawn = layer(layer_name)
    made_as = form(drawn, file.suffix.lower().removeprefix("."))
    if file.exists() and not force:
        raise FileThere(f"{file} is there already; --force replaces it")
    wish = Wish(drawn, filters_of(drawn, made_as, filters), release, state, district)
    settings = Settings.from_env()
    with prepare.opened(settings) as database:
        app = create_app(settings, database)
        with app.app_context(), getattr(database, drawn.plane).connect() as db:
            db.execution_options(isolation_level="REPEATABLE READ")
            asked = wanted(db, wish, made_as)
            written(db, asked, file, settings=settings, database=database)
    click.echo(f"{drawn.title}: {file.stat().st_size:,} bytes in {file}")
