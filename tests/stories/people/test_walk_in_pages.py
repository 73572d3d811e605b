"""The desk's page: one walk-in after the other, and whoever is on a list after all."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from signing_in import SAME, begin_session, form_token
from sqlalchemy import func, select

from gis_service.audit.reading import who_saw
from movements.tables import BATCH, MOVEMENT, MOVEMENT_EVENT
from movements.unique_id import id_of, id_text
from tests.travellers import BIHAR, GAYA, PATNA, TODAY, mobile, row

NEW = "/arrivals/new"


@pytest.fixture(scope="module")
def desk(app, database):
    """A signed-in officer of Patna, and how to post its form."""
    client = app.test_client()
    begin_session(client, database, role="district", district=PATNA)

    def post(**given):
        sent = {"csrf_token": form_token(client, NEW), "form": "one"} | given
        return client.post(NEW, data=sent, headers=SAME)

    client.send = post
    return client


def typed(at: int, **more) -> dict[str, str]:
    return {
        "name": f"Namuna Agantuk {at}",
        "age": str(20 + at % 50),
        "mobile": mobile(at)[3:],
        "origin_district": "Pune, Maharashtra",
        "travel_date": TODAY.isoformat(),
        "mode": "train",
        "category": "labour",
        "form": f"form-{at}",
    } | more


def number(answer) -> str:
    return re.search(r'class="number">([^<]+)<', answer.text)[1]


def test_a_desk_registers_one_after_the_other(desk, database):
    ride = {"train_number": "01911", "train_date": str(TODAY), "vehicle": "s 4"}
    first = desk.send(**typed(300, **ride))
    assert first.status_code == 201, first.text
    # What the next one mostly has in common stays; who they are does not.
    assert 'value="01911"' in first.text
    assert 'value="Pune, Maharashtra"' in first.text
    assert "Namuna Agantuk 300" not in first.text
    with database.owner.connect() as db:
        found = db.execute(
            select(MOVEMENT.c.vehicle, MOVEMENT.c.train_number, MOVEMENT.c.walk_in)
            .where(MOVEMENT.c.person_id == id_of(number(first)))
        ).one()  # fmt: skip
    assert tuple(found) == ("S4", "01911", True)


def test_a_second_click_has_one_effect(desk, database):
    first, again = (desk.send(**typed(301)) for _ in range(2))
    assert number(first) == number(again)
    other = desk.send(**typed(302, form="form-301"))
    assert other.status_code == 409
    assert "Namuna Agantuk 302" in other.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "7"}, "name"),
        ({"mobile": "12345"}, "mobile"),
        ({"origin_district": "Atlantis"}, "origin_district"),
        ({"travel_date": str(TODAY + timedelta(days=1))}, "travel_date"),
        ({"train_number": "12"}, "train_number"),
        ({"train_number": "01911", "vehicle": "स"}, "vehicle"),
        ({"train_number": "01911", "vehicle": "S" * 30}, "vehicle"),
        ({"train_number": "01911", "train_date": "x"}, "train_date"),
        ({"train_date": str(TODAY)}, "train_number"),
        ({"vehicle": "S4"}, "vehicle"),
        ({"mode": "bus", "train_number": "01911"}, "train_number"),
        ({"mode": "bus", "vehicle": "S4"}, "vehicle"),
        (
            {"train_number": "01911", "train_date": str(TODAY - timedelta(days=9))},
            "train_date",
        ),
        ({"guardian_ref": "typo typo"}, "guardian_ref"),
        ({"guardian_ref": "7"}, "guardian_ref"),
        ({"age": "200"}, "age"),
        ({"age": ""}, "age"),
        ({"travel_date": ""}, "travel_date"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(desk, wrong, field):
    answer = desk.send(
        **typed(310, form=f"wrong-{field}-{sorted(wrong.items())}"[:40]) | wrong
    )
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert "Namuna Agantuk 310" in answer.text or "name" in wrong


def test_whoever_is_on_a_list_is_shown_and_confirmed(desk, send, app, database, regime):
    regime("notify")
    (person,) = send(row(320, day=TODAY))
    asked = desk.send(**typed(320))
    assert asked.status_code == 409
    assert person in asked.text
    with database.audit.connect() as db:
        seen = who_saw(db, person, key=app.extensions["audit"])
    assert seen[-1]["action"] == "arrival.look_up"
    done = desk.send(**typed(320), listed=f"{person} {TODAY}")
    assert done.status_code == 200
    assert number(done) == person
    with database.owner.connect() as db:
        own = MOVEMENT_EVENT.c.person_id == id_of(person)
        events = db.scalars(select(MOVEMENT_EVENT.c.event).where(own)).all()
    assert events == ["arrived"]
    # Confirmed already: that changes nothing, and is no fault.
    assert desk.send(**typed(320), listed=f"{person} {TODAY}").status_code == 200


def test_what_they_came_in_is_recorded_with_the_confirmation(
    desk, send, database, regime
):
    regime("notify")
    (person,) = send(row(324, day=TODAY))
    ride = {"train_number": "01977", "train_date": str(TODAY), "vehicle": "S7"}
    given = typed(324, **ride) | {"listed": f"{person} {TODAY}"}
    assert desk.send(**given | {"train_date": ""}).status_code == 409
    assert desk.send(**given).status_code == 200
    own = MOVEMENT.c.person_id == id_of(person)
    with database.owner.connect() as db:
        found = db.execute(
            select(MOVEMENT.c.train_number, MOVEMENT.c.vehicle).where(own)
        ).one()
    assert tuple(found) == ("01977", "S7")


def test_who_is_there_already_is_shown_and_not_counted_again(desk, database):
    first = number(desk.send(**typed(325)))
    asked = desk.send(**typed(325, form="another-desk"))
    assert asked.status_code == 409
    assert first in asked.text
    ride = {"train_number": "01977", "train_date": str(TODAY), "vehicle": "S9"}
    done = desk.send(**typed(325, **ride), there=f"{first} {TODAY}")
    assert number(done) == first
    assert "Registered before" in done.text
    unknown = desk.send(**typed(325), there=f"{id_text(uuid4())} {TODAY}")
    assert unknown.status_code == 409
    assert 'class="number"' not in unknown.text
    with database.owner.connect() as db:
        own = MOVEMENT_EVENT.c.person_id == id_of(first)
        count = select(func.count()).select_from(MOVEMENT_EVENT).where(own)
        assert db.scalar(count) == 1


def test_who_travels_in_days_to_come_is_not_offered(desk, send, regime):
    regime("notify")
    (person,) = send(row(326, day=TODAY + timedelta(days=5)))
    answer = desk.send(**typed(326))
    assert answer.status_code == 201
    assert person not in answer.text


@pytest.mark.parametrize("form", ["a\0b", "", "x" * 50, "%ud800"])
def test_a_form_that_is_known_by_nothing_is_taken_once(desk, form):
    assert desk.send(**typed(327, mobile="", form=form)).status_code == 201


def test_a_refused_form_leaves_no_batch(desk, database):
    batches = select(func.count()).select_from(BATCH)
    with database.owner.connect() as db:
        before = db.scalar(batches)
    assert desk.send(**typed(328, age="200")).status_code == 422
    with database.owner.connect() as db:
        assert db.scalar(batches) == before


def test_look_ups_are_limited_as_elsewhere(app, database):
    client = app.test_client()
    begin_session(client, database, role="district", district=GAYA)
    sent = {"mobile": mobile(329), "csrf_token": form_token(client, NEW)}
    found = [client.post(NEW, data=sent, headers=SAME).status_code for _ in range(120)]
    assert (found[0], 429 in found) == (422, True)


def test_who_only_has_the_same_phone_is_registered_all_the_same(desk, send, regime):
    regime("notify")
    (person,) = send(row(321, day=TODAY))
    assert desk.send(**typed(321)).status_code == 409
    done = desk.send(**typed(321), anyway="1")
    assert done.status_code == 201
    assert number(done) != person


def test_who_goes_elsewhere_is_not_shown(desk, send, regime):
    regime("notify")
    (person,) = send(row(322, day=TODAY, to="Gaya, Bihar"))
    answer = desk.send(**typed(322))
    assert answer.status_code == 201
    assert person not in answer.text


@pytest.mark.parametrize("given", ["", "x", "0000 2020-01-01", "a b c"])
def test_a_made_up_confirmation_records_nothing(desk, given):
    answer = desk.send(**typed(323), listed=given)
    assert answer.status_code == 422


def test_a_state_chooses_the_district(app, database):
    client = app.test_client()
    begin_session(client, database, role="state", state=BIHAR)
    form = client.get(NEW).text
    assert f'<option value="{GAYA}"' in form
    assert '<option value="490"' not in form
    sent = typed(
        330, destination_district=str(GAYA), csrf_token=form_token(client, NEW)
    )
    assert client.post(NEW, data=sent, headers=SAME).status_code == 201


def test_a_district_registers_nowhere_else_whatever_is_sent(desk, database):
    done = desk.send(**typed(331, destination_district=str(GAYA)))
    with database.owner.connect() as db:
        own = MOVEMENT.c.person_id == id_of(number(done))
        end = db.scalar(select(MOVEMENT.c.destination_district).where(own))
    assert end == PATNA


@pytest.mark.parametrize("role", ["uploader", "railways", "analyst", "auditor"])
def test_it_is_for_officers_of_a_destination(app, database, role):
    client = app.test_client()
    state = BIHAR if role == "uploader" else None
    begin_session(client, database, role=role, state=state)
    assert client.get(NEW).status_code == 403


def test_a_form_of_another_site_does_nothing(desk, database):
    with database.owner.connect() as db:
        before = db.scalar(select(func.count()).select_from(MOVEMENT))
    assert desk.post(NEW, data=typed(340), headers=SAME).status_code == 403
    with database.owner.connect() as db:
        assert db.scalar(select(func.count()).select_from(MOVEMENT)) == before


def test_whoever_is_not_signed_in_is_asked_to(app):
    answer = app.test_client().get(NEW)
    assert (answer.status_code, "sign-in" in answer.headers["Location"]) == (303, True)


def test_it_speaks_hindi(desk):
    answer = desk.get(f"{NEW}?lang=hi")
    assert "बिना सूची के" in answer.text
    desk.get(f"{NEW}?lang=en")
