"""Build the application."""

from flask import Blueprint, Flask
from flask_openapi3 import APIBlueprint, OpenAPI

from boundaries.recent import Recent
from gis_service import (
    access,
    asked,
    bodies,
    cube,
    db,
    endpoints,
    entrance,
    errors,
    exports,
    headers,
    openapi,
    rates,
)
from gis_service.audit.keys import audit_key
from gis_service.cache import Cache
from gis_service.db import Database
from gis_service.oidc.provider import provider
from gis_service.request_log import name_view
from gis_service.secrets import secrets_in, single
from gis_service.sessions import NoFlaskSession
from gis_service.settings import Settings
from gis_service.totp import AccountKey
from layers.cube.releases import Releases
from layers.discover import discover

# Days whose boundary sets are remembered; maps ask for the same few again and again.
SETS_KEPT = 256
# Of the flows, whose months with journeys are remembered: the one that is, and those
# that requests under way began with.
MONTHS_KEPT = 4


class Unlisted(Exception):
    """A view says neither ``require(...)`` nor ``public``."""


def create_app(settings: Settings, database: Database) -> OpenAPI:
    """Return the service on a database.

    Raises:
        Unlisted: a view does not say who may call it.
        LooseSecret: a file of secrets is open to others.
        LostAuditKey: the key of the audit log is missing.
    """
    app = openapi.application("gis_service")
    app.extensions["settings"] = settings
    app.extensions["database"] = database
    app.extensions["secrets"] = secrets_in(settings.var, secret_key=settings.secret_key)
    app.extensions["audit"] = audit_key(settings.var)
    accounts = single(settings.var / "secrets" / "account.key")
    app.extensions["accounts"] = AccountKey.of(accounts)
    app.extensions["oidc"] = provider(settings)
    app.extensions["cache"] = Cache()
    app.extensions["exports"] = exports.shelf(settings)
    app.extensions["sets"] = Recent(SETS_KEPT)
    app.extensions["months"] = Recent(MONTHS_KEPT)
    app.extensions["cube"] = cube.keeper(settings, database)
    app.extensions["releases"] = Releases()
    app.config.update(_configuration(settings))
    app.session_interface = NoFlaskSession()
    _look_first(app)
    app.teardown_appcontext(db.close)
    errors.install(app)
    for bp in discover(endpoints, "bp", Blueprint).values():
        if isinstance(bp, APIBlueprint):
            app.register_api(bp)
        else:
            app.register_blueprint(bp)
    _refuse_unlisted(app)
    entrance.install(app, database)
    headers.install(app, https=settings.public_url.startswith("https:"))
    return app


def _look_first(app: Flask) -> None:
    """Have each request looked at before its view is called, in this order."""
    app.before_request(name_view)  # first: also who is refused asked for a view
    bodies.install(app)  # a form is read by what follows
    app.before_request(access.check)
    rates.install(app)
    app.before_request(asked.refuse_doubled)


def _configuration(settings: Settings) -> dict[str, object]:
    secure = settings.public_url.startswith("https:")
    return {
        # The prefix makes browsers refuse the cookie from a sister site.
        "SESSION_COOKIE_NAME": "__Host-nmis" if secure else "nmis",
        "SESSION_COOKIE_SECURE": secure,
        "MAX_FORM_MEMORY_SIZE": bodies.SMALL_BYTES,
        "JSON_SORT_KEYS": False,
    }


def _refuse_unlisted(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint.rpartition(".")[2] == "static":
            continue  # files of the package, the same for everybody
        if "permission" not in view.__dict__:
            raise Unlisted(
                f"{endpoint} says neither @require(...) nor @public"
                " (below its route's decorator)"
            )
