"""/ogc: what there is to read, as OGC API - Features describes it."""

from typing import Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from gis_service.access import NoToken, NotPermitted, by_layer, public
from gis_service.address import root
from gis_service.answers import tag, unchanged, whole
from gis_service.endpoints.tiles import LayerName
from gis_service.ogc_asked import Form, collection_of, finest, guard, offered
from gis_service.reading import read
from layers.formats import ogc_features, ogc_schema
from layers.formats.tilejson import INDIA_BOUNDS
from layers.layer import Layer

bp = APIBlueprint("ogc", __name__, abp_tags=[Tag(name="ogc")])
guard(bp)

WHAT: dict[Any, Any] = {
    "200": {"description": "JSON"},
    "400": {"description": "not to be asked so"},
}


@bp.get("/ogc/", responses=WHAT, strict_slashes=False)
@public
@read
def landing(query: Form) -> Response:  # noqa: ARG001 - read for its checks
    """Return the landing page of OGC API - Features."""
    return _told(ogc_features.landing(root()))


@bp.get("/ogc/api", responses=WHAT)
@public
@read
def api(query: Form) -> Response:  # noqa: ARG001 - as above
    """Return where the interface is described."""
    return _told(ogc_features.api(root()))


@bp.get("/ogc/conformance", responses=WHAT)
@public
@read
def conformance(query: Form) -> Response:  # noqa: ARG001 - as above
    """Return the conformance classes."""
    return _told(ogc_features.conformance())


@bp.get("/ogc/collections", responses=WHAT)
@by_layer
@read
def collections(query: Form) -> Response:  # noqa: ARG001 - as above
    """Return the layers that the reader may see, as collections."""
    readable = [each for each in offered().values() if _may_read(each)]
    told = ogc_features.collections(root(), readable, extent=INDIA_BOUNDS)
    return _told(told, everybody=False)


@bp.get("/ogc/collections/<layer>", responses=WHAT)
@by_layer
@read
def collection(path: LayerName, query: Form) -> Response:  # noqa: ARG001 - as above
    """Return one layer's description as a collection."""
    drawn = collection_of(path.layer)
    finest(drawn)
    told = ogc_features.collection(root(), drawn, extent=INDIA_BOUNDS)
    return _told(told, everybody=drawn.public)


@bp.get("/ogc/collections/<layer>/schema", responses=WHAT)
@by_layer
@read
def schema(path: LayerName, query: Form) -> Response:  # noqa: ARG001 - as above
    """Return the JSON Schema of a collection's features."""
    drawn = collection_of(path.layer)
    finest(drawn)
    address = f"{root()}/ogc/collections/{drawn.name}/schema"
    told = ogc_schema.document(drawn, address=address)
    return _told(told, everybody=drawn.public, media_type=ogc_schema.MEDIA_TYPE)


def _may_read(layer: Layer) -> bool:
    """Return whether the caller may; a token that is not valid is told, not hidden."""
    try:
        finest(layer)
    except (NoToken, NotPermitted):
        return False
    return True


def _told(
    document: dict[str, Any],
    *,
    everybody: bool = True,
    media_type: str = ogc_features.JSON,
) -> Response:
    body = orjson.dumps(document)
    etag = tag("ogc", body)
    return unchanged(etag, public=everybody) or whole(
        lambda: body, etag=etag, public=everybody, media_type=media_type
    )
