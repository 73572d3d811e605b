"""One person through the stages, as each role sees them, and nobody else's."""

from datetime import timedelta
from itertools import count

import pytest

from gis_service.audit.reading import who_saw
from tests.travellers import (
    BIHAR,
    GAYA,
    KERALA,
    MADHYA,
    MAHARASHTRA,
    MUMBAI,
    PATNA,
    PUNE,
    SOON,
    UTTAR,
    mobile,
    row,
)

SEALED = {"name", "age", "gender", "mobile", "aadhaar",
          "current_address", "permanent_address"}  # fmt: skip
NAMED = {"name", "age", "permanent_address"}
PURPOSE = {"uploader": "own_batch", "railways": "manifest"}

ORIGIN, DESTINATION = {"state": MAHARASHTRA}, {"state": BIHAR}
AT_HOME = (("state", ORIGIN), ("district", {"district": PUNE}))
AT_THE_END = (("state", DESTINATION), ("district", {"district": PATNA}))
OTHERS = (
    ("state", {"state": KERALA}),
    ("district", {"district": MUMBAI}),
    ("district", {"district": GAYA}),
    ("uploader", {"state": BIHAR}),
)


@pytest.fixture
def sees(as_):
    """``sees(person, role, …)``: the person's body; None where they are unknown."""

    def seen(person, role, *, state=None, district=None):
        purpose = PURPOSE.get(role, "reception")
        path = f"/api/v1/people/{person}?purpose={purpose}"
        answer = as_(role, state, district).get(path)
        if answer.status_code == 404:
            assert answer.json["code"] == "unknown_person"
            return None
        assert answer.status_code == 200, answer.text
        return answer.json

    return seen


def fields(body) -> set[str]:
    return {*body, *(name for each in body["journeys"] for name in each)} - {"journeys"}


def sealed(body) -> set[str]:
    return fields(body) & SEALED


NUMBERS = count(1)


@pytest.fixture
def at():
    """The number of this test's traveller."""
    return next(NUMBERS)


@pytest.fixture
def asked(regime, send, at):
    """A person whose destination has to agree, and was not asked yet."""
    regime("required")
    return send(row(at))


def test_who_sent_them_and_who_sends_them_off_see_all_at_once(asked, sees, at):
    own = sees(asked[0], "uploader", state=MAHARASHTRA)
    assert own["name"] == f"Namuna {at}"
    assert own["mobile"] == mobile(at)
    assert own["aadhaar"] is None
    assert own["journeys"][0]["source_ref"] == f"ref-{at}"
    for role, unit in AT_HOME:
        body = sees(asked[0], role, **unit)
        assert fields(body) >= SEALED | {"route_states", "origin", "destination"}
        assert "source_ref" not in fields(body)
        assert body["journeys"][0]["route_states"] == [27, 23, 9, 10]


def test_where_permission_is_required_nobody_else_knows_them_before_it_is_asked(
    asked, sees, say, at
):
    for role, unit in (*AT_THE_END, *OTHERS, ("state", {"state": MADHYA})):
        assert sees(asked[0], role, **unit) is None
    assert sees(asked[0], "railways") is None
    say("permission_requested", asked, state=MAHARASHTRA)
    for role, unit in AT_THE_END:
        body = sees(asked[0], role, **unit)
        assert sealed(body) == NAMED
        assert body["name"] == f"Namuna {at}"
        assert body["journeys"][0]["permission"] == "requested"
    for role, unit in OTHERS:
        assert sees(asked[0], role, **unit) is None


def test_after_the_grant_contacts_after_departure_all(asked, sees, say, at):
    say("permission_requested", asked, state=MAHARASHTRA)
    say("permission_granted", asked, state=BIHAR)
    for role, unit in AT_THE_END:
        assert sealed(sees(asked[0], role, **unit)) == NAMED | {"mobile"}
    assert sees(asked[0], "state", state=MADHYA) is None
    say("departed", asked, state=MAHARASHTRA)
    for role, unit in AT_THE_END:
        assert fields(sees(asked[0], role, **unit)) >= SEALED | {"destination"}
    say("arrived", asked, state=BIHAR)
    assert sees(asked[0], "state", state=BIHAR)["mobile"] == mobile(at)


