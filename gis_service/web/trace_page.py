"""What the page of contacts shows: who was found, and questions that wait."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app

from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from gis_service import epidemic
from gis_service.access import current_officer
from gis_service.db import connection
from gis_service.people_plane import INDIA, today
from gis_service.settings import Settings
from gis_service.web.arrivals_page import day_in_words
from gis_service.web.language import say
from gis_service.web.page import district_in_words
from movements import traces

# Of today's questions; a tracer who has more to decide reads the address.
LISTED = 100
_MINE = ("approved", "waiting", "declined")


def values() -> dict[str, Any]:
    """Return what the page shows beside an answer."""
    settings: Settings = current_app.extensions["settings"]
    notified = epidemic.notified(settings, today())
    own = current_officer().token_id
    return {
        "notified": notified
        and say(
            "traces_notified",
            reference=notified.reference,
            day=day_in_words(notified.until),
        ),
        "others": _listed("waiting", but=own),
        "mine": [each for state in _MINE for each in _listed(state, asker=own)],
        "quota": str(settings.trace_quota),
    }


def _listed(state: str, **whose: str) -> list[dict[str, Any]]:
    these = traces.Wanted(today(), state, **whose)
    rows = traces.listed(connection("officer"), these, limit=LISTED)
    return [
        {
            "trace": str(row["trace_id"]),
            "case_id": row["case_ref"],
            "asker": row["asker"],
            "state": state,
            "state_words": say(f"traces_state_{state}"),
            "at": _clock(row["asked_at"]),
        }
        for row in rows
    ]


def found(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer in words.

    Args:
        told: as ``tracing.asked`` gives it.
    """
    places = gazetteer(connection())
    person = told["person"]
    return {
        "person": person and _shown(person, places),
        "others": [_shown(each, places) for each in told["co_travellers"]],
        "notes": [say(f"traces_note_{code}") for code in _codes(told["notes"])],
        "used": say(
            "traces_used",
            used=str(told["quota"]["used"]),
            of=str(told["quota"]["of"]),
        ),
    }


def _codes(notes: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(each["code"] for each in notes))


def _shown(one: Mapping[str, Any], places: Gazetteer) -> dict[str, Any]:
    return {
        "id": one["id"],
        "name": one.get("name") or say("arrivals_none_given"),
        "mobile": one.get("mobile") or say("arrivals_none_given"),
        "borrowed": bool(one.get("mobile_borrowed")),
        "journeys": [_journey(each, places) for each in one["journeys"]],
    }


def _journey(one: Mapping[str, Any], places: Gazetteer) -> dict[str, str]:
    ends = {
        end: district_in_words(places, one[f"{end}_district"])
        for end in ("origin", "destination")
    }
    ride = (one["train_number"] or say(one["mode"]), one["vehicle"])
    return {
        "day": day_in_words(one["travel_date"]),
        "way": say("own_way", **ends),
        "by": " · ".join(filter(None, ride)),
    }


def _clock(at: datetime) -> str:
    return f"{at.astimezone(INDIA):%H:%M}"
