"""Read the lines of a rail or road file, in EPSG:4326."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from boundaries.archive import LIMIT_BYTES, unpacked
from boundaries.errors import BadBoundaryFile
from boundaries.source_file import INDIA
from routes.contact import Shapes
from routes.errors import BadRouteFile

SUFFIXES = (".gpkg", ".geojson", ".json", ".zip")


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """LineStrings (EPSG:4326) and the name of each, where the file has one."""

    shapes: Shapes
    names: list[str | None]


def lines(
    path: Path, *, crs: str | None = None, name_field: str | None = None
) -> Lines:
    """Return the lines of a GPKG, GeoJSON or zipped shapefile; multi-lines are split.

    Args:
        path: the file.
        crs: the coordinate reference system, where the file names none.
        name_field: the field that holds a line's name.

    Raises:
        BadRouteFile: says what is wrong with it.
    """
    _check(path)
    with tempfile.TemporaryDirectory(prefix="nmis-routes-") as folder:
        meta, wkb, columns = _read(_opened(path, Path(folder)), name_field)
    shapes = shapely.from_wkb(wkb)
    split, feature = shapely.get_parts(shapes, return_index=True)
    if not (shapely.get_type_id(split) == shapely.GeometryType.LINESTRING).all():
        raise BadRouteFile(f"{path.name} holds more than LineStrings")
    kept = ~shapely.is_empty(split) & (shapely.length(split) > 0)
    names = [str(value) if value else None for value in columns[0]] if columns else []
    moved = _in_4326(split[kept], crs or meta["crs"])
    of = feature[kept].tolist()
    return Lines(moved, [names[i] for i in of] if names else [None] * len(of))


def _check(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise BadRouteFile(f"{path.name}: allowed are {', '.join(SUFFIXES)}")
    if path.stat().st_size > LIMIT_BYTES:
        raise BadRouteFile(f"{path.name} is over {LIMIT_BYTES // 1024**2} MB")


def _opened(path: Path, folder: Path) -> Path:
    """Return the file to read; JSON only as data, as GDAL also runs JSON pipelines."""
    if path.suffix.lower() == ".zip":
        try:
            return unpacked(path, folder)
        except BadBoundaryFile as error:
            raise BadRouteFile(str(error)) from error
    if path.suffix.lower() in (".geojson", ".json"):
        try:
            document = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise BadRouteFile(f"{path.name} is not JSON: {error}") from error
        if (
            not isinstance(document, dict)
            or document.get("type") != "FeatureCollection"
        ):
            raise BadRouteFile(f"{path.name} is no GeoJSON FeatureCollection")
    return path


def _read(path: Path, name_field: str | None) -> tuple[dict[str, Any], Any, Any]:
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if len(layers) != 1:
            raise BadRouteFile(f"{path.name} has the layers {layers}; give one only")
        known = pyogrio.read_info(path)["fields"].tolist()
        if name_field is not None and name_field not in known:
            raise BadRouteFile(f"no field {name_field!r}; there are {known}")
        columns = [] if name_field is None else [name_field]
        meta, _, wkb, fields = pyogrio.raw.read(path, columns=columns, force_2d=True)
    except pyogrio.errors.DataSourceError as error:
        raise BadRouteFile(f"{path.name} cannot be read: {error}") from error
    if wkb is None or not len(wkb):
        raise BadRouteFile(f"{path.name} holds no lines")
    return meta, wkb, fields


def _in_4326(shapes: Shapes, crs: str | None) -> Shapes:
    if not crs:
        raise BadRouteFile("the file names no CRS; give it, as --crs EPSG:4326")
    try:
        move = Transformer.from_crs(CRS.from_user_input(crs), 4326, always_xy=True)
    except CRSError as error:
        raise BadRouteFile(f"CRS {crs!r} is not known: {error}") from error
    moved: Shapes = shapely.transform(shapes, move.transform, interleaved=False)
    bounds = shapely.total_bounds(moved)
    if np.isnan(bounds).any() or not shapely.box(*INDIA).contains(shapely.box(*bounds)):
        extent = ", ".join(f"{each:.3f}" for each in bounds)
        raise BadRouteFile(f"as {crs} the lines span {extent}, beyond {INDIA}")
    return moved