def test_a_refused_person_stays_as_they_were_seen(asked, sees, say):
    say("permission_requested", asked, state=MAHARASHTRA)
    say("permission_refused", asked, state=BIHAR)
    assert sealed(sees(asked[0], "state", state=BIHAR)) == NAMED


def test_on_the_way_a_state_sees_who_passes_by_id_and_train_alone(asked, sees, say):
    train = {"number": "01901", "day": SOON.isoformat()}
    say("requisitioned", asked, state=MAHARASHTRA, train=train)
    assert sees(asked[0], "state", state=MADHYA) is None
    say("departed", asked, state=MAHARASHTRA)
    through = sees(asked[0], "state", state=MADHYA)
    assert fields(through) == {
        "id", "movement", "travel_date", "mode", "stage", "train_number", "train_date",
        "vehicle",
    }  # fmt: skip
    assert through["journeys"][0]["train_number"] == "01901"
    assert sees(asked[0], "state", state=UTTAR) == through
    assert sees(asked[0], "state", state=KERALA) is None


def test_only_from_a_day_before_to_two_days_after(regime, send, sees, say):
    regime("notify")
    days = {ahead: SOON + timedelta(days=ahead - 1) for ahead in (-3, -2, 1, 2)}
    people = {ahead: send(row(70 + ahead, day=day))[0] for ahead, day in days.items()}
    say("departed", list(people.values()), state=MAHARASHTRA)
    assert {
        ahead for ahead, who in people.items() if sees(who, "state", state=MADHYA)
    } == {-2, 1}


def test_the_railways_see_whom_they_carry_never_how_to_reach_them(asked, sees, say):
    say("requisitioned", asked, state=MAHARASHTRA, train={"number": "01901"})
    body = sees(asked[0], "railways")
    assert sealed(body) == {"name", "age", "gender"}
    assert {"destination_district", "category"}.isdisjoint(fields(body))
    assert body["journeys"][0]["origin_district"] == PUNE


def test_where_none_is_required_the_destination_sees_them_at_once(regime, send, sees):
    regime("notify")
    (person,) = send(row(60))
    for role, unit in AT_THE_END:
        assert sealed(sees(person, role, **unit)) == NAMED | {"mobile"}
    for role, unit in (*OTHERS, ("state", {"state": MADHYA})):
        assert sees(person, role, **unit) is None


def test_a_purpose_is_needed_and_who_saw_is_on_record(app, database, asked, as_):
    path = f"/api/v1/people/{asked[0]}"
    officer = as_("state", MAHARASHTRA)
    assert officer.get(path).json["code"] == "purpose_required"
    assert officer.get(f"{path}?purpose=trace").json["code"] == "purpose_required"
    assert officer.get(f"{path}?purpose=grievance").status_code == 200
    key = app.extensions["audit"]
    with database.audit.connect() as db:
        entry = who_saw(db, asked[0], key=key)[-1]
    assert (entry["action"], entry["purpose"]) == ("person.read", "grievance")


def test_an_entity_tag_tells_a_change(asked, as_, say):
    path = f"/api/v1/people/{asked[0]}?purpose=permit"
    officer = as_("state", MAHARASHTRA)
    tag = officer.get(path).headers["ETag"]
    same = officer.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    say("permission_requested", asked, state=MAHARASHTRA)
    changed = officer.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_one_journey_by_its_own_id(asked, as_, at):
    listed = as_("state", MAHARASHTRA).get("/api/v1/movements?purpose=permit")
    movement = next(
        m["movement"] for m in listed.json["movements"] if m["id"] == asked[0]
    )
    path = f"/api/v1/movements/{movement}?purpose=permit"
    assert as_("state", MAHARASHTRA).get(path).json["name"] == f"Namuna {at}"
    for state in (BIHAR, KERALA):
        answer = as_("state", state).get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_journey")
    nowhere = "/api/v1/movements/00000000-0000-0000-0000-000000000000?purpose=permit"
    assert as_("state", BIHAR).get(nowhere).status_code == 404


@pytest.mark.parametrize("role", ["ministry", "analyst", "auditor", "tracer"])
def test_who_has_no_right_on_people_has_none(as_, role):
    for path in ("/people", "/movements", "/arrivals"):
        answer = as_(role).get(f"/api/v1{path}?purpose=reception")
        assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
