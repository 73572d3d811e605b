"""FlatGeobuf with an index of places, also where some features have none.

GDAL writes the features, but no index where a shape is missing; so it writes none at
all, and the index is ours.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyogrio

from layers.about import told
from layers.batches import SHAPE, SHAPES, Boxes, groups, schema
from layers.packed_tree import NODE_SIZE, Array, tree
from layers.table import Wanted, opened

MAGIC_BYTES = 8
SIZE = struct.Struct("<I")  # stands before the header and before each feature
# The header is a flatbuffer; where its table says that ``index_node_size`` lies.
NODE_SIZE_SLOT = 22
SHORT = struct.Struct("<H")
CHUNK = 1 << 20


def write(wanted: Wanted, file: Path) -> None:
    """Write a layer, near features near each other, those without a place last."""
    plain = file.with_suffix(".plain.fgb")
    boxes = _features(wanted, plain)
    try:
        with plain.open("rb") as read, file.open("wb") as out:
            magic, header = read.read(MAGIC_BYTES), _sized(read)
            begins = _begins(read, len(boxes))
            out.write(magic + SIZE.pack(len(header)) + _indexed(header, len(boxes)))
            out.write(tree(boxes, begins))
            while chunk := read.read(CHUNK):
                out.write(chunk)
    finally:
        plain.unlink()


def _features(wanted: Wanted, file: Path) -> Array:
    """Write the features without an index; return their boxes, NaN for none."""
    boxes: list[Boxes] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for own, shapes, box in groups(rows):
            boxes.append(box)
            yield pa.RecordBatch.from_arrays([*own, shapes], schema=made)

    with opened(wanted, by_place=True) as rows:
        made = schema(rows.columns, [pa.field(SHAPE, pa.binary())], {})
        said = told(wanted.layer, wanted.question)
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(made, batches()),
            file,
            layer=wanted.layer.name,
            driver="FlatGeobuf",
            geometry_name=SHAPE,
            geometry_type=SHAPES[wanted.layer.kind],
            crs="EPSG:4326",
            layer_options={
                "SPATIAL_INDEX": "NO",
                "TITLE": wanted.layer.title,
                "DESCRIPTION": json.dumps(said, ensure_ascii=False),
            },
        )
    sides = [
        np.concatenate([np.empty(0), *(each[at].to_numpy(False) for each in boxes)])  # noqa: FBT003 - pyarrow's own
        for at in range(4)
    ]
    return np.stack(sides, axis=1)


def _sized(read: BinaryIO) -> bytes:
    return read.read(*SIZE.unpack(read.read(SIZE.size)))


def _begins(read: BinaryIO, features: int) -> Array:
    """Return where each feature begins, from the first one's byte on."""
    first = read.tell()
    begins = np.empty(features, np.uint64)
    at = 0
    for number in range(features):
        begins[number] = at
        read.seek(first + at)
        at += SIZE.size + SIZE.unpack(read.read(SIZE.size))[0]
    read.seek(first)
    return begins


def _indexed(header: bytes, features: int) -> bytes:
    """Return a header that says that there is an index, where there are features.

    Raises:
        ValueError: GDAL wrote no ``index_node_size`` of 0 into it.
    """
    if not features:
        return header
    (table,) = SIZE.unpack_from(header)
    (back,) = struct.unpack_from("<i", header, table)
    (slot,) = SHORT.unpack_from(header, table - back + NODE_SIZE_SLOT)
    if not slot or SHORT.unpack_from(header, table + slot) != (0,):
        raise ValueError("the header names an index already")
    changed = bytearray(header)
    SHORT.pack_into(changed, table + slot, NODE_SIZE)
    return bytes(changed)
