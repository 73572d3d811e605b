"""The page to sign in, with the ways that this service offers."""

from urllib.parse import urlsplit

from flask import Response, current_app, request, url_for

from gis_service.access import signed_in
from gis_service.oidc.provider import Provider
from gis_service.web.page import page


def sign_in_page(
    target: str | None, *, fault: str | None = None, again: bool = False
) -> Response:
    """Return the page.

    Args:
        target: where to go on to; only ever to a page of ours.
        fault: what was wrong with the last attempt, in words.
        again: whether somebody shows once more who they are.
    """
    provider: Provider | None = current_app.extensions["oidc"]
    officer = signed_in()
    return page(
        "sign_in.html",
        fault=fault,
        name=request.form.get("name", ""),  # typed once is enough
        next=local(target),
        again=again,
        with_token=officer is not None and officer.kind == "token",
        provider=provider and urlsplit(provider.client.issuer).netloc,
    )


def local(target: str | None) -> str:
    """Return where to go after signing in: only ever a path of our own."""
    otherwise = url_for("pages.flow_map")
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return otherwise
    return target if target.isprintable() else otherwise
