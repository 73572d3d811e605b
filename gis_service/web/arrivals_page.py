"""What the page of arrivals shows: groups, people and numbers in the page's words."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from gis_service.access import Officer
from gis_service.arrivals_told import Arrivals
from gis_service.db import connection
from gis_service.web.language import named, say
from gis_service.web.page import places_of
from movements.people_arrivals import Coming, total


def values(told: Arrivals, officer: Officer) -> dict[str, Any]:
    """Return what the template fills in."""
    names = gazetteer(connection())
    totals = told.totals
    trains = [each for each in told.groups if each.mode == "train"]
    buses = [each for each in told.groups if each.mode == "bus"]
    return {
        "title": say("arrivals_title", day=day_in_words(told.day)),
        "lead": say("arrivals_lead", place=places_of(officer)),
        "totals": totals,
        "waiting": totals["requested"],
        "trains": [_way(list(own), names) for _, own in groupby(trains, key=_train)],
        "buses": [_way(buses, names)] if buses else [],
        "people": [_person(each, names) for each in told.people],
        "more": told.next is not None,
        "narrowed": bool(officer.scope.districts),
    }


def day_in_words(day: date) -> str:
    """Return a day as the page's language writes it."""
    month = say(f"month_{day.month}")
    return f"{day.day} {month} {day.year}"


def _train(one: Coming) -> tuple[str | None, date | None]:
    return one.train_number, one.train_date


def _way(groups: list[Coming], names: Gazetteer) -> dict[str, Any]:
    """Return a train, or all buses, with the districts that it comes from."""
    return {
        "train": groups[0].train_number,
        "whole": total(groups).body(),
        "groups": [_group(each, names) for each in groups],
    }


def _group(one: Coming, names: Gazetteer) -> dict[str, Any]:
    return {
        "origin": _origin(one.origin_district, one.origin_state, names),
        **one.counts.body(),
    }


def _person(one: Mapping[str, Any], names: Gazetteer) -> dict[str, Any]:
    ride = one.get("train_number") or say(one["mode"]), one.get("vehicle")
    origin = _origin(one["origin_district"], one["origin_state"], names)
    district = names.districts.get(one["destination_district"])
    return {
        **one,
        "by": " · ".join(filter(None, ride)),
        "origin": origin,
        "to": named(district.name, district.name_hi) if district else "",
        "stage": say(f"stage_{one['stage']}"),
        "permission": say(f"permission_{one['permission']}"),
    }


def _origin(district: int, state: int, names: Gazetteer) -> str:
    units = names.districts.get(district), names.states.get(state)
    return ", ".join(named(unit.name, unit.name_hi) for unit in units if unit)
