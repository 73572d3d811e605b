"""/styles: MapLibre styles, one per layer."""

from urllib.parse import urlencode

import orjson
from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from gis_service.access import public
from gis_service.address import root
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import LayerFilters
from gis_service.reading import read
from layers.catalogue import layer
from layers.formats import maplibre

bp = APIBlueprint("styles", __name__, abp_tags=[Tag(name="styles")])


class StyleName(BaseModel):
    """Which layer's style."""

    name: str = Field(max_length=40)


@bp.get("/styles/<name>.json", responses={"200": {"description": "a MapLibre style"}})
@public
@read
def style(path: StyleName, query: LayerFilters) -> Response:  # noqa: ARG001 - checked by its model
    """Return how a layer is drawn; filters go on into the tiles' address."""
    drawn = layer(path.name)
    asked = urlencode(list(request.args.items(multi=True)))
    address = f"{root()}/tiles/{drawn.name}.json"
    address = f"{address}?{asked}" if asked else address
    body = orjson.dumps(maplibre.document(drawn, tilejson=address))
    etag = tag("style", body)
    return unchanged(etag, public=True) or whole(
        lambda: body, etag=etag, public=True, media_type="application/json"
    )
