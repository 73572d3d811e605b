"""How people are read for an officer: by which login, within which walls."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from boundaries.wall import enter
from gis_service.access import Officer
from gis_service.db import connection
from gis_service.policy import ROLES
from movements.sight import Eye

INDIA = ZoneInfo("Asia/Kolkata")  # travel dates are civil dates there

# A plan that is kept knows no days: it is one for every month there is, and over eighty
# of them took 50 ms to find three people. One made for the days asked for takes 2.
_PLANNED_ANEW = select(func.set_config("plan_cache_mode", "force_custom_plan", True))  # noqa: FBT003 - positional in SQL


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
    enter(db, **looking.scope)
    db.execute(_PLANNED_ANEW)
    return db


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
