"""From a request's filters to the journeys that are wanted, and who asks for them."""

from collections.abc import Callable

from boundaries.lookup import gazetteer
from gis_service.access import current_officer, fresh
from gis_service.db import connection
from gis_service.officer import has_bearer
from gis_service.people_bodies import MOST, MOST_ROWS, USUAL, Listed
from layers.errors import BadQuestion
from movements.journal_filter import Wanted


def wanted(query: Listed) -> Wanted:
    """Return the filters.

    Raises:
        UnknownUnit, AmbiguousUnit: a state or district goes by no such name.
        BadQuestion: the last day is before the first.
    """
    if query.from_ and query.to and query.to < query.from_:
        raise BadQuestion("to", query.to.isoformat(), f"{query.from_} or later")
    return Wanted(
        first=query.from_,
        last=query.to,
        mode=tuple(query.mode),
        category=tuple(query.category),
        stage=tuple(query.stage),
        permission=(query.permission,) if query.permission else (),
        origin_state=_state(query.origin_state),
        origin_district=_district(query.origin_district),
        destination_state=_state(query.destination_state),
        destination_district=_district(query.destination_district),
        train_number=query.train_number,
        train_date=query.train_date,
        batch=query.batch,
        side=query.side,
        home=home(),
    )


def home() -> int | None:
    """Return the state in which a district's officer has their district."""
    officer = current_officer()
    return officer.tenant if officer.scope.districts else None


def limit(query: Listed) -> int:
    """Return how many journeys a page has.

    Raises:
        BadQuestion: more than a page of its form takes.
    """
    most = MOST_ROWS if query.f == "csv" else MOST
    if query.limit is None:
        return MOST_ROWS if query.f == "csv" else USUAL
    if query.limit > most:
        raise BadQuestion("limit", str(query.limit), f"1 to {most} as {query.f}")
    return query.limit


def refuse_stale(query: Listed) -> None:
    """Refuse a table of people to whoever did not sign in a moment ago.

    Systems take theirs by token: a state's what it sent, the Railways' their manifests.
    An officer's own token is no sign-in.

    Raises:
        StepUpNeeded: says where to sign in again.
    """
    role = current_officer().role
    system = role == "uploader" or (role == "railways" and has_bearer())
    if query.f == "csv" and not system:
        fresh()


def _state(text: str | None) -> int | None:
    return _code(text, lambda given: gazetteer(connection()).state(given))


def _district(text: str | None) -> int | None:
    return _code(text, lambda given: gazetteer(connection()).district(given))


def _code(text: str | None, found: Callable[[str], int]) -> int | None:
    if text is None:
        return None
    code = found(text)
    # In a sandbox the codes are negative (movements/sandbox.py).
    return -code if (current_officer().tenant or 0) < 0 else code
