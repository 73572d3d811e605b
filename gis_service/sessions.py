"""Sessions in a signed cookie, as Flask keeps them."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but a request without a cookie needs no signer.

    Flask makes one for every request, and tries it out: a twentieth of a tile's time.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; an empty one where it has no cookie."""
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        empty: SecureCookieSession = self.session_class()
        return empty
