"""A day's arrivals at one's own places, as the address and the page tell them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, url_for
from sqlalchemy import Connection

from gis_service import people_answers
from gis_service.access import Officer
from gis_service.address import root
from gis_service.audit import Subject
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import seen
from gis_service.intake import keys
from gis_service.people_asked import home
from gis_service.people_bodies import MOST_ROWS
from gis_service.people_plane import eye, opened, today
from movements import journal
from movements.journal_filter import Wanted
from movements.journal_place import Place
from movements.people import known
from movements.people_arrivals import SIDE, Coming, coming, total
from movements.people_shown import shown
from movements.sight import Eye
from movements.unique_id import id_text


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A day's arrivals.

    Attributes:
        day: of travel.
        groups: people by train, or by district for buses.
        people: the first of them, each field by policy.
        next: where their list goes on.
    """

    day: date
    groups: list[Coming]
    people: list[dict[str, Any]]
    next: Place | None

    @property
    def totals(self) -> dict[str, Any]:
        """Everybody's counts."""
        return total(self.groups).body()


def tomorrow() -> date:
    """Return the day after this one, in India."""
    return today() + timedelta(days=1)


def told(
    officer: Officer, day: date, *, purpose: Purpose | None, limit: int
) -> Arrivals:
    """Return a day's arrivals, with one entry in the audit log for all of it.

    Raises:
        NoPurpose: none was stated, or not one of the role's.
    """
    looking = eye(officer)
    db = opened(looking)
    groups = coming(db, looking, day, home=home())
    page = journal.page(db, looking, _wanted(day), limit=limit)
    profiles = known(db, page.journeys, keys=keys(current_app.extensions["secrets"]))
    ids = sorted({id_text(each.person) for each in page.journeys})
    seen(db, "arrivals.read", purpose, Subject("person"), ids=ids)
    people = [shown(each, profiles) for each in page.journeys]
    return Arrivals(day, groups, people, page.next)


def _wanted(day: date) -> Wanted:
    return Wanted(first=day, last=day, side=SIDE, home=home())


def links(officer: Officer, day: date, purpose: Purpose | None) -> dict[str, str]:
    """Return where else the same is told: as a table, on the map, as a page."""
    return {
        "csv": listed(day, purpose, f="csv"),
        "map": f"{root()}{url_for('pages.flow_map')}#{_on_map(officer, day)}",
        "page": f"{root()}{url_for('arrival_pages.arrivals', day=day.isoformat())}",
    }


def listed(day: date, purpose: Purpose | None, **more: str) -> str:
    """Return the address of the list of a day's arrivals."""
    asked = {"from": day, "to": day, "side": SIDE, "purpose": purpose} | more
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"{root()}/api/v1/movements?{given}"


def _on_map(officer: Officer, day: date) -> str:
    district = next(iter(officer.scope.districts or ()), None)
    asked: Mapping[str, object] = {
        "level": "district" if district else "state",
        "from": day,
        "to": day,
        "unit": district or officer.tenant or "",
        "direction": "in",
    }
    return urlencode(asked)


def table(officer: Officer, day: date, *, purpose: Purpose | None) -> Response:
    """Return everybody of a day as one table, with their entry in the audit log.

    Whoever saves it has no use for a part that says elsewhere that it is one.
    """
    looking = eye(officer)
    db = opened(looking)
    ids: set[str] = set()
    rows = _everybody(db, looking, day, ids)
    answer = people_answers.table(rows, looking, name=f"arrivals-{day}", further=None)
    seen(db, "arrivals.read", purpose, Subject("person"), ids=sorted(ids))
    return answer


def _everybody(
    db: Connection, looking: Eye, day: date, ids: set[str]
) -> Iterator[Mapping[str, Any]]:
    """Yield a day's rows, a page at a time; whose they are is noted in ``ids``."""
    vault, after = keys(current_app.extensions["secrets"]), None
    while True:
        page = journal.page(db, looking, _wanted(day), after=after, limit=MOST_ROWS)
        profiles = known(db, page.journeys, keys=vault)
        ids.update(id_text(each.person) for each in page.journeys)
        yield from (shown(each, profiles) for each in page.journeys)
        after = page.next
        if after is None:
            return
