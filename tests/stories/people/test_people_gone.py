"""Somebody is gone, and somebody has two journeys."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import insert, literal, select

from movements.tables import MOVEMENT
from movements.unique_id import id_of
from tests.travellers import BIHAR, KERALA, MAHARASHTRA, SOON, row


def test_who_was_withdrawn_is_gone_for_those_who_could_see_them(regime, send, as_):
    regime("notify")
    (person,) = send(row(1))
    path = f"/api/v1/people/{person}?purpose=grievance"
    gone = as_("uploader", MAHARASHTRA).delete(f"/api/v1/people/{person}")
    assert gone.status_code == 200, gone.text
    for state in (MAHARASHTRA, BIHAR):
        answer = as_("state", state).get(path)
        assert (answer.status_code, answer.json["code"]) == (410, "withdrawn")
    answer = as_("state", KERALA).get(path)
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_person")
    found = as_("state", MAHARASHTRA).post(
        "/api/v1/people/find?purpose=grievance", json={"id": person}
    )
    assert found.json == {"people": []}


@pytest.fixture(scope="module")
def once():
    return {}


@pytest.fixture
def twice(database, regime, send, once):
    """Three people, of whom the first travels again a month later; once for all."""
    if "people" not in once:
        once["people"] = _sent_and_again(database, regime, send)
    return once["people"]


def _sent_and_again(database, regime, send):
    regime("notify")
    people = send(*(row(at, day=SOON + timedelta(days=at - 10)) for at in (10, 11, 12)))
    new = {
        "movement_id": literal(uuid4()),
        "travel_date": literal(SOON + timedelta(days=30)),
    }
    columns = {each.name: each for each in MOVEMENT.c} | new
    again = select(*columns.values()).where(MOVEMENT.c.person_id == id_of(people[0]))
    with database.owner.begin() as db:
        db.execute(insert(MOVEMENT).from_select(list(columns), again))
    return people


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_who_travels_twice_is_listed_once_with_both_journeys(twice, as_, limit):
    client = as_("state", MAHARASHTRA)
    path = f"/api/v1/people?purpose=permit&limit={limit}&from={SOON}"
    people = []
    while path:
        answer = client.get(path).json
        people += answer["people"]
        after = answer["next"]
        path = after and urlsplit(after)._replace(scheme="", netloc="").geturl()
    ours = [each for each in people if each["id"] in twice]
    assert [each["id"] for each in ours] == twice
    assert [len(each["journeys"]) for each in ours] == [2, 1, 1]


def test_by_a_filter_that_keeps_the_second_alone_both_are_told(twice, as_):
    later = SOON + timedelta(days=20)
    path = f"/api/v1/people?purpose=permit&from={later}"
    (person,) = as_("state", MAHARASHTRA).get(path).json["people"]
    assert (person["id"], len(person["journeys"])) == (twice[0], 2)
