"""One table from what can go wrong to what the caller is told."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, request
from psycopg import OperationalError as DriverError
from psycopg.errors import LockNotAvailable, QueryCanceled
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from boundaries import errors as boundaries
from gis_service import access, audit, db, epidemic, gate, rates, shelf, totp
from gis_service.problem import problem
from gis_service.request_log import current
from gis_service.webhooks import errors as webhooks
from layers import errors as layers
from movements import errors as movements
from movements.columns import PERSONAL
from movements.fault import masked
from routes import errors as routes

log = logging.getLogger("nmis")

RETRY_S = 2  # how long a pool takes to free a connection under load


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller is told: HTTP status, stable code, title."""

    status: int
    code: str
    title: str


BUSY = Told(503, "busy", "the service is busy; try again")

TOO_SLOW = Told(503, "too_slow", "the answer takes too long; ask for less")
AWAY = Told(503, "database_away", "the database does not answer")

# Of a statement: it, or its wait for what another one holds, took too long.
OUT_OF_TIME = (QueryCanceled, LockNotAvailable)

TABLE: dict[type[Exception], Told] = {
    access.NoToken: Told(401, "token_required", "a token is required"),
    access.BadToken: Told(401, "token_invalid", "the token is not valid"),
    access.NotPermitted: Told(403, "not_permitted", "your role may not do this"),
    access.SessionEnded: Told(401, "session_ended", "the session has ended"),
    access.BearerNeeded: Told(
        403, "bearer_needed", "a token, or the session's own header, is required"
    ),
    access.ForgedForm: Told(403, "form_refused", "the form is not of this session"),
    totp.AccountKeyLost: Told(
        503, "account_key_lost", "the key of accounts does not fit"
    ),
    access.StepUpNeeded: Told(403, "step_up_needed", "sign in again, then go on"),
    rates.TooManyRequests: Told(429, "too_many_requests", "too many requests"),
    access.BadGrant: Told(422, "bad_grant", "no such token can be issued"),
    epidemic.NoEpidemic: Told(403, "no_epidemic", "no epidemic is notified"),
    audit.NoPurpose: Told(422, "purpose_required", "people are read for a purpose"),
    boundaries.UnknownUnit: Told(422, "unknown_unit", "no such state or district"),
    boundaries.AmbiguousUnit: Told(
        422, "ambiguous_unit", "several states or districts go by this name"
    ),
    boundaries.BadBoundaryFile: Told(
        422, "bad_boundary_file", "the file cannot be read as boundaries"
    ),
    boundaries.BoundarySetRefused: Told(
        422, "boundary_set_refused", "the boundary set cannot be activated"
    ),
    boundaries.NoBoundaries: Told(503, "no_boundaries", "no boundaries are loaded"),
    routes.RouteGap: Told(422, "route_gap", "states of the route do not touch"),
    routes.UnknownRoute: Told(404, "unknown_route", "no such route"),
    routes.BadRouteFile: Told(
        422, "bad_route_file", "the file cannot be read as lines"
    ),
    movements.UnreadableUpload: Told(
        400, "unreadable_upload", "the body is not what it says it is"
    ),
    movements.BadColumns: Told(422, "bad_columns", "the header cannot be used"),
    movements.AmbiguousSheet: Told(
        422, "ambiguous_sheet", "several sheets of the workbook may be meant"
    ),
    webhooks.BadWebhook: Told(422, "bad_webhook", "no such webhook can be kept"),
    webhooks.UnknownWebhook: Told(404, "unknown_webhook", "no such webhook"),
    movements.BadMapping: Told(422, "bad_mapping", "the mapping cannot be used"),
    movements.UnknownMapping: Told(404, "unknown_mapping", "no such mapping"),
    movements.BadParameter: Told(422, "bad_parameter", "a parameter is not allowed"),
    movements.BadUniqueId: Told(422, "bad_unique_id", "no such unique ID"),
    movements.UploadTooLarge: Told(413, "upload_too_large", "the upload is too large"),
    movements.IdempotencyMismatch: Told(
        422, "idempotency_mismatch", "the Idempotency-Key belongs to another body"
    ),
    movements.UploadInFlight: Told(
        409, "upload_in_flight", "this upload is being worked on"
    ),
    movements.GoneMeanwhile: Told(
        409, "gone_meanwhile", "people were erased meanwhile; send the upload again"
    ),
    movements.TooSlowToSend: Told(408, "too_slow_to_send", "the body comes too slowly"),
    movements.UnknownUpload: Told(404, "unknown_upload", "no such upload"),
    movements.UploadClosed: Told(409, "upload_closed", "the upload is not open"),
    movements.DigestMismatch: Told(422, "digest_mismatch", "the digest is another"),
    movements.QueueFull: Told(429, "queue_full", "too many of your uploads wait"),
    movements.QueuePressed: Told(503, "queue_pressed", "too many uploads wait"),
    movements.UnknownBatch: Told(404, "unknown_batch", "no such batch"),
    movements.BatchRefused: Told(422, "batch_refused", "the batch has faults"),
    movements.Erased: Told(410, "erased", "the person's data was erased"),
    movements.UnknownJourney: Told(404, "unknown_journey", "no such journey"),
    movements.NothingToReveal: Told(
        404, "nothing_to_reveal", "there is nothing to reveal"
    ),
    movements.UnknownPerson: Told(404, "unknown_person", "no such person"),
    movements.UnknownRequest: Told(404, "unknown_request", "no such request"),
    movements.RequestAnswered: Told(409, "request_answered", "the request is answered"),
    movements.Withdrawn: Told(410, "withdrawn", "the person was withdrawn"),
    movements.SnapshotRefused: Told(
        422, "snapshot_refused", "the snapshot cannot be taken"
    ),
    movements.SnapshotUnconfirmed: Told(
        422, "snapshot_unconfirmed", "a snapshot that withdraws people is confirmed"
    ),
    movements.SeveralJourneys: Told(
        422, "several_journeys", "the person has several journeys"
    ),
    movements.JourneyUnderWay: Told(
        422, "journey_under_way", "the journey has departed or arrived"
    ),
    movements.SeveralPeople: Told(
        409, "several_people", "several people have this mobile"
    ),
    movements.NoSuchName: Told(
        409, "name_differs", "this mobile is of people of other names"
    ),
    movements.TooManyContacts: Told(
        422, "too_many_contacts", "too many people rode in the same vehicles"
    ),
    movements.SecondApprovalNeeded: Told(
        403, "second_approval_needed", "another tracer has to approve"
    ),
    movements.UnknownTrace: Told(404, "unknown_trace", "no such question"),
    movements.NotYourOwn: Told(
        403, "not_your_own", "another tracer approves your question"
    ),
    movements.TraceDecided: Told(409, "trace_decided", "the question is decided"),
    movements.ApprovalUnusable: Told(
        409, "approval_unusable", "the approval cannot be used"
    ),
    movements.Unsealable: Told(503, "vault_shut", "the vault's key does not fit"),
    movements.Sunset: Told(410, "sunset", "uploads have ended"),
    layers.UnknownLayer: Told(404, "unknown_layer", "no such layer"),
    layers.UnknownFormat: Told(404, "unknown_format", "no such format"),
    layers.UnknownRelease: Told(404, "unknown_release", "no such release"),
    layers.OutsideGrid: Told(404, "outside_grid", "no such tile"),
    layers.NoRelease: Told(404, "no_release", "no release was published yet"),
    layers.NoCube: Told(503, "no_cube", "the flows are being read; try again"),
    layers.BadQuestion: Told(422, "bad_question", "a filter is not allowed"),
    layers.BadSource: Told(422, "bad_source", "no such source can be registered"),
    layers.AddressRefused: Told(502, "address_refused", "the source leads astray"),
    layers.SourceAway: Told(502, "source_away", "the source does not answer"),
    layers.NotAdmitted: Told(502, "not_admitted", "the source takes no such token"),
    layers.Busy: Told(502, "source_busy", "the source asks to be left alone"),
    layers.BadAnswer: Told(502, "bad_answer", "the source's answer cannot be used"),
    shelf.NoRoom: Told(507, "no_room", "the disk has no room for the file"),
    gate.Busy: BUSY,
    PoolExhausted: BUSY,
    db.TooSlow: TOO_SLOW,
    QueryCanceled: TOO_SLOW,
    LockNotAvailable: BUSY,
    OperationalError: AWAY,
    DriverError: AWAY,
}

