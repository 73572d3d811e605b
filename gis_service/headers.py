"""The security headers of every answer, in one place.

Nothing outside this address is ever loaded: no script, style, image, font or frame.
MapLibre runs its workers from blobs. Scripts written into a page carry the
request's nonce: ``<script nonce="{{ csp_nonce() }}">``.
"""

import secrets

from flask import Flask, Response, current_app, g

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

HSTS = "max-age=31536000"


def install(app: Flask) -> None:
    """Set the headers on every answer of ``app``."""
    app.after_request(_secured)
    app.add_template_global(csp_nonce)


def csp_nonce() -> str:
    """Return this answer's nonce, the same for each call within a request."""
    nonce: str = g.setdefault("csp_nonce", secrets.token_urlsafe(16))
    return nonce


def relax(directive: str, source: str) -> None:
    """Allow one more source in this answer only, for pages of other makers."""
    g.setdefault("csp_more", {}).setdefault(directive, []).append(source)


def policy() -> str:
    """Return this answer's Content-Security-Policy."""
    more: dict[str, list[str]] = g.get("csp_more", {})
    parts, nonce = [], csp_nonce()
    for directive, sources in POLICY.items():
        added = more.get(directive, [])
        kept = sources
        if "'unsafe-inline'" in added:  # ignored by browsers beside a nonce
            kept = sources.replace("'nonce-{nonce}'", "").strip()
        parts.append(" ".join([directive, kept.format(nonce=nonce), *added]))
    return "; ".join(parts)


def _secured(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if current_app.extensions["settings"].public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = HSTS
    return response
