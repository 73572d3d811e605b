"""/layers/{layer}.{form}: a whole layer as one file."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from gis_service import file_answer, flow_tile
from gis_service.access import by_layer
from gis_service.asked import LayerFilters, of_layer
from gis_service.db import connection
from gis_service.endpoints.tiles import LayerName
from gis_service.entrance import versions_of
from gis_service.exports import Asked, opened
from gis_service.reading import read
from layers.catalogue import layer
from layers.files import FORMATS, form

bp = APIBlueprint("layer_files", __name__, abp_tags=[Tag(name="layers")])

# More rows than any layer has: a file holds all of them unless its reader says less.
ALL_ROWS = 1_000_000

FILES: dict[Any, Any] = {
    "200": {
        "description": "the file",
        "content": {
            each.media_type: {"schema": {"type": "string", "format": "binary"}}
            for each in FORMATS.values()
        },
    },
    "206": {"description": "the part of it that `Range` asked for"},
    "304": {"description": "the reader has it already"},
    "404": {"description": "no such layer, or not in this format"},
    "416": {"description": "`Range` begins behind the file's end"},
}


class FileAddress(LayerName):
    """Which layer in which format."""

    form: str = Field(max_length=20, description=", ".join(FORMATS))


class FileFilters(LayerFilters):
    """What may be asked of a layer's file."""

    k: int = Field(
        ALL_ROWS,
        ge=1,
        le=ALL_ROWS,
        description="how many of the largest flows or routes; default: all",
    )


@bp.get("/layers/<layer>.<form>", responses=FILES)
@by_layer
@read
def layer_file(path: FileAddress, query: FileFilters) -> Response:
    """Return a layer, or the part of it in `bbox`, as one file; parts of it by `Range`.

    What is told of no place has no shape, but stands in every table.
    """
    drawn = layer(path.layer)
    made_as = form(drawn, path.form)
    db = connection(drawn.plane)
    known = versions_of(db, drawn)
    more = () if made_as.tiled else ("bbox",)
    question = of_layer(db, drawn, query, known=known, more=more)
    most = flow_tile.most(query) if made_as.tiled else None
    return answered(Asked(drawn, made_as, question, known, most), lasting=False)


def answered(asked: Asked, *, lasting: bool) -> Response:
    """Return the file that is asked, or that its reader has it already."""
    etag, public = asked.tag(), asked.drawn.public
    return file_answer.unchanged(
        etag, public=public, lasting=lasting
    ) or file_answer.answer(
        opened(asked),
        etag=etag,
        public=public,
        lasting=lasting,
        media_type=asked.form.media_type,
        name=asked.file_name(),
    )
