"""/api/v1/traces: contacts of one person, while an epidemic is notified."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import RowMapping

from gis_service import people_answers, tracing
from gis_service.access import current_officer, require, require_fresh
from gis_service.address import root
from gis_service.audit.seen import ForPurpose, reads_people
from gis_service.db import connection
from gis_service.people_plane import today
from gis_service.policy import Permission
from gis_service.rates import limited
from gis_service.trace_bodies import (
    Ask,
    Decide,
    Question,
    QuestionList,
    TraceBody,
    TracePath,
    Waiting,
)
from movements import traces

bp = APIBlueprint(
    "traces", __name__, url_prefix="/api/v1/traces", abp_tags=[Tag(name="traces")]
)


@bp.post("", responses={"200": TraceBody})
@require(Permission.TRACE_READ)
@require_fresh
@limited("lookup")
@reads_people
def ask(query: ForPurpose, body: Ask) -> Response:
    """Return one person by mobile, and who rode in the same coach or bus.

    While an epidemic is notified; so many a day, above which 403
    `second_approval_needed` names what another tracer has to approve.
    """
    return tracing.answered(body, query.purpose)


@bp.get("", responses={"200": QuestionList})
@require(Permission.TRACE_APPROVE)
def listed(query: Waiting) -> Response:
    """Return today's questions of all tracers, by where they stand; about nobody."""
    found = traces.listed(
        connection("officer"),
        traces.Wanted(today(), query.state),
        after=query.after,
        limit=query.limit,
    )
    further = None
    if len(found) == query.limit:
        asked = f"state={query.state}&limit={query.limit}"
        further = f"{root()}/api/v1/traces?{asked}&after={found[-1]['trace_id']}"
    return people_answers.json({"traces": list(map(_shown, found)), "next": further})


@bp.post("/<trace>/decision", responses={"200": Question})
@require(Permission.TRACE_APPROVE)
@require_fresh
def decide(path: TracePath, body: Decide) -> Response:
    """Approve or decline a question above the quota that another tracer asked today."""
    row = tracing.decided(path.trace, approve=body.approve)
    return people_answers.json(_shown(row))


def _shown(row: RowMapping) -> dict[str, Any]:
    return {
        "trace": row["trace_id"],
        "case_id": row["case_ref"],
        "asked_at": row["asked_at"],
        "state": row["state"],
        "asker": row["asker"],
        "yours": row["asker"] == current_officer().token_id,
        "decided_by": row["decided_by"],
    }
