"""PMTiles 3: all tiles of a layer down to a zoom, in one file."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isal import igzip
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from layers.tile import Tile

# Closer, a client draws from the tiles of this zoom: one of their units is 38 m there,
# and no other flows would be drawn (layers/flow_tiles/edges.py). India has some 800
# tiles down to it, and four times as many with each zoom more.
LAST_ZOOM = 8
PACKED = 2  # isal's level, as for tiles that are served
E7 = 10_000_000
# Tiles asked for at once: their layer is counted once for all of them.
AT_ONCE = 256

Bounds = tuple[float, float, float, float]


def write(
    made: Callable[[Sequence[Tile]], Iterable[bytes]],
    file: Path,
    *,
    document: Mapping[str, Any],
    said: Mapping[str, str],
    progress: Callable[[int], None] = lambda _tiles: None,
) -> None:
    """Write the tiles of a layer; those with nothing in them are left out.

    Args:
        made: gives the bytes of some tiles of one zoom, in their order.
        file: where to.
        document: the layer's TileJSON, which says where and at which zooms.
        said: what the file says of itself besides.
        progress: is told how many tiles more were made.
    """
    zooms = range(document["minzoom"], min(document["maxzoom"], LAST_ZOOM) + 1)
    with file.open("wb") as out:
        writer: Any = Writer(out)  # type: ignore[no-untyped-call]
        for some in (part for z in zooms for part in _parts(document["bounds"], z)):
            for tile, body in zip(some, made(some), strict=True):
                if body:
                    writer.write_tile(_number(tile), _packed(body))
            progress(len(some))
        if not writer.tile_entries:  # what has no tile at all is no file
            writer.write_tile(0, _packed(b""))
        writer.finalize(_header(document), _metadata(document, said, zooms[-1]))


def tiles(bounds: Bounds, zoom: int) -> list[Tile]:
    """Return the tiles of a part of the world, in the order that the file has them.

    Args:
        bounds: west, south, east, north in degrees.
        zoom: of the tiles.
    """
    west, south, east, north = bounds
    left, top = _at(west, north, zoom)
    right, bottom = _at(east, south, zoom)
    columns, rows = range(left, right + 1), range(top, bottom + 1)
    return sorted((Tile(zoom, x, y) for x in columns for y in rows), key=_number)


def _parts(bounds: Bounds, zoom: int) -> Iterator[list[Tile]]:
    found = tiles(bounds, zoom)
    for begin in range(0, len(found), AT_ONCE):
        yield found[begin : begin + AT_ONCE]


def _at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Return the column and row of web-mercator's grid that a place lies in."""
    turned = math.asinh(math.tan(math.radians(lat))) / math.pi
    side = 1 << zoom
    return int((lon / 360 + 0.5) * side), int((1 - turned) / 2 * side)


def _number(tile: Tile) -> int:
    number: int = zxy_to_tileid(tile.z, tile.x, tile.y)
    return number


def _packed(body: bytes) -> bytes:
    return igzip.compress(body, PACKED, mtime=0)


def _header(document: Mapping[str, Any]) -> dict[str, Any]:
    west, south, east, north = (round(side * E7) for side in document["bounds"])
    lon, lat = (round(part * E7) for part in document["center"][:2])
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": document["center"][2],
        "center_lon_e7": lon,
        "center_lat_e7": lat,
    }


def _metadata(
    document: Mapping[str, Any], said: Mapping[str, str], last: int
) -> dict[str, Any]:
    inside = [
        each | {"maxzoom": min(each["maxzoom"], last)}
        for each in document["vector_layers"]
    ]
    named = {name: document[name] for name in ("name", "description", "attribution")}
    return dict(said) | named | {"type": "overlay", "vector_layers": inside}
