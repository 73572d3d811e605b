"""What stands between the web server and Flask: kept answers first, then the gate."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import orjson
from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from boundaries.version import versions
from gis_service import db, errors
from gis_service.access import current_officer, signed_in
from gis_service.asked import versions_now
from gis_service.db import Database
from gis_service.front import Front, Trusted
from gis_service.gate import Busy, Gated
from gis_service.readers import asking
from gis_service.request_log import Logged
from gis_service.settings import Settings
from gis_service.steady import SteadyBodies
from layers.layer import Layer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The one subject that answers for everybody depend on.
TRUSTED = "boundaries"


def install(app: Flask, database: Database) -> None:
    """Put both before ``app``; its error handlers must stand already."""
    settings: Settings = app.extensions["settings"]
    gate = Gated(SteadyBodies(app.wsgi_app), _busy(app))
    gated = Logged(gate, settings.log, named_before=settings.proxies > 0)
    trusted = Trusted(lambda: boundaries_version(database))
    app.extensions["front"] = Front(gated, trusted)
    app.wsgi_app = app.extensions["front"]  # type: ignore[method-assign]  # Flask's own way


def versions_of(db: Connection, layer: Layer) -> dict[str, int]:
    """Return the versions that a layer's answers depend on, read before its data.

    Those of a public layer may be a second old (see ``front.py``), which saves a turn
    to the server; all others are read now.

    Raises:
        NoToken, BadToken: the layer is not public, and so on.
    """
    if layer.public and set(layer.subjects) == {TRUSTED}:
        front: Front = current_app.extensions["front"]
        version = front.trusted.version()
        if version is not None:
            return {TRUSTED: version}
    # Whose token is read in one turn with the versions.
    if layer.released:
        asking()
    elif layer.foreign:
        signed_in()
    elif not layer.public:
        current_officer()
    return versions_now(db)


def boundaries_version(database: Database) -> int | None:
    """Return it; ``None`` where the database does not tell."""
    try:
        with database.read.connect() as opened:
            return versions(opened).get(TRUSTED)
    except (SQLAlchemyError, db.TooSlow):
        return None


def _busy(app: Flask) -> "WSGIApplication":
    """Return what tells a caller to come again; made beforehand, to cost nothing."""
    with app.test_request_context("/"):
        made = app.process_response(errors.answer(Busy()))  # type: ignore[arg-type]  # Flask's own kind
        told = orjson.loads(made.get_data())
    fixed = [(k, v) for k, v in made.headers if k.lower() != "content-length"]

    def busy(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        body = orjson.dumps(told | {"instance": environ["PATH_INFO"]})
        start_response(made.status, [*fixed, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    return busy
