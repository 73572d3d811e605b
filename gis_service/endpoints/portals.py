"""/portals: which layers come from portals of others, whose they are, and how old."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict
from sqlalchemy import RowMapping, func, select

from gis_service.access import by_layer, signed_in
from gis_service.address import root
from gis_service.answers import PRIVATE_CACHE
from gis_service.db import connection
from gis_service.reading import read
from layers.catalogue import PORTALS
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE, PORTAL_VALUE

bp = APIBlueprint("portals", __name__, abp_tags=[Tag(name="layers")])

# An answer twice as old as it should be is told as old.
STALE_AFTER = 2

WHAT: dict[Any, Any] = {"200": {"description": "the portals that the reader may read"}}

_SOURCE, _SNAPSHOT = PORTAL_SOURCE.c, PORTAL_SNAPSHOT.c
_DISTRICTS = (
    select(func.count())
    .where(PORTAL_VALUE.c.snapshot_id == _SNAPSHOT.snapshot_id)
    .scalar_subquery()
)
_QUERY = (
    select(
        *(_SOURCE[name] for name in ("name", "public", "refresh_hours")),
        _SOURCE.failing_since,
        *(_SNAPSHOT[name] for name in ("fetched_at", "checked_at", "data_date")),
        *(_SNAPSHOT[name] for name in ("attribution", "licence", "rows", "unmatched")),
        _DISTRICTS.label("districts"),
    )
    .join(PORTAL_SNAPSHOT, _SNAPSHOT.snapshot_id == _SOURCE.snapshot_id)
    .order_by(_SOURCE.name)
)


class Nothing(BaseModel):
    """No parameters."""

    model_config = ConfigDict(extra="forbid")


@bp.get("/portals", responses=WHAT)
@by_layer
@read
def portals(query: Nothing) -> Response:  # noqa: ARG001 - read for its checks
    """Return the layers of others, with source, licence and age."""
    everything = signed_in() is not None
    found = connection().execute(_QUERY).mappings().all()
    now = datetime.now(UTC)
    readable = [each for each in found if everything or each["public"]]
    answer = jsonify(portals=[_described(each, now) for each in readable])
    answer.headers["Cache-Control"] = PRIVATE_CACHE  # it grows older by itself
    return answer


def _described(each: RowMapping, now: datetime) -> dict[str, Any]:
    name, failing = each["name"], each["failing_since"]
    age = now - each["checked_at"]
    as_usual = ("licence", "public", "refresh_hours", "districts", "rows", "unmatched")
    return {
        "name": name,
        "title": PORTALS[name].title,
        "title_hi": PORTALS[name].title_hi,
        "counts": PORTALS[name].needed,
        "source": each["attribution"],
        "as_of": each["data_date"].isoformat() if each["data_date"] else None,
        "fetched_at": _utc(each["fetched_at"]),
        "checked_at": _utc(each["checked_at"]),
        "age_hours": round(age / timedelta(hours=1), 2),
        "stale": age > STALE_AFTER * timedelta(hours=each["refresh_hours"]),
        "failing_since": _utc(failing) if failing else None,
        **{key: each[key] for key in as_usual},
        "links": {
            "geojson": f"{root()}/layers/{name}.geojson",
            "tilejson": f"{root()}/tiles/{name}.json",
            "style": f"{root()}/styles/{name}.json",
        },
    }


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
