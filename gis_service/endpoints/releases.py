"""/releases: what was published, each release under addresses that never change."""

from collections.abc import Iterator
from typing import Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from boundaries.scope import COUNTRY
from gis_service.access import by_reader
from gis_service.address import root
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import sets_in_force, versions_now
from gis_service.db import connection
from gis_service.endpoints.layer_files import ALL_ROWS, FILES, FileAddress, answered
from gis_service.exports import Asked
from gis_service.readers import refuse_finer, release_reader
from gis_service.reading import read
from layers.catalogue import LAYERS
from layers.cube.releases import GRAINS
from layers.errors import BadQuestion, UnknownLayer
from layers.files import form, formats
from layers.layer import Layer
from layers.published import Published, release, releases
from layers.question import Question

bp = APIBlueprint("releases", __name__, abp_tags=[Tag(name="releases")])

JSON = "application/json"
PLANE = "release"
Grain = Literal["district", "state"]


class ReleaseNumber(BaseModel):
    """Which release."""

    release: int = Field(ge=1, le=2**31 - 1)


class ReleaseFile(FileAddress, ReleaseNumber):
    """Which release of which layer in which format."""


class FileGrain(BaseModel):
    """How finely the release is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Grain | None = Field(
        None,
        description="district, or state as everybody is told it (pairs of states and"
        " whole weeks); default: the coarsest that there is of the layer",
    )
    v: str | None = Field(
        None, max_length=40, description="no effect; makes an address unique"
    )


@bp.get("/releases", responses={"200": {"description": "every published release"}})
@by_reader
@read
def published() -> Response:
    """Return the published releases, the newest first, each with its weeks."""
    release_reader()
    db = connection(PLANE)
    known = versions_now(db)
    etag = tag("releases", known[PLANE], root())
    return unchanged(etag, public=False) or whole(
        lambda: orjson.dumps({"releases": [_told(each) for each in releases(db)]}),
        etag=etag,
        public=False,
        media_type=JSON,
    )


@bp.get(
    "/releases/<int:release>", responses={"200": {"description": "what there is of it"}}
)
@by_reader
@read
def contents(path: ReleaseNumber) -> Response:
    """Return a release's weeks, and the address of each of its files.

    The addresses carry the version of the boundaries: with other boundaries, names and
    shapes in a file are others, and so is its address.
    """
    reader = release_reader()
    db = connection(PLANE)
    known = versions_now(db)
    found = release(releases(db), path.release)
    version = known["boundaries"]
    told = GRAINS if reader.told == GRAINS[0] else GRAINS[1:]
    layers = [
        {"name": each.name, "title": each.title, "files": files}
        for each in LAYERS.values()
        if (files := list(_files(each, found.number, told, version)))
    ]
    etag = tag("release-files", known[PLANE], path.release, version, told, root())
    return unchanged(etag, public=False) or whole(
        lambda: orjson.dumps(_told(found) | {"layers": layers}),
        etag=etag,
        public=False,
        media_type=JSON,
    )


@bp.get("/releases/<int:release>/<layer>.<form>", responses=FILES)
@by_reader
@read
def release_file(path: ReleaseFile, query: FileGrain) -> Response:
    """Return a whole release in a layer as one file; the address has it for ever."""
    reader = release_reader()
    drawn = _released(path.layer)
    made_as = form(drawn, path.form)
    grains = _grains(drawn)
    level = query.level or grains[-1]
    if level not in grains:
        raise BadQuestion("level", level, f"{' or '.join(grains)} of {drawn.name}")
    refuse_finer(reader, level)
    db = connection(PLANE)
    known = versions_now(db)
    found = release(releases(db), path.release)
    question = _question(db, found, level=level, known=known)
    fixed = known | {PLANE: 0}  # it depends on no later release
    return answered(Asked(drawn, made_as, question, fixed), lasting=True)


def _question(
    db: Connection, found: Published, *, level: str, known: dict[str, int]
) -> Question:
    """Return the question for all of a release, the same whoever asks."""
    return Question(
        scope=COUNTRY,
        sets=sets_in_force(db, None, known["boundaries"]),
        level=level,
        told=level,
        release=found.number,
        k=ALL_ROWS,
    )


def _released(name: str) -> Layer:
    released = {each.name: each for each in LAYERS.values() if each.released}
    if name not in released:
        raise UnknownLayer(name, tuple(released))
    return released[name]


def _grains(drawn: Layer) -> tuple[str, ...]:
    """Return how finely a layer of releases can be asked, the finest first."""
    if drawn.released is None:
        return ()
    if "level" in drawn.filters:
        return GRAINS
    return (drawn.released,)


def _files(
    drawn: Layer, number: int, told: tuple[str, ...], version: int
) -> Iterator[dict[str, str]]:
    for level in _grains(drawn):
        if level not in told:
            continue
        for each in formats(drawn):
            address = f"{root()}/releases/{number}/{drawn.name}.{each.suffix}"
            yield {
                "format": each.title,
                "level": level,
                "type": each.media_type,
                "href": f"{address}?level={level}&v={version}",
            }


def _told(found: Published) -> dict[str, Any]:
    weeks = ("{}-W{:02}".format(*monday.isocalendar()) for monday in found.weeks)
    return {
        "release": found.number,
        "published": found.at.isoformat(timespec="seconds"),
        "weeks": list(weeks),
        "links": [
            {
                "rel": "item",
                "type": JSON,
                "href": f"{root()}/releases/{found.number}",
            }
        ],
    }
