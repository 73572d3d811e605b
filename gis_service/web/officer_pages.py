"""What a page for officers alone says to whoever may not see it, in words.

The pages are marked as addresses of the API are (``access.require``); the same checks
run, and what they refuse is told here as a page, or leads to the page to sign in.
"""

from typing import cast

from flask import Blueprint, Response, redirect, request, url_for

from gis_service import people_answers
from gis_service.access import (
    BadToken,
    BearerNeeded,
    ForgedForm,
    NoToken,
    NotPermitted,
    StepUpNeeded,
)
from gis_service.officer import SAFE_METHODS
from gis_service.web.language import say
from gis_service.web.page import page


def install(bp: Blueprint, *, refused: str) -> None:
    """Answer what the checks refuse of a blueprint's pages.

    Args:
        bp: each of its forms goes to the address of the page that shows it.
        refused: key of the words for those whose role does not see them.
    """

    def to_sign_in(_error: Exception) -> Response:
        return see_other(url_for("sign_in.form", next=_back()))

    def to_sign_in_again(_error: Exception) -> Response:
        return see_other(url_for("sign_in.again", next=_back()))

    def not_permitted(_error: Exception) -> Response:
        return told(403, "refused_title", refused)

    def forged(_error: Exception) -> Response:
        return told(403, "nothing_done_title", "elsewhere")

    bp.register_error_handler(NoToken, to_sign_in)
    bp.register_error_handler(BadToken, to_sign_in)
    bp.register_error_handler(StepUpNeeded, to_sign_in_again)
    bp.register_error_handler(NotPermitted, not_permitted)
    bp.register_error_handler(ForgedForm, forged)
    bp.register_error_handler(BearerNeeded, forged)


def told(status: int, title: str, text: str) -> Response:
    """Return a page of a few words, by their keys."""
    answer = page("told.html", title=say(title), text=say(text))
    answer.status_code = status
    return people_answers.private(answer)


def see_other(target: str) -> Response:
    """Send the browser on; it asks for the next page by GET."""
    response = redirect(target, 303, Response=Response)
    response.headers["Cache-Control"] = "no-store"
    return cast("Response", response)


def _back() -> str:
    """Return the page to come back to: of a form, the one that showed it."""
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    return request.path
