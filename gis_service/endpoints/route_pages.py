"""/maps/routes: the page of one route, addressed by route, never by person."""

from importlib import import_module
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy import Connection

from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from gis_service.access import (
    NotPermitted,
    Officer,
    demand,
    public,
    signed_in,
)
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import versions_now
from gis_service.db import connection
from gis_service.policy import Permission
from gis_service.web import assets
from gis_service.web import background as ground
from gis_service.web.language import named, say
from gis_service.web.marks import Mark
from gis_service.web.page import page
from routes.errors import UnknownRoute
from routes.path import RouteView, route

bp = Blueprint("route_pages", __name__, template_folder="../web/templates")


@bp.get("/maps/routes/<uuid:route_id>")
@public
def route_page(route_id: UUID) -> Response:
    """Return the page of a route that begins or ends in the reader's units.

    Whoever is not signed in is asked to; what may not be seen is said in words.
    """
    officer = signed_in()
    if officer is None:
        return _to_sign_in()
    db = connection()
    try:
        found = _route(db, route_id, officer)
    except UnknownRoute:
        return _told(404, "unknown_title", "unknown_route")
    except NotPermitted:
        return _told(403, "refused_title", "refused_text")
    return _page(db, found)


@bp.get("/maps/background.geojson")
@public
def background() -> Response:
    """Return the states, simplified, for the ground of a map."""
    db = connection()
    version = versions_now(db)["boundaries"]
    etag = tag("background", version)
    return unchanged(etag, public=True) or whole(
        lambda: ground.states(db),
        etag=etag,
        public=True,
        media_type="application/geo+json",
    )


def _route(db: Connection, route_id: UUID, officer: Officer) -> RouteView:
    demand(officer, Permission.ROUTE_READ)
    return route(db, route_id, scope=officer.scope)


def _page(db: Connection, found: RouteView) -> Response:
    names = gazetteer(db)
    origin, destination = (
        _district(names, code)
        for code in (found.origin_district, found.destination_district)
    )
    # Folium brings pandas: 45 MB and half a second that no other page needs.
    route_map = import_module("gis_service.web.route_map")
    html, script = route_map.parts(
        background=url_for("route_pages.background"),
        route=url_for("routes.one_route", route_id=str(found.route_id)),
        found=found,
        marks=_marks(db, found, names),
    )
    return page(
        "route.html",
        built=assets.is_built(assets.ROUTE_SCRIPT),
        route=found,
        origin=origin,
        destination=destination,
        states=[_state(names, code) for code in found.states],
        map_html=html,
        map_script=script,
    )


def _marks(db: Connection, found: RouteView, names: Gazetteer) -> list[Mark]:
    """Return the states by number, and the two ends, which lie above them."""
    points = ground.points(db)
    marks = [
        Mark(points[code], "state", str(number), f"{number}. {_state(names, code)}")
        for number, code in enumerate(found.states, start=1)
        if code in points
    ]
    line = found.path.coords
    ends = (
        ("start", line[0], found.origin_district),
        ("end", line[-1], found.destination_district),
    )
    for kind, (lon, lat, *_), code in ends:
        text = f"{say(kind)}: {_district(names, code)}"
        marks.append(Mark((lat, lon), kind, _district(names, code), text))
    return marks


def _to_sign_in() -> Response:
    target = url_for("sign_in.form", next=request.full_path.rstrip("?"))
    return cast("Response", redirect(target, 303, Response=Response))


def _told(status: int, title: str, text: str) -> Response:
    answer = page("told.html", title=say(title), text=say(text))
    answer.status_code = status
    return answer


def _district(names: Gazetteer, code: int) -> str:
    unit = names.districts.get(code)
    return named(unit.name, unit.name_hi) if unit else str(code)


def _state(names: Gazetteer, code: int) -> str:
    unit = names.states.get(code)
    return named(unit.name, unit.name_hi) if unit else str(code)
