"""The desk's form for one walk-in: what was typed, what it offers, what is wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from gis_service import fault_language
from gis_service.access import Officer
from gis_service.db import connection
from gis_service.people_plane import today
from gis_service.web.arrivals_page import day_in_words
from gis_service.web.language import current, named, say
from gis_service.web.page import district_in_words, places_of
from movements.flow import CATEGORIES, MODES

# Columns of an upload, as the form has them.
FIELDS = (
    *("name", "age", "gender", "mobile", "mobile_borrowed", "category", "mode"),
    *("origin_district", "destination_district", "travel_date"),
    *("current_address", "permanent_address", "guardian_ref"),
)
RIDE = ("train_number", "train_date", "vehicle")
# Who comes next mostly came in the same.
SAME = ("origin_district", "destination_district", "travel_date", "mode", "category")
# Where the form has what these are about; of rows it stands beside them.
_AT = {
    "no_train": "vehicle",
    "not_a_mark": "vehicle",
    "not_by_train": "train_number",
    "other_day": "train_date",
}
GENDERS = ("female", "male", "other")


def typed() -> dict[str, str]:
    """Return what was typed, by field; nothing where nothing was."""
    names = (*FIELDS, *RIDE)
    given = {name: request.form.get(name, "").strip() for name in names}
    return {name: value for name, value in given.items() if value}


def person(given: Mapping[str, str], officer: Officer) -> dict[str, str]:
    """Return the row of an upload; who answers for one district registers there."""
    # What is left empty stands there as empty, so that a fault can name it.
    row = {name: given.get(name, "") for name in FIELDS}
    district = own_district(officer)
    return row | {"destination_district": str(district)} if district else row


def ride(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the person came in."""
    return {name: value for name, value in given.items() if name in RIDE}


def next_one(given: Mapping[str, str]) -> dict[str, str]:
    """Return what stays in the form for whoever comes next."""
    return {k: value for k, value in given.items() if k in (*SAME, *RIDE)}


def values(officer: Officer) -> dict[str, Any]:
    """Return what the form offers to choose from."""
    places = gazetteer(connection())
    district = own_district(officer)
    return {
        "category_words": [(each, say(each)) for each in CATEGORIES],
        "mode_words": [(each, say(each)) for each in MODES],
        "gender_words": [(each, say(f"walk_in_gender_{each}")) for each in GENDERS],
        "today": today().isoformat(),
        "origins": _origins(places),
        "ends": [] if district else _ends(places, officer.tenant or 0),
        "here": district_in_words(places, district) if district else None,
        "ends_in": places_of(officer),
    }


def own_district(officer: Officer) -> int | None:
    """Return the district that an officer answers for, where it is one."""
    return next(iter(officer.scope.districts or ()), None)


def apart(found: Mapping[str, str]) -> list[str]:
    """Return of what is wrong the fields that the form does not have."""
    shown = (*FIELDS, *RIDE)
    return [name for name in found if name not in shown or name == "row"]


def faults(told: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what is wrong, by field, in the page's language."""
    found: dict[str, str] = {}
    for each in told:
        said = fault_language.fault(each, current())
        words, advice = said["message"], said["suggestion"]
        # What to do about it, where the words do not say so.
        more = f" ({advice})" if advice and advice not in words else ""
        field = _AT.get(each["code"], each["field"])
        found.setdefault(field, f"{words[:1].upper()}{words[1:]}{more}.")
    return found


def on_lists(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return people who have the number, in words."""
    places = gazetteer(connection())
    return [
        {
            "id": each["id"],
            "travel_date": each["travel_date"].isoformat(),
            "name": each.get("name") or say("arrivals_hidden"),
            "age": each.get("age"),
            "origin": district_in_words(places, each["origin_district"]),
            "day": day_in_words(each["travel_date"]),
            "by": each.get("train_number") or say(each["mode"]),
            "arrived": each["stage"] == "arrived",
        }
        for each in found
    ]


def _origins(places: Gazetteer) -> list[tuple[str, str]]:
    """Return districts as they are typed, and as the page's language has them."""
    return sorted(
        (
            f"{each.name}, {places.states[each.state_code].name}",
            district_in_words(places, code),
        )
        for code, each in places.districts.items()
    )


def _ends(places: Gazetteer, state: int) -> list[tuple[str, str]]:
    own = (
        (named(each.name, each.name_hi), str(code))
        for code, each in places.districts.items()
        if each.state_code == state
    )
    return [(code, name) for name, code in sorted(own)]
