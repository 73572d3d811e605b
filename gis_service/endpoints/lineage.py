"""/boundaries/lineage: which district or state came from which, and on which day."""

import csv
import io
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from boundaries.vintage import Descent, descents
from gis_service.access import public
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import MapLevel, versions_now
from gis_service.db import connection
from gis_service.reading import read
from layers.errors import BadQuestion

bp = APIBlueprint("lineage", __name__, abp_tags=[Tag(name="boundaries")])

COLUMNS = ("child", "child_name", "parent", "effective", "kind", "share", "source")

CSV = "text/csv"


class LineageFilters(BaseModel):
    """Which descents: for a table of an earlier and one of a later day, those between.

    `from` is then the day after the earlier one, `to` the later one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: MapLevel = Field("district", description="of the units")
    from_: date | None = Field(
        None, alias="from", description="first day, inclusive; default: all"
    )
    to: date | None = Field(None, description="last day, inclusive; default: all")


class Came(BaseModel):
    """One unit came from another."""

    child: int = Field(description="LGD code of the new unit")
    child_name: str
    parent: int | None = Field(
        description="LGD code it came from, which stays in use; null: not recorded"
    )
    effective: date = Field(description="the child's first day")
    kind: str = Field(
        description="split: the parent that gave most; split_also: another one"
    )
    share: float | None = Field(
        description="part of the parent's people that went to the child; null: unknown"
    )
    source: str


class Lineage(BaseModel):
    """Every descent asked for, oldest first."""

    level: MapLevel
    lineage: list[Came]


@bp.get("/boundaries/lineage.json", responses={"200": Lineage})
@public
@read
def lineage_json(query: LineageFilters) -> Response:
    """Return which unit came from which, oldest first."""
    return _answer(query, "application/json", _json)


@bp.get(
    "/boundaries/lineage.csv",
    responses={"200": {"description": "the same as a table", "content": {CSV: {}}}},
)
@public
@read
def lineage_csv(query: LineageFilters) -> Response:
    """Return which unit came from which as a table, oldest first."""
    return _answer(query, CSV, _csv)


def _answer(
    query: LineageFilters, media_type: str, made: Callable[[str, list[Descent]], bytes]
) -> Response:
    first, last = query.from_ or date.min, query.to or date.max
    if last < first:
        given = f"{first.isoformat()}/{last.isoformat()}"
        raise BadQuestion("from/to", given, "a first day not after the last")
    db = connection()
    version = versions_now(db)["boundaries"]
    etag = tag("lineage", version, query.level, first, last, media_type)

    def body() -> bytes:
        found = descents(db, level=query.level, first=first, last=last)
        return made(query.level, found)

    return unchanged(etag, public=True) or whole(
        body, etag=etag, public=True, media_type=media_type
    )


def _json(level: str, found: list[Descent]) -> bytes:
    rows = [{name: getattr(each, name) for name in COLUMNS} for each in found]
    return orjson.dumps({"level": level, "lineage": rows})


def _csv(_level: str, found: list[Descent]) -> bytes:
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
    table.writeheader()
    table.writerows(map(asdict, found))
    return out.getvalue().encode()
