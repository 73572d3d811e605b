"""Read the polygons of an official publisher's file, in EPSG:4326."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from boundaries.archive import LIMIT_BYTES, unpacked
from boundaries.errors import BadBoundaryFile
from boundaries.shape import Shapes, multipolygon

# India with its islands and waters, with room to spare: west, south, east, north.
INDIA = (60.0, 0.0, 105.0, 42.0)

_JSON = (".geojson", ".json", ".topojson")
_SUFFIXES = (".zip", ".gpkg", *_JSON)


@dataclass(frozen=True, slots=True)
class Features:
    """A file's polygons (multipolygons, EPSG:4326), its fields as text, repairs."""

    shapes: Shapes
    fields: dict[str, list[str]]
    repaired: int
    crs: str


def features(
    path: Path, *, crs: str | None = None, layer: str | None = None
) -> Features:
    """Return the features of a zipped shapefile, GPKG, GeoJSON or TopoJSON.

    Args:
        path: the file.
        crs: the coordinate reference system, where the file names none or a wrong
            one, as "EPSG:7755".
        layer: the layer's name, where the file has several.

    Raises:
        BadBoundaryFile: says what is wrong with it.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise BadBoundaryFile(f"{path.name}: allowed are {', '.join(_SUFFIXES)}")
    if path.stat().st_size > LIMIT_BYTES:
        raise BadBoundaryFile(f"{path.name} is over {LIMIT_BYTES // 1024**2} MB")
    with tempfile.TemporaryDirectory(prefix="nmis-boundaries-") as folder:
        zipped = path.suffix.lower() == ".zip"
        opened = unpacked(path, Path(folder)) if zipped else path
        meta, wkb, columns = _read(opened, layer)
    shapes, repaired = _repaired(wkb)
    named = crs or meta["crs"]
    return Features(
        shapes=_in_4326(shapes, named),
        fields=_fields(meta, columns),
        repaired=repaired,
        crs=str(named),
    )


def _read(path: Path, layer: str | None) -> tuple[dict[str, Any], Any, Any]:
    if path.suffix.lower() in _JSON:
        _check_json(path)
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        chosen = _layer(layers, layer, path)
        meta, _, wkb, columns = pyogrio.raw.read(path, layer=chosen, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise BadBoundaryFile(f"{path.name} cannot be read: {error}") from error
    if wkb is None or not len(wkb):
        raise BadBoundaryFile(f"{path.name} holds no shapes")
    if path.suffix.lower() in _JSON and _is_topology(path):
        meta["crs"] = None
    return meta, wkb, columns


def _check_json(path: Path) -> None:
    """Let through only what is data: GDAL also runs pipelines written as JSON."""
    kind = _json_type(path)
    if kind not in ("FeatureCollection", "Topology"):
        raise BadBoundaryFile(
            f"{path.name} is {kind!r}; allowed: FeatureCollection, Topology"
        )


def _is_topology(path: Path) -> bool:
    return _json_type(path) == "Topology"


def _json_type(path: Path) -> object:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise BadBoundaryFile(f"{path.name} is not JSON: {error}") from error
    return document.get("type") if isinstance(document, dict) else None


def _layer(layers: list[str], asked: str | None, path: Path) -> str:
    if asked in layers:
        return str(asked)
    if asked is None and len(layers) == 1:
        return layers[0]
    raise BadBoundaryFile(f"{path.name} has the layers {', '.join(layers)}; name one")


def _repaired(wkb: NDArray[np.object_]) -> tuple[Shapes, int]:
    try:
        shapes = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException as error:
        raise BadBoundaryFile(f"a shape cannot be read: {error}") from error
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure")
    areas: Shapes = np.array([multipolygon(shape) for shape in shapes])
    empty = int(shapely.is_empty(areas).sum())
    if empty:
        raise BadBoundaryFile(f"{empty} of {len(areas)} features have no area")
    return areas, int(broken.sum())


def _in_4326(shapes: Shapes, crs: str | None) -> Shapes:
    if not crs:
        raise BadBoundaryFile("the file names no CRS; give it, as --crs EPSG:4326")
    try:
        move = Transformer.from_crs(CRS.from_user_input(crs), 4326, always_xy=True)
    except CRSError as error:
        raise BadBoundaryFile(f"CRS {crs!r} is not known: {error}") from error
    moved: Shapes = shapely.transform(shapes, move.transform, interleaved=False)
    if not shapely.box(*INDIA).contains(shapely.box(*shapely.total_bounds(moved))):
        extent = ", ".join(f"{each:.3f}" for each in shapely.total_bounds(moved))
        raise BadBoundaryFile(
            f"as {crs} the shapes span {extent} degrees, beyond {INDIA}; wrong CRS?"
        )
    return moved


def _fields(meta: dict[str, Any], columns: Any) -> dict[str, list[str]]:  # noqa: ANN401 - pyogrio publishes no types
    return {
        str(name): [_text(value) for value in column]
        for name, column in zip(meta["fields"], columns, strict=True)
    }


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
