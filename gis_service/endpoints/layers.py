"""/layers: the catalogue, and whole layers as GeoJSON."""

from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from gis_service.access import by_layer, public
from gis_service.address import root
from gis_service.answers import streamed, tag, unchanged
from gis_service.asked import LayerFilters, of_layer, versions_now
from gis_service.db import connection, handed_over
from gis_service.endpoints.tiles import LayerName
from layers.catalogue import LAYERS, layer
from layers.formats import geojson
from layers.layer import Layer
from layers.question import Question
from layers.style import legend

bp = APIBlueprint("layers", __name__, abp_tags=[Tag(name="layers")])

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


@bp.get("/layers/<layer>.geojson", responses=FEATURES)
@by_layer
def features(path: LayerName, query: LayerFilters) -> Response:
    """Return a whole layer, or the part of it in `bbox`, as GeoJSON."""
    drawn = layer(path.layer)
    db = connection()
    known = versions_now(db)
    question = of_layer(db, drawn, query, known=known, more=("bbox",))
    versions = [known[subject] for subject in drawn.subjects]
    etag = tag("geojson", drawn.name, versions, question.key())
    return unchanged(etag, public=drawn.public) or streamed(
        _features(drawn.name, question),
        etag=etag,
        public=drawn.public,
        media_type=geojson.MEDIA_TYPE,
    )


def _features(name: str, question: Question) -> Iterator[bytes]:
    with handed_over() as db:
        yield from geojson.chunks(db, name, question=question)


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
    }
