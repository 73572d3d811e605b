"""A canary in every field of every person; no answer sings one it may not."""

import pytest

from gis_service.people_plane import today
from tests.leaks.asking import asked, purposes
from tests.leaks.conftest import SOME, headers_of
from tests.leaks.decoding import text_of
from tests.leaks.oracle import Person, Reader, fields, permissions
from tests.signing_in import begin_session

FIND = "scoped:person:find"
OFFICERS = ("state", "district")


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi.json").json


@pytest.fixture(scope="module")
def places(app, crowd, database):
    """What there is to ask for: batches, layers, formats, releases."""
    from sqlalchemy import select

    from movements.tables import BATCH, MOVEMENT

    client = app.test_client()
    layers = [each["name"] for each in client.get("/layers").json["layers"]]
    with database.owner.connect() as db:
        batches = [str(each) for each in db.execute(select(BATCH.c.batch_id)).scalars()]
        moved = db.execute(select(MOVEMENT.c.movement_id)).scalars()
        journeys = [str(each) for each in moved]
    return {
        "batch_id": batches,
        "movement_id": journeys,
        "layer": layers,
        "format": ["geojson", "csv", "parquet"],
        "collection": layers,
    }


@pytest.fixture
def signed_in(app, database, reader):
    """A browser; where an officer is the reader, with their sign-in of just now."""
    client = app.test_client()
    if reader and reader.role in OFFICERS:
        at = {"district": reader.district} if reader.district else {}
        at = at or {"state": reader.state}
        begin_session(client, database, role=reader.role, **at)
    return client


@pytest.mark.parametrize("reader", [None, *SOME], ids=str)
def test_no_answer_holds_what_the_policy_does_not_show(
    signed_in, crowd, token, document, places, reader
):
    client = signed_in.application.test_client()
    role = reader.role if reader else ""
    headers = headers_of(token, reader)
    leaks, asked_for, sung, tables = [], 0, 0, 0
    for one in _gets(document, crowd, places, role):
        if role in OFFICERS and "f=csv" in one.path:
            # Tables are for who signed in a moment ago, not for tokens.
            answer = signed_in.get(one.path)
        else:
            answer = client.get(one.path, headers=headers)
        text, tables = text_of(answer), tables + (answer.mimetype == "text/csv")
        answer.close()
        asked_for += 1
        for person, field in _sung(text, crowd):
            sung += 1
            if field not in _may(reader, person) and not _own(one, person, field):
                leaks.append((one.operation, answer.status_code, person.at, field))
    assert asked_for > 100
    assert tables or role not in OFFICERS
    assert leaks == []
    # The net is not empty: who sees people was told some.
    assert sung or not _sees_any(reader, crowd)


@pytest.mark.parametrize("reader", SOME, ids=str)
def test_looking_somebody_up_shows_no_more(app, crowd, token, reader):
    client, leaks = app.test_client(), []
    stated = (purposes(reader.role) or ["reception"])[0]
    for person in crowd:
        for sent in ({"mobile": person.canaries["mobile"]}, {"id": person.id}):
            answer = client.post(
                f"/api/v1/people/find?purpose={stated}",
                json=sent,
                headers=headers_of(token, reader),
            )
            asked_with = next(iter(sent.values()))
            text = text_of(answer).replace(asked_with, "")
            leaks += [
                (sent, other.at, field)
                for other, field in _sung(text, crowd)
                if field not in _may(reader, other)
            ]
            shown = "mobile" if "mobile" in sent else "id"
            found = answer.status_code == 200 and answer.json["people"]
            may = FIND in permissions(reader.role) and shown in _may(reader, person)
            assert bool(found) == may, (reader, person.at)
    assert leaks == []


def _gets(document, crowd, places, role):
    for one in asked(document, crowd, places, role):
        if one.method == "GET":
            yield one


def _sung(text: str, crowd: list[Person]):
    for person in crowd:
        for field, canary in person.canaries.items():
            if canary in text:
                yield person, field
        if person.id in text or person.id.replace("-", "") in text:
            yield person, "id"


def _may(reader: Reader | None, person: Person) -> set[str]:
    return fields(reader, person, today=today()) if reader else set()


def _own(one, person: Person, field: str) -> bool:
    # The address itself, said back in an error or a link, tells what was asked with.
    return field == "id" and one.person is person


def _sees_any(reader: Reader | None, crowd: list[Person]) -> bool:
    return any(_may(reader, person) for person in crowd)
