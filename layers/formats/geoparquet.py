"""GeoParquet 1.1: a layer's table in groups of rows, each with its box."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import compute
from pyarrow import parquet as pq

from layers.about import told
from layers.batches import SHAPE, geo, groups, schema
from layers.table import WKB, Rows, Wanted, opened

SIDES = WKB[1:]
BOX = pa.struct([pa.field(side, pa.float64()) for side in SIDES])
Box = list[float]
COVERING = {"bbox": {side: ["bbox", side] for side in SIDES}}


def write(wanted: Wanted, file: Path) -> None:
    """Write a layer; who reads only a part of the map need not read the rest.

    Rows near each other lie near each other. The column ``bbox`` holds the box of each
    shape, and so each group's statistics hold the box of the group.
    """
    with opened(wanted, by_place=True) as rows:
        shape = [pa.field(SHAPE, pa.binary()), pa.field("bbox", BOX)]
        made = schema(rows.columns, shape, told(wanted.layer, wanted.question))
        texts = [each.name for each in made if pa.types.is_string(each.type)]
        with pq.ParquetWriter(
            file, made, compression="zstd", use_dictionary=texts, write_page_index=True
        ) as out:
            boxes: list[Box] = []
            for group in _tables(rows, made, boxes):
                out.write_table(group, row_group_size=group.num_rows)
            about = geo(wanted.layer, covering=COVERING, **_whole(boxes))
            out.add_key_value_metadata({"geo": about})


def _whole(boxes: list[Box]) -> dict[str, Box]:
    if not boxes:
        return {}
    west, south, east, north = zip(*boxes, strict=True)
    return {"bbox": [min(west), min(south), max(east), max(north)]}


def _tables(rows: Rows, made: pa.Schema, boxes: list[Box]) -> Iterator[pa.Table]:
    """Yield the groups; the box of each that has places comes to the others."""
    for own, shapes, sides in groups(rows):
        nowhere = shapes.is_null()
        if shapes.null_count < len(shapes):
            low, high = map(compute.min, sides[:2]), map(compute.max, sides[2:])
            boxes.append([each.as_py() for each in (*low, *high)])
        box = pa.StructArray.from_arrays(list(sides), fields=list(BOX), mask=nowhere)
        yield pa.Table.from_arrays([*own, shapes, box], schema=made)
