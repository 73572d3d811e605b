"""/api/v1/retention: how long people are kept, what is next, and what stays."""

from datetime import date
from typing import Any

from flask import Response, current_app, jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from gis_service.access import public
from gis_service.db import connection
from gis_service.retention_clocks import clocks
from gis_service.settings import Settings
from movements.retention import Run, runs

bp = APIBlueprint(
    "retention", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="retention")]
)

# A plan changes once a day.
SECONDS = 3600

KEPT = (
    "counts of journeys by district pair, day, mode and category",
    "counts of journeys by route and day",
    "published releases",
    "the number of rows of each upload",
    "the audit log, which names nobody",
    "signed statements of what was erased",
    "a keyed hash of each erased unique ID",
)
ERASED = (
    "names, ages, genders, mobiles, addresses and Aadhaar numbers",
    "journeys of persons, with their points and the states' own row ids",
    "what happened to each journey, with the reasons given",
    "which person each uploaded row stands for",
)


class ClocksBody(BaseModel):
    """Days after the end of a month, or after its last upload if that is later."""

    view_days: int = Field(description="its people stay in view for so many")
    keep_days: int = Field(description="after so many nothing of them is kept")


class NextBody(BaseModel):
    """A month, and the day on which something of it ends."""

    month: str
    on: date


class PurgedBody(BaseModel):
    """A month whose people are out of view."""

    month: str
    destroyed: bool = Field(description="whether the sealed archive is gone too")


class RetentionBody(BaseModel):
    """How long people are kept."""

    clocks: ClocksBody
    sunset: date | None = Field(description="last day of uploads, if there is one")
    next_out_of_view: NextBody | None
    next_destroyed: NextBody | None
    purged: list[PurgedBody]
    erased: list[str]
    kept: list[str]


@bp.get("/retention", responses={"200": RetentionBody})
@public
def retention() -> Response:
    """Return how long people are kept, what ends next, and what stays for ever."""
    settings: Settings = current_app.extensions["settings"]
    kept = clocks(settings)
    every = runs(connection("read"))
    response = jsonify(
        clocks={"view_days": kept.view_days, "keep_days": kept.keep_days},
        sunset=settings.sunset.isoformat() if settings.sunset else None,
        next_out_of_view=_next(
            (each.view_ends, each) for each in every if not each.archived
        ),
        next_destroyed=_next(
            (each.floor_ends, each) for each in every if not each.destroyed
        ),
        purged=[
            {"month": f"{each.month:%Y-%m}", "destroyed": each.destroyed}
            for each in every
            if each.archived
        ],
        erased=ERASED,
        kept=KEPT,
    )
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response


def _next(ends: Any) -> dict[str, str] | None:  # noqa: ANN401 - pairs of a day and a run
    first = min(ends, key=_day, default=None)
    if first is None:
        return None
    on, run = first
    return {"month": f"{run.month:%Y-%m}", "on": on.isoformat()}


def _day(pair: tuple[date, Run]) -> date:
    return pair[0]
