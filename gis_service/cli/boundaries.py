"""``nmis boundaries``: load official boundaries, put them in force, list them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from boundaries import activation
from boundaries.load import Request
from boundaries.load import load as load_file
from boundaries.match import FieldMap
from gis_service import prepare
from gis_service.settings import Settings

_KEYS = ("code", "name", "state")


def _mapping(_context: object, _parameter: object, text: str) -> FieldMap:
    """Read ``code=FIELD,name=FIELD,state=FIELD``."""
    pairs = dict(part.partition("=")[::2] for part in text.split(","))
    if unknown := [key for key in pairs if key.strip() not in _KEYS]:
        allowed = ", ".join(_KEYS)
        raise click.BadParameter(f"{unknown[0]!r} is not one of {allowed}")
    return FieldMap(**{key.strip(): field.strip() for key, field in pairs.items()})


@click.group("boundaries")
def command() -> None:
    """Load, activate and list boundaries of states and districts."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--level", type=click.Choice(["state", "district"]), required=True)
@click.option(
    "--map",
    "mapping",
    required=True,
    callback=_mapping,
    help="Fields of the file: code=FIELD,name=FIELD,state=FIELD (LGD codes, names).",
)
@click.option("--title", required=True, help="What the set is called.")
@click.option("--publisher", required=True, help="Who published the file.")
@click.option("--licence", required=True, help="Under which licence.")
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="First day on which these boundaries were in force.",
)
@click.option("--crs", help="EPSG:n, where the file names no CRS or a wrong one.")
@click.option("--layer", help="Name of the layer, where the file has several.")
@click.option("--depiction", default="as published", help="How borders are drawn.")
@click.option("--quality", default="as published", help="How good the lines are.")
@click.option("--id", "set_id", help="Name of the set; made of the title by default.")
@click.option("--with-states", is_flag=True, help="Also make states of the districts.")
def load(file: Path, *, valid_from: datetime, **given: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Load FILE as a set that is not in force yet, and report on it.

    FILE is a zipped shapefile, GeoPackage, GeoJSON or TopoJSON.
    """
    request = Request(valid_from=valid_from.date(), **given)
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        loaded = load_file(db, file, request)
    for line in _lines(loaded.report):
        click.echo(line)
    ids = " ".join(loaded.set_ids)
    click.echo(f"Loaded, not in force. To use it: nmis boundaries activate {ids}")


@command.command()
@click.argument("set_ids", nargs=-1, required=True)
def activate(set_ids: tuple[str, ...]) -> None:
    """Put sets in force: one, or one of each level together."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        activation.activate(db, set_ids)
    click.echo(f"In force: {', '.join(set_ids)}")


@command.command("list")
def list_sets() -> None:
    """List every set: level, days, units, publisher."""
    with prepare.opened(Settings.from_env()) as database, database.owner.begin() as db:
        rows = activation.sets(db)
    for row in rows:
        days = f"{row.valid_from} to {row.valid_to or '(open)'}"
        force = "in force" if row.active else "-"
        click.echo(f"{row.level}\t{row.set_id}\t{days}\t{force}\t{row.units} units")


def _lines(report: dict[str, Any]) -> list[str]:
    features = f"{report['units']} units of {report['features']} features"
    gaps = f"gaps {report['gaps_km2']:,.3f} km²"
    overlaps = f"overlaps {report['overlaps_km2']:,.3f} km²"
    area = f"of {report['area_km2']:,.0f} km² ({report['areas_measured_in']})"
    told = [
        f"{features}, {report['crs']}, {report['repaired']} repaired",
        f"{gaps}, {overlaps} {area}",
    ]
    told += [f"unmatched: {each['why']}" for each in report["unmatched"]]
    told += [f"refused until mended: {each}" for each in report["refusals"]]
    if report["missing"]:
        told.append(f"missing {len(report['missing'])}: {', '.join(report['missing'])}")
    return told
