"""The formats in which a whole layer can be had as one file."""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from layers.errors import UnknownFormat
from layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        suffix: of addresses and names of files.
        title: in words.
        media_type: of its bytes.
        module: what writes it; read only when a file is made.
        heavy: its libraries take so much memory that a process of its own writes it.
        tiled: made of a layer's tiles; else of its rows.
    """

    suffix: str
    title: str
    media_type: str
    module: str
    heavy: bool = True
    tiled: bool = False

    def writer(self) -> ModuleType:
        """Return the module that writes it."""
        return import_module(self.module)


FORMATS = {
    each.suffix: each
    for each in (
        Format("csv", "CSV", "text/csv", "layers.formats.csv_table", heavy=False),
        Format(
            "parquet",
            "GeoParquet 1.1",
            "application/vnd.apache.parquet",
            "layers.formats.geoparquet",
        ),
        Format(
            "fgb",
            "FlatGeobuf",
            "application/flatgeobuf",
            "layers.formats.flatgeobuf",
        ),
        Format(
            "gpkg",
            "GeoPackage",
            "application/geopackage+sqlite3",
            "layers.formats.geopackage",
        ),
        Format(
            "arrow",
            "Arrow IPC",
            "application/vnd.apache.arrow.file",
            "layers.formats.geoarrow",
        ),
        Format(
            "pmtiles",
            "PMTiles 3",
            "application/vnd.pmtiles",
            "layers.formats.pmtiles",
            heavy=False,
            tiled=True,
        ),
    )
}


def formats(layer: Layer) -> tuple[Format, ...]:
    """Return the formats that a layer can be had in."""
    return tuple(each for each in FORMATS.values() if layer.tiled or not each.tiled)


def form(layer: Layer, suffix: str) -> Format:
    """Return a format of a layer.

    Raises:
        UnknownFormat: it has none of this suffix; says which it has.
    """
    found = FORMATS.get(suffix)
    offered = formats(layer)
    if found not in offered:
        raise UnknownFormat(layer.name, suffix, tuple(each.suffix for each in offered))
    return found
