"""The one shape of an error: RFC 9457 problem+json with a stable ``code``."""

import json
from typing import Any

import orjson
from flask import Response, request

MEDIA_TYPE = "application/problem+json"


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str | None = None,
    **more: Any,  # noqa: ANN401 - members of a problem are free
) -> Response:
    """Return an error answer.

    Args:
        status: the HTTP status.
        code: the stable name of what is wrong, for programs.
        title: the same in words, equal for every error of this code.
        detail: what was given and what is allowed, this time.
        more: further members, such as ``errors`` or ``reference``.
    """
    body = {
        "type": f"urn:nmis:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "instance": request.path,
    } | more
    return Response(
        _written(body),
        status,
        {"Cache-Control": "no-store"},
        mimetype=MEDIA_TYPE,
    )


def _written(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, default=str)
    except TypeError:
        # Half a surrogate pair that was given, and is told: escaped, as it was sent.
        return json.dumps(body, default=str).encode()


SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An error, after RFC 9457.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "stable name of what is wrong"},
        "instance": {"type": "string", "description": "the path that was asked"},
        "reference": {
            "type": "string",
            "description": "at status 500: what to quote to the operator",
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "value": {},
                    "allowed": {},
                },
            },
        },
    },
}
