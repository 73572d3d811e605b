"""The crowd of the leak tests; the receiving states have to be asked."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from gis_service.people_plane import today
from movements.tables import CONSENT, MOVEMENT
from movements.unique_id import id_text
from tests.leaks import seeding
from tests.leaks.filling import keep_months
from tests.leaks.oracle import Person, Reader

READERS = (
    *(Reader("uploader", state) for state in (27, 9, 10, 23)),
    *(Reader("state", state) for state in (27, 9, 10, 23, 32)),
    *(Reader("district", 27, 490), Reader("district", 10, 212)),
    *(Reader("district", 9, 187), Reader("district", 10, 196)),
    *map(Reader, ("railways", "ministry", "analyst", "tracer", "operator", "auditor")),
)

# One or two of each role, where all of them would take long.
SOME = (
    *(Reader("uploader", 27), Reader("state", 10), Reader("district", 27, 490)),
    *(Reader("uploader", 23), Reader("state", 23), Reader("district", 10, 196)),
    *map(Reader, ("railways", "ministry", "analyst", "tracer", "operator", "auditor")),
)


def headers_of(token, reader: Reader | None) -> dict[str, str]:
    """Return the headers by which a reader is known; none for anybody."""
    if reader is None:
        return {}
    state = None if reader.district else reader.state
    shown = token(reader.role, state=state, district=reader.district)
    return {"Authorization": f"Bearer {shown}"}


@pytest.fixture(scope="module")
def crowd(app, database, token) -> list[Person]:
    """Fifteen people of three tenants, in every stage, by HTTP."""
    with database.owner.begin() as db:
        db.execute(delete(CONSENT).where(CONSENT.c.regime != "required"))
        keep_months(db, *(today() + timedelta(days=31 * at) for at in (-1, 0, 1)))
    people = seeding.seed(app.test_client(), token)
    with database.owner.connect() as db:
        ways = db.execute(select(MOVEMENT.c.person_id, MOVEMENT.c.transit)).all()
    transit = {id_text(person): tuple(states) for person, states in ways}
    for person in people:
        person.transit = transit[person.id]
    return people


@pytest.fixture(params=READERS, ids=str)
def reader(request) -> Reader:
    """Each role, at several units."""
    return request.param
