"""/flows for those who read the protected release; nothing exact is asked here."""

from flask import Response, current_app
from sqlalchemy import Connection

from boundaries.scope import COUNTRY
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import FlowFilters, flow_question, versions_now
from gis_service.db import connection
from layers.cube.released import Release, Releases
from layers.errors import BadQuestion, NoRelease
from layers.formats import flowjson
from layers.nodes import labels
from layers.question import Question
from layers.release import about, places, refuse
from layers.window import LAST7


def released(level: str, query: FlowFilters) -> Response:
    """Return the flows of the newest release.

    Raises:
        NoRelease: there is none.
        BadQuestion: it asks for what a release does not tell.
    """
    db = connection()
    known = versions_now(db)
    # The last days with journeys are the exact flows' to tell.
    if query.window == LAST7:
        raise BadQuestion("window", LAST7, "all, or an ISO week such as 2020-W19")
    if query.format != "json":
        raise BadQuestion("format", query.format, "json, for a release")
    asked = flow_question(db, query, scope=COUNTRY, level=level, known=known)
    refuse(asked)
    kept: Releases = current_app.extensions["releases"]
    release = kept.at(db, known["release"])
    if release is None:
        raise NoRelease("ask again when `nmis release make` has published one")
    etag = tag("release", known["release"], known["boundaries"], asked.key())
    return unchanged(etag, public=False) or whole(
        lambda: _body(db, release, asked, known),
        etag=etag,
        public=False,
        media_type=flowjson.MEDIA_TYPE,
    )


def _body(
    db: Connection, release: Release, asked: Question, known: dict[str, int]
) -> bytes:
    at = places(db, asked, version=known["boundaries"])
    clusters = labels(db, asked, version=known["boundaries"])
    found, bounds = about(release, asked, at, clusters)
    return flowjson.body(found, asked, places=at, bounds=bounds)
