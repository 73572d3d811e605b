"""GeoDataFrames of layers, for notebooks in the service's own environment.

Analysts elsewhere read the same by HTTP (``docs/analysts.md``). GeoPandas comes with
the extra ``analyst``; it is heavy, and nothing that serves a request imports it.
"""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection

from layers.about import told
from layers.catalogue import layer
from layers.question import Question
from layers.table import (
    BOOLEAN,
    DAY,
    INTEGER,
    LARGE,
    NUMBER,
    TEXT,
    Column,
    Wanted,
    opened,
)

CRS = "EPSG:4326"
ID = "id"

# A column's kind is its layer's, whatever values it has: whole numbers stay whole where
# some are missing.
KINDS = {
    INTEGER: "Int64",
    LARGE: "Int64",
    NUMBER: "Float64",
    TEXT: "str",
    BOOLEAN: "boolean",
    DAY: "datetime64[s]",
}


def frame(db: Connection, name: str, *, question: Question) -> gpd.GeoDataFrame:
    """Return a layer's features.

    Args:
        db: a connection of the layer's plane, in a transaction.
        name: of the layer.
        question: what is asked of it.

    Returns:
        One row per feature: the layer's fields and ``geometry`` (EPSG:4326, ``None``
        where a feature has no place), indexed by the features' ids where they have
        some. ``attrs`` holds ``title``, ``attribution``, ``licence``, ``release`` (its
        number; ``None`` of exact flows and places) and what else a file of the layer
        says of itself.

    Raises:
        UnknownLayer: there is none of this name.
    """
    drawn = layer(name)
    with opened(Wanted(db, drawn, question)) as rows:
        read = [row for batch in rows.batches for row in batch]
    values = {
        column.name: _array(column, [row[at] for row in read])
        for at, column in enumerate(rows.columns)
    }
    shapes = shapely.from_wkb([row[len(rows.columns)] for row in read])
    made = gpd.GeoDataFrame(values, geometry=shapes, crs=CRS)
    made.attrs = {"release": None} | told(drawn, question)
    if drawn.released:
        made.attrs["release"] = question.release
    indexed: gpd.GeoDataFrame = made.set_index(ID) if ID in values else made
    return indexed


def _array(column: Column, values: Sequence[Any]) -> Any:  # noqa: ANN401 - of one of several kinds
    return pd.array(values, dtype=KINDS[column.kind])
