"""/layers: the catalogue, and whole layers as GeoJSON."""

from collections.abc import Generator, Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field
from sqlalchemy import Connection

from gis_service import cursor
from gis_service.access import by_layer, public
from gis_service.address import root
from gis_service.answers import streamed, tag, unchanged, whole
from gis_service.asked import LayerFilters, of_layer
from gis_service.db import connection, handed_over
from gis_service.endpoints.tiles import LayerName
from gis_service.entrance import versions_of
from gis_service.reading import read
from layers.catalogue import LAYERS, layer
from layers.errors import BadQuestion
from layers.files import formats
from layers.formats import geojson
from layers.layer import Layer
from layers.question import Question
from layers.style import legend

bp = APIBlueprint("layers", __name__, abp_tags=[Tag(name="layers")])

# What this format adds to a layer's own filters.
BY_FORMAT = ("bbox", "limit", "after")

FEATURES: dict[Any, Any] = {
    "200": {
        "description": "a FeatureCollection, EPSG:4326",
        "content": {geojson.MEDIA_TYPE: {"schema": {"type": "object"}}},
    },
    "304": {"description": "the reader has it already"},
}


@bp.get("/layers", responses={"200": {"description": "every layer's description"}})
@public
def catalogue() -> Response:
    """Return what layers there are, what they mean and where they are."""
    return jsonify(layers=[_described(each) for each in LAYERS.values()])


class PageFilters(LayerFilters):
    """What may be asked of a layer's features; without `limit`, all come at once."""

    limit: int | None = Field(
        None,
        ge=1,
        le=geojson.MAX_LIMIT,
        description="features a page, in order of their ids; `links` leads on",
    )
    after: str | None = Field(
        None, max_length=120, description="from a page's `next` link; needs `limit`"
    )


@bp.get("/layers/<layer>.geojson", responses=FEATURES)
@by_layer
@read
def features(path: LayerName, query: PageFilters) -> Response:
    """Return a layer, or the part of it in `bbox`, whole or by pages, as GeoJSON."""
    drawn = layer(path.layer)
    db = connection(drawn.plane)
    known = versions_of(db, drawn)
    question = of_layer(db, drawn, query, known=known, more=BY_FORMAT)
    after = _after(drawn, query)
    versions = [known[subject] for subject in drawn.subjects]
    of_page = (query.limit, after, root() if query.limit else "")
    etag = tag("geojson", drawn.name, versions, question.key(), *of_page)
    if already := unchanged(etag, public=drawn.public):
        return already
    kind: Any = {"etag": etag, "public": drawn.public}
    kind["media_type"] = geojson.MEDIA_TYPE
    if query.limit is None:
        return streamed(_features(drawn, question), **kind)
    limit = query.limit
    return whole(
        lambda: _page(db, drawn, question, limit=limit, after=after),
        **kind,
    )


def _features(drawn: Layer, question: Question) -> Generator[bytes]:
    with handed_over(drawn.plane) as db:
        yield from geojson.chunks(db, drawn.name, question=question)


def _page(
    db: Connection, drawn: Layer, question: Question, *, limit: int, after: int | None
) -> bytes:
    made = geojson.page(db, drawn.name, question=question, limit=limit, after=after)
    return geojson.document(drawn, made, links=page_links(drawn, made))


def page_links(drawn: Layer, made: geojson.Page) -> list[dict[str, str]]:
    """Return a page's links: itself, and the next with all filters."""
    links = [_link("self", request.args.items(multi=True))]
    if made.last is not None:
        others = [each for each in request.args.items(multi=True) if each[0] != "after"]
        onward = ("after", cursor.text(drawn.name, made.last))
        links.append(_link("next", [*others, onward]))
    return links


def _link(rel: str, asked: Iterable[tuple[str, str]]) -> dict[str, str]:
    query = urlencode(list(asked))
    href = f"{root()}{request.path}{f'?{query}' if query else ''}"
    return {"rel": rel, "type": geojson.MEDIA_TYPE, "href": href}


def _after(drawn: Layer, query: PageFilters) -> int | None:
    if query.limit is not None and not geojson.has_pages(drawn):
        allowed = f"nothing: the features of {drawn.name} have no order to go on in"
        raise BadQuestion("limit", str(query.limit), allowed)
    if query.after is None:
        return None
    if query.limit is None:
        raise BadQuestion("after", query.after, "only with limit")
    return cursor.last(drawn.name, query.after)


def _described(each: Layer) -> dict[str, Any]:
    return {
        "name": each.name,
        "title": each.title,
        "abstract": each.abstract,
        "kind": each.kind,
        "public": each.public,
        "attribution": each.source.attribution,
        "licence": each.source.licence,
        "lineage": each.source.lineage,
        "updates": each.updates,
        "minzoom": each.minzoom,
        "maxzoom": each.maxzoom,
        "filters": [*each.filters, "as_of"],
        "fields": [
            {"name": name, "title": field.title, "unit": field.unit}
            for name, field in each.fields.items()
        ],
        "legend": legend(each.style),
        "links": {
            "geojson": f"{root()}/layers/{each.name}.geojson",
            "tilejson": f"{root()}/tiles/{each.name}.json",
            "style": f"{root()}/styles/{each.name}.json",
        },
        "files": {
            made_as.suffix: f"{root()}/layers/{each.name}.{made_as.suffix}"
            for made_as in formats(each)
        },
    }
