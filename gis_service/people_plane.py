"""How people are read for an officer: by which login, within which walls."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Connection

from boundaries.recent import Recent
from boundaries.wall import enter_to_find, enter_to_look
from gis_service.access import Officer
from gis_service.asked import versions_now
from gis_service.db import connection
from gis_service.policy import ROLES
from movements.journal_months import Months, filled
from movements.sight import Eye

INDIA = ZoneInfo("Asia/Kolkata")  # travel dates are civil dates there


def today() -> date:
    """Return the civil date in India."""
    return datetime.now(INDIA).date()


def eye(officer: Officer) -> Eye:
    """Return what an officer sees of people: the role's sights, at the own units."""
    sights = ROLES[officer.role].sights
    return Eye(sights, _scope(officer, {sight.side for sight in sights}), today())


def plane(looking: Eye) -> str:
    """Return the login by which people are read: uploaders have their own."""
    return "upload" if "tenant" in looking.scope else "officer"


def opened(looking: Eye) -> Connection:
    """Return this request's connection, its transaction within the reader's walls."""
    db = connection(plane(looking))
    enter_to_look(db, **looking.scope)
    return db


def opened_to_find(looking: Eye) -> Connection:
    """Return this request's connection as ``opened``, to find somebody by a key."""
    db = connection(plane(looking))
    enter_to_find(db, **looking.scope)
    return db


def months(db: Connection) -> Months:
    """Return the months that hold journeys, as they were when this request began.

    Kept for a version of the flows, which grows with whatever fills another month; a
    sandbox counts no flows, and is not looked up by this.
    """
    kept: Recent[Months] = current_app.extensions["months"]
    return kept.of(versions_now(db)["flows"], lambda: filled(db))


def _scope(officer: Officer, sides: set[str]) -> dict[str, int]:
    scope: dict[str, int] = {}
    districts = officer.scope.districts or frozenset()
    for side in sides:
        if side == "requisitions":
            scope[side] = 1
        elif side == "tenant" and officer.tenant is not None:
            scope[side] = officer.tenant
        elif districts and side in ("origin", "destination"):
            scope[f"{side}_district"] = next(iter(districts))
        elif officer.tenant is not None and not districts:
            scope[side] = officer.tenant
    return scope