# What a program needs beside the words; each is a member of the problem.
MORE: dict[type[Exception], Callable[[Any], dict[str, Any]]] = {
    boundaries.UnknownUnit: lambda error: {"candidates": error.candidates},
    boundaries.AmbiguousUnit: lambda error: {"candidates": error.candidates},
    routes.RouteGap: lambda error: {
        "gaps": error.gaps,
        "completions": error.completions,
    },
    access.StepUpNeeded: lambda error: {"links": {"sign_in": error.sign_in}},
    movements.SeveralPeople: lambda error: {"people": error.count},
    movements.SecondApprovalNeeded: lambda error: {"trace": str(error.trace)},
    movements.BatchRefused: lambda error: {"receipt": error.receipt},
    layers.BadQuestion: lambda error: {
        "errors": [
            {
                "field": error.field,
                "message": f"allowed: {error.allowed}",
                "value": error.given,
            }
        ]
    },
}

# The driver's words may name the server; the caller gets ours.
OURS_TO_KNOW = (
    *(PoolExhausted, OperationalError, DriverError, movements.Unsealable),
    totp.AccountKeyLost,
)

# Conflicts that the same request meets again; of a tracer it would spend the quota.
FOR_GOOD = ("several_people", "name_differs", "approval_unusable", "trace_decided")

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "timeout",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    429: "too_many_requests",
}


