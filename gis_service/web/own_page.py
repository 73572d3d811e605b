"""What the page of a person's own data shows, in the page's words."""

from datetime import date, datetime
from typing import Any

from boundaries.lookup import gazetteer
from gis_service.db import connection
from gis_service.web.arrivals_page import day_in_words
from gis_service.web.language import named, say
from movements.own_request import Told

# What was done, by how the log's word begins; of all else: seen.
_DID = (
    ("own.", "own_did_asked"),
    ("event.", "own_did_recorded"),
    ("person.correct", "own_did_changed"),
    ("person.withdraw", "own_did_changed"),
    ("request.", "own_did_handled"),
)


def held(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is held of a person, for the template."""
    states = gazetteer(connection()).states

    def place(code: int) -> str:
        unit = states.get(code)
        return named(unit.name, unit.name_hi) if unit else str(code)

    return {
        "id": told["id"],
        "fields": [
            (say(f"field_{name}"), value or say("own_nothing_held"))
            for name, value in told["held"].items()
        ],
        "journeys": [
            {
                "day": day_in_words(_day(each["travel_date"])),
                "way": say(
                    "own_way",
                    origin=place(each["origin_state"]),
                    destination=place(each["destination_state"]),
                ),
                "mode": say(each["mode"]),
                "stage": say(f"stage_{each['stage']}"),
                "permission": say(f"permission_{each['permission']}"),
            }
            for each in told["journeys"]
        ],
        "not_shown": ", ".join(say(f"field_{name}") for name in told["not_shown"]),
        "seen_by": [_seen(each) for each in told["seen_by"]],
        "seen_times": told["seen_times"],
    }


def standing(told: Told) -> dict[str, str | None]:
    """Return what became of a request, for the template."""
    answered = told.answered_at
    return {
        "kind": say(f"own_kind_{told.kind}"),
        "state": say(f"own_state_{told.state}"),
        "filed": day_in_words(told.filed_at.date()),
        "answered": day_in_words(answered.date()) if answered else None,
        "answer": told.answer,
    }


def _seen(one: dict[str, str]) -> dict[str, str]:
    at = datetime.fromisoformat(one["at"])
    did = next((key for start, key in _DID if one["action"].startswith(start)), "")
    return {
        "when": f"{day_in_words(at.date())}, {at:%H:%M}",
        "role": say(f"role_{one['role']}"),
        "purpose": say(f"purpose_short_{one['purpose']}"),
        "did": say(did or "own_did_saw"),
    }


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
