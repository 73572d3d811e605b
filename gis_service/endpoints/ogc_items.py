"""/ogc/collections/{layer}/items: features by pages, or one of them."""

import re
from typing import Any

import orjson
from flask import Response, abort, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field
from sqlalchemy import Connection

from gis_service import cursor
from gis_service.access import by_layer
from gis_service.address import root
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import of_layer
from gis_service.db import connection
from gis_service.endpoints.layers import FEATURES, page_links
from gis_service.endpoints.tiles import LayerName
from gis_service.entrance import versions_of
from gis_service.ogc_asked import (
    OF_ITEMS,
    FeatureFilters,
    ItemFilters,
    collection_of,
    finest,
    guard,
    of_days,
)
from gis_service.reading import read
from layers.formats import geojson
from layers.formats.ogc_features import JSON, link
from layers.layer import Layer
from layers.question import Question

bp = APIBlueprint("ogc_items", __name__, abp_tags=[Tag(name="ogc")])
guard(bp)

ITEMS = FEATURES | {"400": {"description": "not to be asked so"}}
ITEM = ITEMS | {"404": {"description": "no such feature, as asked"}}

_NUMBER = re.compile(r"[0-9]{1,18}")

# Of this standard, beside a layer's own filters.
BY_FORMAT = ("f", "datetime")


class FeatureAddress(LayerName):
    """Which feature."""

    feature: str = Field(max_length=20, description="its id")


@bp.get("/ogc/collections/<layer>/items", responses=ITEMS)
@by_layer
@read
def items(path: LayerName, query: ItemFilters) -> Response:
    """Return a page of a layer's features; `links` has the next."""
    drawn = collection_of(path.layer)
    db = connection(drawn.plane)
    question, asked = _asked(db, drawn, query)
    limit = min(query.limit, geojson.MAX_LIMIT)
    after = None if query.after is None else cursor.last(drawn.name, query.after)

    def made() -> bytes:
        found = geojson.page(
            db, drawn.name, question=question, limit=limit, after=after, exact=True
        )
        links = [*page_links(drawn, found), _up(drawn)]
        return geojson.document(drawn, found, links=links)

    etag = tag("ogc-items", *asked, limit, after)
    return unchanged(etag, public=drawn.public) or whole(
        made, etag=etag, public=drawn.public, media_type=geojson.MEDIA_TYPE
    )


@bp.get("/ogc/collections/<layer>/items/<feature>", responses=ITEM)
@by_layer
@read
def item(path: FeatureAddress, query: FeatureFilters) -> Response:
    """Return one feature of a layer."""
    drawn = collection_of(path.layer)
    db = connection(drawn.plane)
    question, asked = _asked(db, drawn, query)

    def made() -> bytes:
        found = _feature(db, drawn, question, text=path.feature)
        here = link("self", f"{root()}{request.full_path}".rstrip("?"), drawn_as)
        return orjson.dumps(found | {"links": [here, _up(drawn)]})

    drawn_as = geojson.MEDIA_TYPE
    etag = tag("ogc-item", *asked, path.feature)
    return unchanged(etag, public=drawn.public) or whole(
        made, etag=etag, public=drawn.public, media_type=drawn_as
    )


def _asked(
    db: Connection, drawn: Layer, query: FeatureFilters
) -> tuple[Question, tuple[object, ...]]:
    """Return the question, and all that its answer depends on."""
    known = versions_of(db, drawn)
    level = finest(drawn)
    filters = of_days(drawn, query)
    if "level" not in query.given() and level != query.level:
        filters = filters.model_copy(update={"level": level})
    more = (*BY_FORMAT, *OF_ITEMS)
    question = of_layer(db, drawn, filters, known=known, more=more)
    versions = [known[subject] for subject in drawn.subjects]
    # The links repeat what was asked, letter by letter.
    address = f"{root()}{request.full_path}"
    return question, (drawn.name, versions, question.key(), address)


def _feature(
    db: Connection, drawn: Layer, question: Question, *, text: str
) -> dict[str, Any]:
    known = bool(_NUMBER.fullmatch(text)) and int(text) < -geojson.FIRST_ID
    number = int(text) if known else 0
    made = geojson.page(db, drawn.name, question=question, limit=1, after=number - 1)
    found: dict[str, Any] = orjson.loads(made.features or "{}")
    if not known or found.get("id") != number:
        abort(404, description=f"no feature {text!r} in {drawn.name}, as asked")
    return found


def _up(drawn: Layer) -> dict[str, str]:
    href = f"{root()}/ogc/collections/{drawn.name}"
    return link("collection", href, JSON, drawn.title)
