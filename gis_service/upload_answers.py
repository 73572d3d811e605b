"""What is told of an upload that is worked off later."""

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response
from sqlalchemy import Connection

from gis_service.address import root
from movements.jobs import Job, Slice, slices
from movements.parts import Part, parts

# About as long as one batch takes; senders who ask for more wait no less.
ASK_AGAIN_S = 1


def address(of: Job) -> str:
    """Return where an upload is told of."""
    return f"{root()}/api/v1/uploads/{of.job_id}"


def answered(db: Connection, of: Job, status: int, *, again: bool = False) -> Response:
    """Return the answer that tells of an upload.

    Args:
        db: a connection of the plane that uploads.
        of: the upload.
        status: of HTTP.
        again: whether it was sent before.
    """
    response = json(_body(db, of), status)
    response.headers["Location"] = address(of)
    if of.state in ("queued", "working"):
        response.headers["Retry-After"] = str(ASK_AGAIN_S)
    if again:
        response.headers["Idempotent-Replay"] = "true"
    return response


def json(body: dict[str, Any], status: int = 200) -> Response:
    """Return an answer that nobody keeps."""
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _body(db: Connection, of: Job) -> dict[str, Any]:
    found = slices(db, of)
    at = address(of)
    told: dict[str, Any] = {
        "upload": str(of.job_id),
        "state": of.state,
        "created_at": _instant(of.created_at),
        "ended_at": _instant(of.ended_at),
        "expires_at": _instant(of.expires_at) if of.state == "receiving" else None,
        "bytes": of.size,
        "progress": {
            "phase": _phase(of),
            "rows_done": of.rows_done,
            "rows": of.rows_total,
        },
        "attempts": of.attempts,
        "accepted": sum(each.accepted for each in found),
        "refused": sum(each.refused for each in found),
        "reason": None,
        "batches": [_batch(each) for each in found if each.batch_id],
        "parts": [_part(each) for each in parts(db, of)],
        "links": {
            "self": at,
            "faults": f"{at}/faults",
            "faults_csv": f"{at}/faults?f=csv",
        },
    }
    if of.reason_code:
        told["reason"] = {"code": of.reason_code, "message": of.reason}
    return told


def _phase(of: Job) -> str | None:
    if not of.is_open or of.state == "receiving":
        return None
    if of.rows_total is None:
        return "reading"
    is_checking = of.is_trial or (of.is_atomic and not of.is_checked)
    return "checking" if is_checking else "storing"


def _batch(part: Slice) -> dict[str, Any]:
    at = f"{root()}/api/v1/batches/{part.batch_id}"
    return {
        "batch": str(part.batch_id),
        "first_row": part.first_row,
        "rows": part.rows,
        "accepted": part.accepted,
        "refused": part.refused,
        "links": {"self": at, "people": f"{at}/people"},
    }


def _part(part: Part) -> dict[str, Any]:
    return {"part": part.part, "bytes": part.size, "sha256": part.digest.hex()}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
