"""A layer's rows as Arrow record batches.

Its library is 25 MB that few workers need: import this where a file is made.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pyarrow as pa
import pyproj

from layers.layer import Layer
from layers.table import BOOLEAN, DAY, INTEGER, LARGE, NUMBER, TEXT, WKB, Column, Rows

SHAPE = WKB[0]
TYPES = {
    INTEGER: pa.int32(),
    LARGE: pa.int64(),
    NUMBER: pa.float64(),
    TEXT: pa.string(),
    BOOLEAN: pa.bool_(),
    DAY: pa.date32(),
}
# What shapes of a kind are, as files name it.
SHAPES = {"point": "Point", "line": "LineString", "polygon": "MultiPolygon"}

# A part that is read by itself, of a file that can be read in parts: some 4 MB.
GROUP_ROWS = 10_000
GROUP_BYTES = 4 * 1024 * 1024

Boxes = tuple[pa.Array, pa.Array, pa.Array, pa.Array]


@cache
def crs() -> dict[str, Any]:
    """Return longitude and latitude of WGS 84, in this order, as PROJJSON."""
    found: dict[str, Any] = pyproj.CRS("OGC:CRS84").to_json_dict()
    return found


def schema(
    columns: tuple[Column, ...], more: list[pa.Field], said: Mapping[str, str]
) -> pa.Schema:
    """Return the schema of a layer's columns, each with its title and unit.

    Args:
        columns: the layer's own.
        more: what stands behind them: the shape.
        said: what the file says of itself.
    """
    own = [
        pa.field(each.name, TYPES[each.kind], metadata=_words(each)) for each in columns
    ]
    return pa.schema([*own, *more], metadata=dict(said))


def groups(rows: Rows) -> Iterator[tuple[list[pa.Array], pa.Array, Boxes]]:
    """Yield the columns, the shapes as WKB, and the sides of their boxes, in groups."""
    kinds = [TYPES[each.kind] for each in rows.columns]
    types = [*kinds, pa.binary(), *(pa.float64() for _ in WKB[1:])]
    for group in _grouped(rows, at=len(kinds)):
        values = list(zip(*group, strict=True))
        arrays = [
            pa.array(each, kind) for each, kind in zip(values, types, strict=True)
        ]
        shapes, boxes = arrays[len(kinds)], arrays[len(kinds) + 1 :]
        yield arrays[: len(kinds)], shapes, tuple(boxes)


def geo(layer: Layer, **more: object) -> str:
    """Return what GeoParquet's ``geo`` tells of the column of shapes, as JSON."""
    column = {
        "encoding": "WKB",
        "geometry_types": [SHAPES[layer.kind]],
        "crs": crs(),
        **({"orientation": "counterclockwise"} if layer.kind == "polygon" else {}),
        **more,
    }
    told = {"version": "1.1.0", "primary_column": SHAPE, "columns": {SHAPE: column}}
    return json.dumps(told)


def _words(column: Column) -> dict[str, str]:
    field = column.field
    return {"title": field.title} | ({"unit": field.unit} if field.unit else {})


def _grouped(rows: Rows, *, at: int) -> Iterator[list[Any]]:
    group: list[Any] = []
    weight = 0
    for batch in rows.batches:
        group += batch
        weight += sum(len(row[at] or b"") for row in batch)
        if len(group) >= GROUP_ROWS or weight >= GROUP_BYTES:
            yield group
            group, weight = [], 0
    if group:
        yield group