def install(app: Flask) -> None:
    """Answer every error of ``app`` in the one shape."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> BaseResponse:
    """Return what the caller is told of an error."""
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, OperationalError) and isinstance(error.orig, OUT_OF_TIME):
        error = error.orig  # it is there, and somebody holds what was asked for
    told = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)
    if told is None:
        return _unforeseen(error)
    seconds: int = getattr(error, "seconds", RETRY_S)
    return _headed(_of_table(error, told), told, seconds)


def out_of_time(error: OperationalError) -> bool:
    """Return whether the database is there and ended what took too long."""
    return isinstance(error.orig, OUT_OF_TIME)


def invalid(error: ValidationError) -> Response:
    """Return what the caller is told of parameters that are not allowed."""
    faults = [
        {
            "field": ".".join(map(str, fault["loc"])) or "query",
            "message": fault["msg"],
            "value": _given(fault),
            "allowed": fault.get("ctx", {}).get("expected", fault.get("ctx")),
        }
        for fault in error.errors(include_url=False)
    ]
    detail = "; ".join(map(_in_words, faults))
    return problem(
        status=422,
        code="invalid_parameters",
        title="parameters are not allowed",
        detail=detail,
        errors=faults,
    )


def _of_table(error: Exception, told: Told) -> Response:
    more = next((MORE[kind] for kind in type(error).__mro__ if kind in MORE), None)
    ours = isinstance(error, OURS_TO_KNOW)
    if ours:
        # No fault to trace: a limit of ours, or a database that is away, which every
        # request meets until it is back.
        known = isinstance(error, OUT_OF_TIME) or told is AWAY
        cause = None if known else error
        log.warning("%s: %s", told.code, type(error).__name__, exc_info=cause)
    return problem(
        status=told.status,
        code=told.code,
        title=told.title,
        detail=None if ours else str(error) or None,
        **(more(error) if more else {}),
    )


def _headed(response: Response, told: Told, seconds: int) -> Response:
    if told.status == 401:  # noqa: PLR2004 - the HTTP status
        response.headers["WWW-Authenticate"] = 'Bearer realm="nmis"'
    if told.status in (429, 503) or (told.status == 409 and told.code not in FOR_GOOD):  # noqa: PLR2004 - as above
        response.headers["Retry-After"] = str(seconds)
    return response


def _of_http(error: HTTPException) -> BaseResponse:
    if error.response is not None:  # abort() with an answer already made
        return cast("BaseResponse", error.response)
    status = error.code or 500
    if status == 500:  # noqa: PLR2004 - the HTTP status
        return _unforeseen(error)
    if 300 <= status < 400:  # noqa: PLR2004 - a redirect is no error
        return error.get_response()
    response = problem(
        status=status,
        code=CODES.get(status, "http_error"),
        title=error.name.lower(),
        detail=error.description,
    )
    for name in ("Allow", "Content-Range", "Retry-After"):
        for value in dict(error.get_headers()).get(name, "").split(";")[:1]:
            if value:
                response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    reference = secrets.token_hex(6)
    where = request.url_rule.rule if request.url_rule else "no view"
    log.error(
        "reference %s at %s, request %s", reference, where, current(), exc_info=error
    )
    return problem(
        status=500,
        code="internal_error",
        title="something went wrong on our side",
        detail=f"quote the reference {reference} to the operator",
        reference=reference,
    )


# Beside the columns of uploads: who is meant, and what is written of them.
_OF_PEOPLE = frozenset({"id", "people", "text", "reason"})


def _given(fault: Mapping[str, Any]) -> object:
    """Return what was given, masked as in faults of rows where it may be personal."""
    # Where something is missing it is all the rest.
    if fault["type"] == "missing":
        return None
    field = str(fault["loc"][-1]) if fault["loc"] else ""
    given = _short(fault["input"])
    if field in PERSONAL or field in _OF_PEOPLE:
        return masked("name", None if given is None else str(given))
    return given


def _in_words(fault: Mapping[str, Any]) -> str:
    given = "" if fault["value"] is None else f" is {fault['value']!r}"
    return f"{fault['field']}{given}: {fault['message']}"


def _short(value: object) -> object:
    """Keep an echoed value to a length that cannot be abused."""
    text = value if isinstance(value, str | int | float | bool | None) else str(value)
    return text[:80] if isinstance(text, str) else text
