"""GeoJSON (RFC 7946), built in SQL: streamed in chunks, or page by page."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from layers.catalogue import LAYERS
from layers.layer import Layer, columns
from layers.question import EAST, NORTH, SOUTH, WEST, WORLD, Question

MEDIA_TYPE = "application/geo+json"

DIGITS = 6  # 0.1 m; with 5 the smallest polygons of the coverage fall flat
# The server holds 32 pieces of a stream ready for a slow reader: about 6 MB of
# district shapes.
ROWS_PER_CHUNK = 50
MAX_LIMIT = 10_000
FIRST_ID = -(2**62)  # below every id

LIMIT = bindparam("page_limit", type_=BigInteger)
AFTER = bindparam("page_after", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a layer's features, in the order of their ids.

    Attributes:
        features: as GeoJSON, with commas between.
        returned: how many.
        last: the last one's id, where more follow; else ``None``.
    """

    features: str
    returned: int
    last: int | None


def has_pages(layer: Layer) -> bool:
    """Return whether a layer's features have numbers to go on after."""
    number = layer.query.selected_columns.get("id")
    return number is not None and isinstance(number.type, Integer)


@cache
def wrapped(name: str) -> Select[Any]:
    """Return the query of a layer's features as texts; built once per layer."""
    layer = LAYERS[name]
    rows = layer.query.subquery("rows")
    return select(_feature(layer, rows)).where(_in_box(layer, rows))


@cache
def paged(name: str, *, exact: bool = False) -> Select[Any]:
    """Return the query of one page as one text; built once per layer.

    One row more than the page is read, to know whether more follow. ``exact`` keeps
    of a box what meets it; otherwise what has an envelope that does.
    """
    layer = LAYERS[name]
    rows = layer.query.subquery("rows")
    some = (
        select(rows, func.row_number().over(order_by=rows.c.id).label("place"))
        .where(_in_box(layer, rows, exact=exact), rows.c.id > AFTER)
        .order_by(rows.c.id)
        .limit(LIMIT + 1)
        .subquery("some")
    )
    text = case((some.c.place <= LIMIT, _feature(layer, some)))
    return select(
        func.string_agg(text, aggregate_order_by(literal(","), some.c.id)),
        func.count(),
        func.max(case((some.c.place <= LIMIT, some.c.id))),
    ).select_from(some)


def page(
    db: Connection,
    name: str,
    *,
    question: Question,
    limit: int,
    after: int | None,
    exact: bool = False,
) -> Page:
    """Return at most ``limit`` features with ids above ``after``.

    Args:
        db: a connection.
        name: of the layer.
        question: what is asked of it.
        limit: how many at most.
        after: the id that all are above; none begins with the first.
        exact: whether a feature must itself meet the box, not only its envelope.
    """
    start = FIRST_ID if after is None else after
    values = question.parameters() | {"page_limit": limit, "page_after": start}
    # The whole world need not be compared with every corner of every shape.
    query = paged(name, exact=exact and question.bbox is not None)
    text, found, last = db.execute(query, values).one()
    return Page(text or "", min(found, limit), last if found > limit else None)


def document(layer: Layer, made: Page, *, links: list[dict[str, str]]) -> bytes:
    """Return a page as a FeatureCollection with its links."""
    told = orjson.dumps({"links": links, "numberReturned": made.returned})
    return _head(layer) + made.features.encode() + b"]," + told[1:]


def chunks(db: Connection, name: str, *, question: Question) -> Generator[bytes]:
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


def _feature(layer: Layer, rows: Any) -> Any:  # noqa: ANN401 - a subquery and an expression
    return (
        literal('{"type":"Feature",')
        + _member_id(rows)
        + literal('"geometry":')
        + func.coalesce(_shape(layer, rows), literal("null"))
        + literal(',"properties":')
        + cast(func.json_build_object(*_members(layer, rows)), Text)
        + literal("}")
    )


def _shape(layer: Layer, rows: Any) -> Any:  # noqa: ANN401 - as above
    if "geojson" in rows.c:
        return rows.c.geojson
    shape: Any = rows.c.geom
    if layer.kind == "polygon":
        shape = func.ST_ForcePolygonCCW(shape)  # the direction RFC 7946 asks for
    return func.ST_AsGeoJSON(shape, DIGITS)


def _in_box(layer: Layer, rows: Any, *, exact: bool = False) -> Any:  # noqa: ANN401 - as above
    box = func.ST_MakeEnvelope(WEST, SOUTH, EAST, NORTH, 4326)
    near = rows.c.geom.op("&&")(box)
    inside = near & func.ST_Intersects(rows.c.geom, box) if exact else near
    if not layer.placeless:
        return inside
    # What has no place is in no box, but it is in the whole world.
    west, south, east, north = WORLD
    everywhere = and_(west >= WEST, south >= SOUTH, east <= EAST, north <= NORTH)
    return or_(inside, and_(rows.c.geom.is_(None), everywhere))


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


def _member_id(rows: Any) -> Any:  # noqa: ANN401 - as above
    if "id" not in rows.c:
        return literal("")
    return literal('"id":') + cast(rows.c.id, String) + literal(",")


def _members(layer: Layer, rows: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    for column in columns(layer.query):
        yield literal(column, Text)
        yield rows.c[column]
