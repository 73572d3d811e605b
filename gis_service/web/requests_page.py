"""What the pages of requests show: each request and its person in the page's words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from gis_service.access import Officer
from gis_service.db import connection
from gis_service.people_plane import INDIA, today
from gis_service.web.arrivals_page import day_in_words
from gis_service.web.language import named, say
from gis_service.web.page import places_of
from movements.own_request_tables import STATES
from movements.sight import SEALED

_YESTERDAY = 1

# Of a journey, beside its day and its two ends, which are its heading.
_JOURNEY = (
    *("mode", "category", "stage", "permission", "route_states"),
    *("train_number", "train_date", "vehicle", "walk_in", "origin", "destination"),
)


def listed(
    requests: list[dict[str, Any]], *, state: str, officer: Officer
) -> dict[str, Any]:
    """Return what the template of the list fills in."""
    return {
        "lead": say("requests_lead", place=places_of(officer)),
        "requests": [shown(each) for each in requests],
        "state": state,
        "states": [(each, say(f"requests_{each}")) for each in STATES],
    }


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request, as the address tells it, in words."""
    answered = body["answered_at"]
    return {
        **body,
        "kind_words": say(f"own_kind_{body['kind']}"),
        "state_words": say(f"own_state_{body['state']}"),
        "filed": _day(body["filed_at"]),
        "ago": _ago(body["filed_at"]),
        "by": _by(body["filed_by"]),
        "answered": _day(answered) if answered else None,
    }


def person(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person in words: pairs of each field, whole journeys."""
    names = gazetteer(connection())
    return {
        "fields": _pairs(told, SEALED, names),
        "journeys": [
            {
                "heading": _heading(each, names),
                "fields": _pairs(each, _JOURNEY, names),
            }
            for each in told["journeys"]
        ],
    }


def _by(role: str) -> str:
    own = role == "person"
    return say("requests_by_person") if own else say(f"role_{role}")


def _day(at: datetime) -> str:
    return day_in_words(at.astimezone(INDIA).date())


def _ago(at: datetime) -> str:
    days = (today() - at.astimezone(INDIA).date()).days
    if days > _YESTERDAY:
        return say("requests_days_ago", n=str(days))
    return say("requests_yesterday" if days == _YESTERDAY else "requests_today")


def _heading(journey: Mapping[str, Any], names: Gazetteer) -> str:
    ends = {end: _end(journey, end, names) for end in ("origin", "destination")}
    day = day_in_words(journey["travel_date"])
    return f"{day}: {say('own_way', **ends)}"


def _end(journey: Mapping[str, Any], end: str, names: Gazetteer) -> str:
    units = (
        names.districts.get(journey.get(f"{end}_district", 0)),
        names.states.get(journey.get(f"{end}_state", 0)),
    )
    return ", ".join(named(unit.name, unit.name_hi) for unit in units if unit)


def _pairs(
    told: Mapping[str, Any], fields: tuple[str, ...], names: Gazetteer
) -> list[tuple[str, str]]:
    """Return name and value of each field that the reader is shown, in words."""
    return [
        (say(f"field_{name}"), _value(name, told[name], names))
        for name in fields
        if name in told
    ]


def _value(name: str, value: Any, names: Gazetteer) -> str:  # noqa: ANN401 - a field's
    if value in (None, "", []):
        return say("own_nothing_held")
    if name == "route_states":
        return ", ".join(_state(code, names) for code in value)
    return _WORDS.get(name, str)(value)


def _state(code: int, names: Gazetteer) -> str:
    unit = names.states.get(code)
    return named(unit.name, unit.name_hi) if unit else str(code)


def _of(kind: str) -> Callable[[Any], str]:
    return lambda value: say(f"{kind}{value}")


def _point(value: Mapping[str, float]) -> str:
    return f"{value['lat']:.4f}, {value['lon']:.4f}"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "mode": _of(""),
    "category": _of(""),
    "stage": _of("stage_"),
    "permission": _of("permission_"),
    "gender": _of("gender_"),
    "mobile_borrowed": lambda value: say("yes" if value else "no"),
    "walk_in": lambda value: say("yes" if value else "no"),
    "train_date": day_in_words,
    "origin": _point,
    "destination": _point,
}
