"""How a batch comes into the queue: as it was posted, with its parameters."""

from typing import Any

from flask import Response

from gis_service import queued, upload_answers
from gis_service.access import current_officer
from gis_service.audit.seen import who
from gis_service.batch_bodies import Manner, Rows
from gis_service.db import connection
from movements.jobs import Sent

# How it is answered is no part of what is sent.
_ANSWER = {"lang", "report"}


def ending(manner: Manner) -> bytes:
    """Return what a digest is made of behind the body: its parameters.

    Unset ones stay out, so that a new one leaves the digests of earlier uploads as
    they are.
    """
    told = manner.model_dump_json(exclude=_ANSWER, exclude_none=True)
    return b"\0" + told.encode()


def later(body: bytes, query: Manner, raw: Rows, key: str | None) -> Response:
    """Store a body, of which the first bytes were read, and answer 202."""
    manner = query.model_dump(mode="json", exclude=_ANSWER, exclude_none=True)
    queued.refuse_answer(manner, query.report)
    # A trial has no effect that could be doubled.
    sent = sent_now(manner, raw.mimetype, None if query.dry_run else key)
    db = connection("upload")
    with db.begin():
        pieces = queued.pieces(body, raw, most=queued.most_bytes())
        size = raw.content_length or len(body)
        job, again = queued.taken(db, sent, pieces, size=size, ending=ending(query))
    with db.begin():
        return upload_answers.answered(db, job, 202, again=again)


def sent_now(manner: dict[str, Any], media: str, key: str | None) -> Sent:
    """Return what whoever is asking sends; its digest is not known yet."""
    asking = who()
    return Sent(
        tenant=current_officer().tenant or 0,
        key=key,
        digest=b"",
        manner=manner,
        media=media,
        who=(asking.role, asking.token_id, asking.request_id),
    )
