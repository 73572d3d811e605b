"""GeoPackage, written by GDAL."""

import json
from pathlib import Path

import pyarrow as pa
import pyogrio

from layers.about import told
from layers.batches import SHAPE, SHAPES, groups, schema
from layers.table import Wanted, opened

# GDAL writes down when a file was made; the same rows are to be the same bytes. Days
# and versions stand in what the file says of itself.
MADE = "2020-01-01T00:00:00.000Z"


def write(wanted: Wanted, file: Path) -> None:
    """Write a layer, in the order of its ids, with an index of its places."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": MADE})
    said = told(wanted.layer, wanted.question)
    with opened(wanted) as rows:
        made = schema(rows.columns, [pa.field(SHAPE, pa.binary())], {})
        batches = (
            pa.RecordBatch.from_arrays([*own, shapes], schema=made)
            for own, shapes, _ in groups(rows)
        )
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(made, batches),
            file,
            layer=wanted.layer.name,
            driver="GPKG",
            geometry_name=SHAPE,
            geometry_type=SHAPES[wanted.layer.kind],
            crs="EPSG:4326",
            layer_metadata=said,
            layer_options={
                "IDENTIFIER": wanted.layer.title,
                "DESCRIPTION": json.dumps(said, ensure_ascii=False),
                "FID": "fid",
                "GEOMETRY_NAME": "geom",
            },
        )
