"""GeoJSON (RFC 7946), built in SQL and streamed in chunks."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Select,
    String,
    Text,
    cast,
    func,
    literal,
    select,
)

from layers.catalogue import LAYERS
from layers.layer import Layer, columns
from layers.question import EAST, NORTH, SOUTH, WEST, Question

MEDIA_TYPE = "application/geo+json"

DIGITS = 6  # 0.1 m; with 5 the smallest polygons of the coverage fall flat
ROWS_PER_CHUNK = 200  # about 100 kB of district shapes


@cache
def wrapped(name: str) -> Select[Any]:
    """Return the query of a layer's features as texts; built once per layer."""
    layer = LAYERS[name]
    rows = layer.query.subquery("rows")
    shape: Any = rows.c.geom
    if layer.kind == "polygon":
        shape = func.ST_ForcePolygonCCW(shape)  # the direction RFC 7946 asks for
    feature = (
        literal('{"type":"Feature",')
        + _member_id(rows)
        + literal('"geometry":')
        + func.coalesce(func.ST_AsGeoJSON(shape, DIGITS), literal("null"))
        + literal(',"properties":')
        + cast(func.json_build_object(*_members(layer, rows)), Text)
        + literal("}")
    )
    box = func.ST_MakeEnvelope(WEST, SOUTH, EAST, NORTH, 4326)
    return select(feature).where(rows.c.geom.op("&&")(box))


def chunks(db: Connection, name: str, *, question: Question) -> Iterator[bytes]:
    """Yield a FeatureCollection in pieces; memory stays that of one piece.

    The query runs before the first piece, so that what is wrong shows before any.
    """
    cursor = db.execution_options(stream_results=True, yield_per=ROWS_PER_CHUNK)
    with cursor.execute(wrapped(name), question.parameters()) as result:
        yield _head(LAYERS[name])
        returned = 0
        for rows in result.scalars().partitions(ROWS_PER_CHUNK):
            joint = b"," if returned else b""
            returned += len(rows)
            yield joint + ",".join(rows).encode()
    yield b'],"numberReturned":%d}' % returned


def _head(layer: Layer) -> bytes:
    about = {
        "type": "FeatureCollection",
        "name": layer.name,
        "title": layer.title,
        "attribution": layer.source.attribution,
        "licence": layer.source.licence,
        "lineage": layer.source.lineage,
    }
    return orjson.dumps(about)[:-1] + b',"features":['


def _member_id(rows: Any) -> Any:  # noqa: ANN401 - a subquery and an expression
    if "id" not in rows.c:
        return literal("")
    return literal('"id":') + cast(rows.c.id, String) + literal(",")


def _members(layer: Layer, rows: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    for column in columns(layer.query):
        yield literal(column, Text)
        yield rows.c[column]
