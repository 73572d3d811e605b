"""What every page is given: its words, its files, who is signed in, what is made up."""

from typing import Any

from flask import Response, render_template, request, url_for

from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from boundaries.version import versions
from gis_service import csrf, sessions
from gis_service.access import Officer, signed_in
from gis_service.db import connection
from gis_service.policy import ROLES, Permission
from gis_service.web import assets, language


def page(template: str, **values: Any) -> Response:  # noqa: ANN401 - a template's values
    """Return a template as a page; it depends on who asks, so no cache may keep it."""
    officer = signed_in()
    body = render_template(
        template,
        say=language.say,
        lang=language.current(),
        other_language=_other_language(),
        asset=address,
        officer=officer,
        csrf_field=csrf.field,
        csrf_token=csrf.token,
        officer_words=described(officer) if officer else "",
        sees_arrivals=officer is not None and sees_arrivals(officer),
        sees_requests=officer is not None and sees_requests(officer),
        sees_traces=officer is not None and sees_traces(officer),
        synthetic=versions(connection()).get("synthetic", 0) > 0,
        **values,
    )
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    if officer is None and sessions.shown():
        # It is over; what anybody may read would be refused with it.
        sessions.take_back(response)
    return language.remembered(response)


def address(name: str) -> str:
    """Return the address of a file for the browser."""
    return url_for("pages.asset", digest=assets.digest(), name=name)


def sees_arrivals(officer: Officer) -> bool:
    """Return whether the page of a day's arrivals is for them."""
    return Permission.ARRIVAL_READ in ROLES[officer.role].permissions


def sees_requests(officer: Officer) -> bool:
    """Return whether the pages of what people ask of their own data are for them."""
    return Permission.REQUEST_READ in ROLES[officer.role].permissions


def sees_traces(officer: Officer) -> bool:
    """Return whether the page of contacts is for them."""
    return Permission.TRACE_READ in ROLES[officer.role].permissions


def described(officer: Officer) -> str:
    """Return in words who is signed in, and for which places they answer."""
    return language.say(
        "signed_in_as",
        role=language.say(f"role_{officer.role}"),
        scope=places_of(officer),
    )


def places_of(officer: Officer) -> str:
    """Return in words for which places an officer answers."""
    scope = officer.scope
    if scope.states is None and scope.districts is None:
        return language.say("scope_country")
    places = gazetteer(connection())
    units = (
        *map(places.districts.get, sorted(scope.districts or ())),
        *map(places.states.get, sorted(scope.states or ())),
    )
    return ", ".join(language.named(unit.name, unit.name_hi) for unit in units if unit)


def district_in_words(places: Gazetteer, code: int) -> str:
    """Return a district (LGD code) with its state, in the page's language.

    The code, where no such district is in force.
    """
    district = places.districts.get(code)
    if district is None:
        return str(code)
    both = (district, places.states[district.state_code])
    return ", ".join(language.named(unit.name, unit.name_hi) for unit in both)


def _other_language() -> dict[str, str]:
    """Return code, name and address of this page in the other language."""
    code = "en" if language.current() == "hi" else "hi"
    asked: dict[str, Any] = request.args.to_dict() | (request.view_args or {})
    return {
        "code": code,
        "name": language.LANGUAGES[code],
        "href": url_for(request.endpoint or "pages.home", **asked | {"lang": code}),
    }
