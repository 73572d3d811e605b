"""The crowd of the leak tests; the receiving states have to be asked."""

import pytest
from sqlalchemy import delete, select

from movements.tables import CONSENT, MOVEMENT
from movements.unique_id import id_text
from tests.leaks import seeding
from tests.leaks.oracle import Person, Reader

READERS = (
    *(Reader("uploader", state) for state in (27, 9, 10, 23)),
    *(Reader("state", state) for state in (27, 9, 10, 23, 32)),
    *(Reader("district", 27, 490), Reader("district", 10, 212)),
    *(Reader("district", 9, 187), Reader("district", 10, 196)),
    *map(Reader, ("railways", "ministry", "analyst", "tracer", "operator", "auditor")),
)


@pytest.fixture(scope="module")
def crowd(app, database, token) -> list[Person]:
    """Fifteen people of three tenants, in every stage, by HTTP."""
    with database.owner.begin() as db:
        db.execute(delete(CONSENT).where(CONSENT.c.regime != "required"))
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
