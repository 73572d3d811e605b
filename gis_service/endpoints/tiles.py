"""/tiles: vector tiles and their TileJSON."""

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from gis_service import flow_tile
from gis_service.access import by_layer
from gis_service.address import root
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import LayerFilters, of_layer
from gis_service.db import connection
from gis_service.entrance import versions_of
from gis_service.reading import read
from layers.catalogue import layer
from layers.errors import OutsideGrid
from layers.formats import mvt, tilejson
from layers.layer import Layer
from layers.tile import Tile

bp = APIBlueprint("tiles", __name__, abp_tags=[Tag(name="tiles")])

TILE: dict[Any, Any] = {
    "200": {
        "description": "a vector tile",
        "content": {mvt.MEDIA_TYPE: {"schema": {"type": "string"}}},
    },
    "204": {"description": "nothing lies in this tile"},
    "304": {"description": "the reader has it already"},
}


class LayerName(BaseModel):
    """Which layer."""

    layer: str = Field(max_length=40)


class TileAddress(LayerName):
    """Which tile of the web-mercator grid."""

    z: int
    x: int
    y: int


@bp.get("/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt", responses=TILE)
@by_layer
@read
def tile(path: TileAddress, query: LayerFilters) -> Response:
    """Return one vector tile of a layer; 204 where nothing lies in it."""
    drawn = layer(path.layer)
    square = _square(drawn, path)
    db = connection(drawn.plane)
    known = versions_of(db, drawn)
    question = of_layer(db, drawn, query, known=known)
    versions = [known[subject] for subject in drawn.subjects]
    most = flow_tile.most(query)
    etag = tag("mvt", drawn.name, versions, square, question.key(), most)

    def made() -> bytes:
        if drawn.name in flow_tile.NAMES:
            return flow_tile.tile_bytes(
                db, question, tile=square, most=most, known=known
            )
        return mvt.tile_bytes(db, drawn.name, tile=square, question=question)

    return unchanged(etag, public=drawn.public) or whole(
        made,
        etag=etag,
        public=drawn.public,
        media_type=mvt.MEDIA_TYPE,
    )


@bp.get("/tiles/<layer>.json", responses={"200": {"description": "TileJSON 3.0"}})
@by_layer
@read
def tile_json(path: LayerName, query: LayerFilters) -> Response:
    """Return a layer's TileJSON; filters go on into the tiles' address."""
    drawn = layer(path.layer)
    db = connection(drawn.plane)
    known = versions_of(db, drawn)
    question = of_layer(db, drawn, query, known=known)
    asked = urlencode(list(request.args.items(multi=True)))
    address = f"{root()}/tiles/{drawn.name}/{{z}}/{{x}}/{{y}}.mvt"
    address = f"{address}?{asked}" if asked else address
    version = ".".join(str(known[subject]) for subject in drawn.subjects)
    etag = tag("tilejson", drawn.name, version, address, question.key())
    return unchanged(etag, public=drawn.public) or whole(
        lambda: orjson.dumps(tilejson.document(drawn, tiles=address, version=version)),
        etag=etag,
        public=drawn.public,
        media_type="application/json",
    )


def _square(drawn: Layer, path: TileAddress) -> Tile:
    square = Tile(path.z, path.x, path.y)
    if not drawn.tiled:
        allowed = f"{drawn.name} has no tiles; read /layers/{drawn.name}.geojson"
        raise OutsideGrid(f"{path.z}/{path.x}/{path.y}", allowed)
    if not drawn.minzoom <= path.z <= drawn.maxzoom:
        allowed = f"{drawn.name} has zooms {drawn.minzoom} to {drawn.maxzoom}"
        raise OutsideGrid(f"{path.z}/{path.x}/{path.y}", allowed)
    return square
