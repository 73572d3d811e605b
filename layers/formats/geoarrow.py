"""An Arrow IPC file (Feather) with shapes as GeoArrow's WKB."""

import json
from pathlib import Path

import pyarrow as pa

from layers.about import told
from layers.batches import SHAPE, crs, geo, groups, schema
from layers.table import Wanted, opened


def write(wanted: Wanted, file: Path) -> None:
    """Write a layer, in the order of its ids.

    Nothing is compressed: not every reader, least of all in a browser, knows how to
    undo that.
    """
    with opened(wanted) as rows:
        shape = pa.field(
            SHAPE,
            pa.binary(),
            metadata={
                "ARROW:extension:name": "geoarrow.wkb",
                "ARROW:extension:metadata": json.dumps({"crs": crs()}),
            },
        )
        said = told(wanted.layer, wanted.question) | {"geo": geo(wanted.layer)}
        made = schema(rows.columns, [shape], said)
        with pa.ipc.new_file(str(file), made) as out:
            for own, shapes, _ in groups(rows):
                out.write_batch(pa.RecordBatch.from_arrays([*own, shapes], schema=made))
