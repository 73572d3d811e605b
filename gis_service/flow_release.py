"""/flows for those who read the protected release; nothing exact is asked here."""

from importlib import import_module

from flask import Response, current_app
from sqlalchemy import Connection

from gis_service.answers import tag, unchanged, whole
from gis_service.asked import FlowFilters
from layers.cube.releases import Releases, Told
from layers.flows import answer
from layers.formats import aboutjson
from layers.nodes import labels
from layers.question import Question
from layers.release import bounds, days, places

ARROW = "application/vnd.apache.arrow.stream"


def told(db: Connection, asked: Question) -> Told:
    """Return the release that is asked, as finely as its reader is told it.

    Args:
        db: a connection that may read releases.
        asked: a question to a release.

    Raises:
        ValueError: it is none.
    """
    if asked.release is None or asked.told is None:
        raise ValueError("a question to a release names it")
    kept: Releases = current_app.extensions["releases"]
    return kept.of(db, asked.release).told(asked.told)


def released_flows(
    db: Connection, asked: Question, known: dict[str, int], query: FlowFilters
) -> Response:
    """Return the flows of a release."""
    form = (query.format, query.table)
    etag = tag("release", known["boundaries"], asked.key(), *form)
    return unchanged(etag, public=False) or whole(
        lambda: _flows(db, asked, known, query),
        etag=etag,
        public=False,
        media_type=ARROW if query.format == "arrow" else aboutjson.MEDIA_TYPE,
    )


def released_days(db: Connection, asked: Question, known: dict[str, int]) -> Response:
    """Return a release's journeys by day, and those that are told by week."""
    etag = tag("release-days", known["boundaries"], asked.key())
    return unchanged(etag, public=False) or whole(
        lambda: _days(db, asked, known),
        etag=etag,
        public=False,
        media_type=aboutjson.MEDIA_TYPE,
    )


def _flows(
    db: Connection, asked: Question, known: dict[str, int], query: FlowFilters
) -> bytes:
    release = told(db, asked)
    at = places(db, asked, version=known["boundaries"])
    clusters = labels(db, asked, version=known["boundaries"])
    found = answer(release.people, asked, at, clusters)
    about = bounds(release, asked, found, places=at, labels=clusters)
    if query.format == "arrow":
        # Its library is 25 MB that few workers need.
        arrow = import_module("layers.formats.arrow")
        made: bytes = arrow.body(
            found, asked, places=at, table=query.table, bounds=about
        )
        return made
    return aboutjson.body(found, asked, about, places=at)


def _days(db: Connection, asked: Question, known: dict[str, int]) -> bytes:
    release = told(db, asked)
    at = places(db, asked, version=known["boundaries"])
    return aboutjson.days(days(release, asked, at))
