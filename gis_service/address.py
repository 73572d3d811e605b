"""The address under which readers know this service."""

from flask import current_app, request


def root() -> str:
    """Return it without a slash at the end: ``NMIS_PUBLIC_URL``, else the request's."""
    public: str = current_app.extensions["settings"].public_url
    return (public or request.url_root).rstrip("/")
