"""A layer's rows as plain values, batch by batch: what every file is written from."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, LargeBinary, Numeric, Select, cast, func, select

from layers.catalogue import LAYERS
from layers.layer import Field, Layer, columns
from layers.question import EAST, NORTH, SOUTH, WEST, WORLD, Question

# Rows read at once. District shapes take 30 kB each.
ROWS_PER_BATCH = 500

INTEGER, LARGE, NUMBER, TEXT, BOOLEAN, DAY = (
    "integer",
    "large",
    "number",
    "text",
    "boolean",
    "day",
)
# From PostgreSQL's types, by their numbers: what a query really gives. What SQLAlchemy
# believes of an expression may be less than that.
KINDS = {
    16: BOOLEAN,
    20: LARGE,
    21: INTEGER,
    23: INTEGER,
    700: NUMBER,
    701: NUMBER,
    1700: NUMBER,
    25: TEXT,
    1043: TEXT,
    1082: DAY,
}

# Behind a layer's own columns.
WKB = ("geometry", "xmin", "ymin", "xmax", "ymax")
WORDS = {"point": ("lon", "lat"), "polygon": ("lon", "lat"), "line": ("wkt",)}
DIGITS = 6  # 0.1 m, as in GeoJSON

ID = Field("number of the feature")

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A layer as somebody asked for it.

    Attributes:
        db: a connection in a transaction, that may read the layer.
        layer: of the catalogue.
        question: what is asked of it.
        progress: is told how many rows more were read.
    """

    db: Connection
    layer: Layer
    question: Question
    progress: Callable[[int], None] = lambda _rows: None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layer, ``id`` included; ``kind`` is one of ``KINDS``' values."""

    name: str
    kind: str
    field: Field


@dataclass(frozen=True, slots=True)
class Rows:
    """A layer's rows: the values of ``columns``, then those of the shape."""

    columns: tuple[Column, ...]
    batches: Iterator[Sequence[Row]]


@contextmanager
def opened(
    wanted: Wanted, *, in_words: bool = False, by_place: bool = False
) -> Iterator[Rows]:
    """Read a layer's rows, every one of them, also those without a place.

    The shape is ``WKB``: as WKB (EPSG:4326; longitude first; of polygons always
    several, outer rings counter-clockwise) with its box, or none of them.

    Args:
        wanted: what is read.
        in_words: the shape is ``WORDS`` of the layer's kind instead: ``lon, lat`` of a
            point inside, or ``wkt``; less what the layer has columns for already.
        by_place: rows that lie near each other come near each other (PostgreSQL sorts
            shapes along a Hilbert curve), those without a place last; else by id.
    """
    layer, question = wanted.layer, wanted.question
    boxed = question.bbox not in (None, WORLD)
    query = _query(layer.name, in_words=in_words, boxed=boxed, by_place=by_place)
    streaming = wanted.db.execution_options(
        stream_results=True, yield_per=ROWS_PER_BATCH
    )
    with streaming.execute(query, question.parameters()) as result:
        batches = (_counted(batch, wanted) for batch in result.partitions())
        yield Rows(tuple(_columns(layer, result.cursor)), batches)


@cache
def _query(name: str, *, in_words: bool, boxed: bool, by_place: bool) -> Select[Any]:
    layer = LAYERS[name]
    rows = layer.query.subquery("rows")
    own = [rows.c[column] for column in _names(layer)]
    shape = _words(layer, rows) if in_words else _wkb(layer, rows)
    query = select(*own, *shape)
    if boxed:
        box = func.ST_MakeEnvelope(WEST, SOUTH, EAST, NORTH, 4326)
        query = query.where(rows.c.geom.op("&&")(box))
    # Equal rows are equal bytes, in whatever order they come.
    order = [rows.c.id] if "id" in rows.c else own
    return query.order_by(*((rows.c.geom,) if by_place else ()), *order)


def words(layer: Layer) -> tuple[str, ...]:
    """Return the names under which a layer's shapes are told in words."""
    return tuple(
        name for name in WORDS[layer.kind] if name not in layer.query.selected_columns
    )


def _names(layer: Layer) -> list[str]:
    has_id = "id" in layer.query.selected_columns
    return ["id", *columns(layer.query)] if has_id else columns(layer.query)


def _wkb(layer: Layer, rows: Any) -> Iterator[Any]:  # noqa: ANN401 - a subquery
    shape = rows.c.geom
    if layer.kind == "polygon":
        shape = func.ST_ForcePolygonCCW(func.ST_Multi(shape))
    yield cast(func.ST_AsBinary(shape, "NDR"), LargeBinary).label(WKB[0])
    sides = func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax
    for name, side in zip(WKB[1:], sides, strict=True):
        yield side(rows.c.geom).label(name)


def _words(layer: Layer, rows: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    shape = rows.c.geom
    inside = func.ST_PointOnSurface(shape) if layer.kind == "polygon" else shape
    made = {
        "lon": func.round(cast(func.ST_X(inside), Numeric), DIGITS),
        "lat": func.round(cast(func.ST_Y(inside), Numeric), DIGITS),
        "wkt": func.ST_AsText(shape, DIGITS),
    }
    for name in words(layer):
        yield made[name].label(name)


def _columns(layer: Layer, cursor: Any) -> Iterator[Column]:  # noqa: ANN401 - the driver's
    told = {each.name: each.type_code for each in cursor.description}
    for name in _names(layer):
        if told[name] not in KINDS:
            raise TypeError(f"{layer.name}.{name}: no file has its type {told[name]}")
        field = ID if name == "id" else layer.fields[name]
        yield Column(name, KINDS[told[name]], field)


def _counted(batch: Sequence[Row], wanted: Wanted) -> Sequence[Row]:
    wanted.progress(len(batch))
    return batch
