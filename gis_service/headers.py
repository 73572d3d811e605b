"""The security headers of every answer, in one place.

Nothing outside this address is ever loaded: no script, style, image, font or frame.
MapLibre runs its workers from blobs. Scripts written into a page carry the
request's nonce: ``<script nonce="{{ csp_nonce() }}">``.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g

from gis_service import elsewhere

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CSP = "Content-Security-Policy"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' {nonce}",
    "style-src": "'self' {nonce}",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class Secured:
    """A WSGI application whose every answer carries the headers.

    Outside of Flask, where they are one list put to another: set one by one by Flask
    they cost each answer as much as finding its view.
    """

    inner: "WSGIApplication"
    fixed: list[tuple[str, str]]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        shared = elsewhere.headers(environ["PATH_INFO"], environ["REQUEST_METHOD"])

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401 - WSGI's own
            has_policy = any(name == CSP for name, _ in headers)
            policy = [] if has_policy else [(CSP, PLAIN)]
            told = [*headers, *policy, *shared, *self.fixed]
            return start_response(status, told, *more)

        return self.inner(environ, start)


def install(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer of ``app``; it must be whole otherwise.

    Args:
        app: the application, with all that stands before Flask.
        https: whether readers reach it by HTTPS.
    """
    app.after_request(_allowed)
    app.add_template_global(csp_nonce)
    hsts = [("Strict-Transport-Security", HSTS)] if https else []
    secured = Secured(app.wsgi_app, [*FIXED.items(), *hsts])
    app.wsgi_app = secured  # type: ignore[method-assign]  # Flask's own way


def csp_nonce() -> str:
    """Return this answer's nonce, the same for each call within a request."""
    nonce: str = g.setdefault("csp_nonce", secrets.token_urlsafe(16))
    return nonce


def relax(directive: str, source: str) -> None:
    """Allow one more source in this answer only, for pages of other makers."""
    g.setdefault("csp_more", {}).setdefault(directive, []).append(source)


def _allowed(response: Response) -> Response:
    """Say what this answer allows, where it allows more than others."""
    more: dict[str, list[str]] = g.get("csp_more", {})
    nonce: str | None = g.get("csp_nonce")
    if nonce or more:
        response.headers[CSP] = _policy(nonce, more)
    return response


def _policy(nonce: str | None, more: dict[str, list[str]]) -> str:
    parts = []
    for directive, sources in POLICY.items():
        added = more.get(directive, [])
        # Beside a nonce browsers ignore 'unsafe-inline'.
        with_nonce = nonce and "'unsafe-inline'" not in added
        given = f"'nonce-{nonce}'" if with_nonce else ""
        kept = " ".join(sources.format(nonce=given).split())
        parts.append(" ".join([directive, kept, *added]))
    return "; ".join(parts)


# Of an answer that asked for no nonce and for nothing more: it allows neither.
PLAIN = _policy(None, {})
