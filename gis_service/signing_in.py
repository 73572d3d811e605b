"""Signing in and out on our pages: a session begins, and its id goes to the browser."""

from flask import Response, after_this_request, g

from gis_service import sessions, tokens
from gis_service.db import connection
from gis_service.grants import Grant
from gis_service.sessions import Holder


def with_token(token: str) -> None:
    """Begin a session for a token's holder; the cookie never holds the token.

    Raises:
        BadToken: the token is unknown, expired or revoked.
    """
    row = tokens.live(connection(), token)
    grant = Grant(row.role, row.state_code, row.district_code)
    begin(Holder("token", grant, row.token_id))


def begin(holder: Holder) -> None:
    """Begin a session with an id of its own; the one before it ends."""
    db = connection("access")
    before = sessions.shown()
    if before is not None:
        sessions.end(db, before)
    session_id = sessions.begin(db, holder)
    db.commit()
    g.pop("officer", None)

    @after_this_request
    def given(response: Response) -> Response:
        return sessions.give(response, session_id)


def sign_out() -> None:
    """End the session, here and in the browser."""
    session_id = sessions.shown()
    if session_id is not None:
        db = connection("access")
        sessions.end(db, session_id)
        db.commit()
    g.pop("officer", None)

    @after_this_request
    def taken_back(response: Response) -> Response:
        return sessions.take_back(response)
