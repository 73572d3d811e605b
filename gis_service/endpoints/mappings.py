"""/api/v1/mappings: how a state's own files spell columns, words and districts."""

from datetime import UTC
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, RawModel, Tag
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from boundaries.lookup import gazetteer
from gis_service import errors
from gis_service.access import current_officer, require
from gis_service.address import root
from gis_service.batch_bodies import MAPPING_NAME
from gis_service.bodies import own_limit
from gis_service.db import connection
from gis_service.policy import Permission
from movements.errors import UploadTooLarge
from movements.mapping_store import Kept, forget, keep, mapping, mappings
from movements.spellings import checked, of_entries

bp = APIBlueprint(
    "mappings", __name__, url_prefix="/api/v1/mappings", abp_tags=[Tag(name="batches")]
)

# 5,000 entries of the usual kind are a quarter of it.
MAX_BYTES = 1024 * 1024


class Named(BaseModel):
    """Which mapping."""

    name: str = Field(pattern=MAPPING_NAME)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has signs that no text has")
    return text


Text = Annotated[str, AfterValidator(_printable)]


class Entries(BaseModel):
    """Their spellings, and ours for each."""

    model_config = ConfigDict(extra="forbid", strict=True)

    columns: dict[Text, Text] = Field(
        default={}, description="our column for each header of theirs"
    )
    values: dict[Literal["gender", "category", "mode"], dict[Text, Text]] = Field(
        default={}, description="our word for each of theirs"
    )
    districts: dict[Text, int] = Field(
        default={}, description="the LGD code for each name of theirs"
    )


class MappingBody(Entries):
    """A stored mapping."""

    name: str
    changed_at: str


class MappingList(BaseModel):
    """Your own mappings."""

    mappings: list[MappingBody]


class RawEntries(RawModel):
    """The entries as JSON; docs/uploads.md has an example."""

    mimetypes: list[str] = ["application/json"]  # noqa: RUF012 - the base declares it so


@bp.get("", responses={"200": MappingList})
@require(Permission.BATCH_READ)
def listed() -> Response:
    """Return your own mappings."""
    own = mappings(connection("upload"), tenant=_tenant())
    return _json({"mappings": [_told(each) for each in own]})


@bp.get("/<name>", responses={"200": MappingBody})
@require(Permission.BATCH_READ)
def show(path: Named) -> Response:
    """Return one of your own mappings."""
    kept = mapping(connection("upload"), tenant=_tenant(), name=path.name)
    return _json(_told(kept))


@bp.put("/<name>", responses={"200": MappingBody, "201": MappingBody})
@require(Permission.BATCH_CREATE)
@own_limit
def put(path: Named, raw: RawEntries) -> Response:
    """Keep a mapping, or change it; what overrides what we know is refused."""
    body = raw.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise UploadTooLarge("bytes (at least)", len(body), MAX_BYTES)
    try:
        entries = Entries.model_validate_json(body).model_dump()
    except ValidationError as error:
        return errors.invalid(error)
    db = connection("upload")
    with db.begin():
        checked(of_entries(path.name, **entries), gazetteer(db))
        is_new = keep(db, entries, tenant=_tenant(), name=path.name)
        kept = mapping(db, tenant=_tenant(), name=path.name)
    response = _json(_told(kept), 201 if is_new else 200)
    response.headers["Location"] = f"{root()}/api/v1/mappings/{path.name}"
    return response


@bp.delete("/<name>", responses={"204": None})
@require(Permission.BATCH_CREATE)
def remove(path: Named) -> Response:
    """Remove one of your own mappings; batches read by it stay as they are."""
    db = connection("upload")
    with db.begin():
        forget(db, tenant=_tenant(), name=path.name)
    return Response(status=204)


def _tenant() -> int:
    return current_officer().tenant or 0


def _told(kept: Kept) -> dict[str, Any]:
    changed = kept.changed_at.astimezone(UTC).isoformat(timespec="seconds")
    return {"name": kept.name, "changed_at": changed, **kept.entries}


def _json(body: dict[str, Any], status: int = 200) -> Response:
    made = Response(orjson.dumps(body), status, mimetype="application/json")
    made.headers["Cache-Control"] = "no-store"
    return made
