"""Somebody is looked up, and what is masked of them is revealed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gis_service.audit.reading import who_saw
from tests.signing_in import begin_session
from tests.travellers import BIHAR, KERALA, MAHARASHTRA, PUNE, mobile, row

FIND = "/api/v1/people/find?purpose=grievance"
# Synthetic; its check digit is right.
AADHAAR = "234567890124"


@pytest.fixture
def group(regime, send):
    """Two people with one phone between them, and one with another."""
    regime("required")
    together = row(3), row(4).replace(mobile(4)[3:], mobile(3)[3:])
    return send(*together, row(5))


def found(client, **by):
    answer = client.post(FIND, json=by)
    assert answer.status_code == 200, answer.text
    return {each["id"] for each in answer.json["people"]}


@pytest.mark.parametrize(
    "said", ["98765 00003", "+91-9876500003", "09876500003", "९८७६५००००३"]
)
def test_by_mobile_however_it_is_said(group, as_, said):
    for role, unit in (("state", (MAHARASHTRA,)), ("district", (None, PUNE))):
        assert found(as_(role, *unit), mobile=said) == set(group[:2])
    assert found(as_("uploader", MAHARASHTRA), mobile=said) == set(group[:2])


def test_who_travels_in_another_month_is_found_as_soon_as_they_are_sent(
    group, send, as_
):
    looking = as_("state", MAHARASHTRA)
    assert found(looking, mobile=mobile(3))
    assert found(looking, mobile=mobile(61)) == set()
    for month in (5, 8):
        day = date(2020, month, 4)
        sent = send(row(60 + month, day=day), row(61, day=day + timedelta(days=31)))
        assert found(looking, mobile=mobile(60 + month)) == {sent[0]}
        assert sent[1] in found(looking, mobile=mobile(61))


def test_by_unique_id_as_it_is_typed(group, as_):
    typed = group[2].replace("-", " ").lower()
    assert found(as_("state", MAHARASHTRA), id=typed) == {group[2]}


def test_nobody_and_people_of_others_are_the_same_answer(group, as_):
    others = as_("state", KERALA)
    nobody = others.post(FIND, json={"mobile": "9000000000"})
    assert nobody.json == {"people": []}
    for by in ({"mobile": mobile(3)}, {"id": group[0]}):
        answer = others.post(FIND, json=by)
        assert (answer.status_code, answer.data) == (200, nobody.data)


def test_whose_mobile_is_not_shown_is_not_found_by_it(group, as_, say):
    end = as_("state", BIHAR)
    assert found(end, mobile=mobile(3)) == set()
    say("permission_requested", group, state=MAHARASHTRA)
    assert found(end, id=group[0]) == {group[0]}
    assert found(end, mobile=mobile(3)) == set()
    say("permission_granted", group[:1], state=BIHAR)
    assert found(end, mobile=mobile(3)) == {group[0]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_parameter"),
        ({"mobile": mobile(3), "id": "x"}, "bad_parameter"),
        ({"mobile": "12345"}, "bad_parameter"),
        ({"id": "x"}, "bad_unique_id"),
        ({"name": "Asha"}, "invalid_parameters"),
        ([], "invalid_parameters"),
    ],
)
def test_what_cannot_be_looked_up(as_, body, code):
    answer = as_("state", MAHARASHTRA).post(FIND, json=body)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert "12345" not in answer.text


def test_a_look_up_needs_a_purpose_and_leaves_an_entry(app, database, group, as_):
    officer = as_("state", MAHARASHTRA)
    bare = officer.post("/api/v1/people/find", json={"mobile": mobile(5)})
    assert bare.json["code"] == "purpose_required"
    found(officer, mobile=mobile(5))
    with database.audit.connect() as db:
        entry = who_saw(db, group[2], key=app.extensions["audit"])[-1]
    assert (entry["action"], entry["purpose"]) == ("person.find", "grievance")


def test_who_may_not_look_up_may_not(as_):
    for role in ("railways", "ministry", "auditor"):
        answer = as_(role).post(FIND, json={"mobile": mobile(3)})
        assert answer.json["code"] == "not_permitted"


@pytest.fixture
def kept(app, monkeypatch):
    """``kept(how)``: what the installation keeps of Aadhaar numbers."""
    settings = app.extensions["settings"]

    def keep(how: str) -> None:
        monkeypatch.setitem(app.extensions, "settings", replace(settings, aadhaar=how))

    return keep


@pytest.fixture
def officer(app, database):
    """``officer(ago=None, **unit)``: a client with a session of its own."""

    def begun(ago=None, **unit):
        client = app.test_client()
        unit = unit or {"role": "state", "state": MAHARASHTRA}
        header = begin_session(client, database, ago=ago, **unit)

        def reveal(person, field="aadhaar", purpose="grievance"):
            path = f"/api/v1/people/{person}/reveal?purpose={purpose}"
            return client.post(path, json={"field": field}, headers=header)

        return reveal

    return begun


@pytest.fixture
def numbered(regime, send, kept):
    """A person who was sent with a number, where numbers are kept."""
    kept("vault")
    regime("required")
    return send(row(6, aadhaar=AADHAAR))[0]


def test_a_number_is_masked_until_it_is_revealed(app, database, numbered, as_, officer):
    person = numbered
    path = f"/api/v1/people/{person}?purpose=grievance"
    shown = as_("state", MAHARASHTRA).get(path)
    assert shown.json["aadhaar"] == f"XXXX XXXX {AADHAAR[-4:]}"
    assert AADHAAR not in shown.text
    answer = officer()(person)
    assert answer.status_code == 200, answer.text
    assert answer.json == {"id": person, "field": "aadhaar", "value": AADHAAR}
    assert "no-store" in answer.headers["Cache-Control"]
    with database.audit.connect() as db:
        entry = who_saw(db, person, key=app.extensions["audit"])[-1]
    assert (entry["action"], entry["purpose"]) == ("person.reveal", "grievance")
    assert entry["plane"] == "nmis_vault"


def test_it_takes_a_sign_in_of_a_moment_ago(group, as_, officer, kept):
    kept("vault")
    stale = officer(ago=timedelta(minutes=6))(group[0])
    assert (stale.status_code, stale.json["code"]) == (403, "step_up_needed")
    path = f"/api/v1/people/{group[0]}/reveal?purpose=grievance"
    token = as_("state", MAHARASHTRA).post(path, json={"field": "aadhaar"})
    assert token.json["code"] == "step_up_needed"


@pytest.mark.parametrize("how", ["off", "last4"])
def test_where_no_number_is_kept_there_is_nothing_to_reveal(
    regime, send, kept, officer, how
):
    kept(how)
    regime("required")
    (person,) = send(row({"off": 7, "last4": 8}[how], aadhaar=AADHAAR))
    answer = officer()(person)
    assert (answer.status_code, answer.json["code"]) == (404, "nothing_to_reveal")
    assert f"NMIS_AADHAAR={how}" in answer.json["detail"]


def test_nor_of_what_is_shown_whole_or_was_never_sent(group, officer, kept):
    kept("vault")
    mine = officer()
    assert "shown whole" in mine(group[0], "mobile").json["detail"]
    assert "no Aadhaar number" in mine(group[0]).json["detail"]
    assert mine(group[0], "fingerprint").json["code"] == "invalid_parameters"
    assert mine(group[0], purpose="trace").json["code"] == "purpose_required"


def test_nor_of_people_of_others(group, officer, kept):
    kept("vault")
    answer = officer(role="state", state=KERALA)(group[0])
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_person")
