"""People who arrived on no list: registered at the desk where they arrived."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gis_service.audit.reading import who_saw
from movements.flow import FLOW_DAY
from movements.tables import MOVEMENT, MOVEMENT_EVENT
from movements.unique_id import id_of
from tests.travellers import (
    BIHAR,
    GAYA,
    KERALA,
    MAHARASHTRA,
    PATNA,
    PUNE,
    TODAY,
    mobile,
)

WALK_INS = "/api/v1/walk-ins"
ARRIVALS = f"/api/v1/arrivals?purpose=reception&day={TODAY}"
ORIGIN, END = "Pune, Maharashtra", "Patna, Bihar"


def person(at: int, **more) -> dict[str, str]:
    """Somebody who came from Pune today."""
    return {
        "name": f"Namuna Agantuk {at}",
        "age": str(20 + at % 50),
        "mobile": mobile(at)[3:],
        "category": "labour",
        "origin_district": ORIGIN,
        "destination_district": END,
        "travel_date": TODAY.isoformat(),
        "mode": "train",
        "permanent_address": f"Gram {at}",
    } | more


@pytest.fixture
def patna(as_):
    """The desk of a district."""
    return as_("district", None, PATNA)


def test_who_is_registered_has_arrived_and_has_an_id(patna, as_):
    told = patna.post(WALK_INS, json=[person(1), person(2, mode="bus")])
    assert told.status_code == 201, told.text
    assert (told.json["accepted"], told.json["refused"]) == (2, 0)
    first, second = (each["id"] for each in told.json["people"])
    body = patna.get(f"/api/v1/people/{first}?purpose=reception").json
    (journey,) = body["journeys"]
    assert body["name"] == "Namuna Agantuk 1"
    assert (journey["stage"], journey["walk_in"]) == ("arrived", True)
    events = patna.get(f"/api/v1/people/{second}/events?purpose=reception").json
    (event,) = events["events"]
    assert (event["event"], event["by_role"], event["by_unit"]) == (
        "arrived", "district", PATNA,
    )  # fmt: skip
    origin = as_("state", MAHARASHTRA).get(f"/api/v1/people/{first}?purpose=permit")
    assert origin.json["mobile"] == mobile(1)
    assert as_("state", KERALA).get(
        f"/api/v1/people/{first}?purpose=permit"
    ).status_code == 404  # fmt: skip


def test_sixty_walk_ins_of_a_train_are_counted_apart(patna, database):
    """Hard case 10: who boarded, who arrived and who was on no list stay separate."""
    way = f"{WALK_INS}?train_number=01907&train_date={TODAY}&vehicle=s-4"
    with database.owner.connect() as db:
        before = db.scalar(select(func.coalesce(func.sum(FLOW_DAY.c.n), 0)))
    told = patna.post(way, json=[person(at) for at in range(100, 160)])
    assert told.json["accepted"] == 60, told.text
    groups = patna.get(ARRIVALS).json["groups"]
    (train,) = [each for each in groups if each["train_number"] == "01907"]
    assert (train["arrived"], train["walk_ins"], train["people"]) == (60, 60, 60)
    with database.owner.connect() as db:
        after = db.scalar(select(func.sum(FLOW_DAY.c.n)))
        ids = [id_of(each["id"]) for each in told.json["people"]]
        found = db.execute(
            select(MOVEMENT.c.vehicle, MOVEMENT.c.carriage, MOVEMENT.c.stage).where(
                MOVEMENT.c.person_id.in_(ids)
            )
        ).all()
    assert after - before == 60
    assert len({each.carriage for each in found}) == 1
    assert {(each.vehicle, each.stage) for each in found} == {("S4", "arrived")}


@pytest.mark.parametrize(
    ("role", "unit", "to", "field"),
    [
        ("district", {"district": PATNA}, "Gaya, Bihar", "destination_district"),
        ("district", {"district": PATNA}, "Pune, Maharashtra", "destination_district"),
        ("state", {"state": BIHAR}, "Pune, Maharashtra", "destination_district"),
    ],
)
def test_nobody_is_registered_at_places_of_others(as_, role, unit, to, field):
    told = as_(role, **unit).post(WALK_INS, json=[person(3, destination_district=to)])
    (fault,) = told.json["faults"]
    assert (fault["code"], fault["field"]) == ("not_your_arrival", field)
    assert told.json["people"] == []


def test_a_state_registers_at_each_of_its_districts(as_):
    rows = [person(4), person(5, destination_district="Gaya, Bihar")]
    assert as_("state", BIHAR).post(WALK_INS, json=rows).json["accepted"] == 2


@pytest.mark.parametrize(
    ("row", "way", "code"),
    [
        (
            {"travel_date": str(TODAY + timedelta(days=1))},
            "",
            "travel_date_outside_window",
        ),
        ({"mode": "bus"}, "?train_number=01907", "not_by_train"),
        ({}, "?vehicle=S4", "no_train"),
        ({}, "?vehicle=S4&train_number=01907", "no_train"),
        ({"mode": "bus"}, "?vehicle=S4", "not_a_mark"),
        (
            {},
            f"?train_number=01907&train_date={TODAY - timedelta(days=5)}",
            "other_day",
        ),
        ({}, "?train_number=01907&train_date=0001-01-01", "other_day"),
        ({}, "?train_number=01907&train_date=9999-12-31", "other_day"),
        ({"name": ""}, "", "required"),
    ],
)
def test_what_cannot_be_is_a_fault_of_its_row(patna, row, way, code):
    told = patna.post(WALK_INS + way, json=[person(6, **row), person(7) | row])
    assert [each["code"] for each in told.json["faults"]] == [code] * 2
    assert told.json["accepted"] == 0


def test_the_same_sent_again_has_one_effect(patna, as_):
    headers = {"Idempotency-Key": "desk-1-0007"}
    first = patna.post(WALK_INS, json=[person(8)], headers=headers)
    again = patna.post(WALK_INS, json=[person(8)], headers=headers)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json["people"] == first.json["people"]
    other = patna.post(WALK_INS, json=[person(9)], headers=headers)
    assert other.json["code"] == "idempotency_mismatch"
    # Another officer's key is another key.
    theirs = as_("state", BIHAR).post(WALK_INS, json=[person(8)], headers=headers)
    assert theirs.json["people"] != first.json["people"]


def test_a_trial_stores_nothing_and_says_the_same(patna):
    told = patna.post(f"{WALK_INS}?dry_run=true", json=[person(10)])
    assert told.status_code == 200
    assert (told.json["batch"], told.json["accepted"]) == (None, 1)
    found = patna.post(
        "/api/v1/people/find?purpose=reception", json={"mobile": mobile(10)}
    )
    assert found.json["people"] == []


def test_a_minor_hangs_on_a_guardian_of_the_same_rows(patna):
    rows = [
        person(11, source_ref="1"),
        person(12, age="9", mobile="", guardian_ref="1"),
    ]
    told = patna.post(WALK_INS, json=rows).json
    guardian, child = (each["id"] for each in told["people"])
    assert [each["code"] for each in told["ignored"]] == ["walk_in_ref"]
    body = patna.get(f"/api/v1/people/{child}?purpose=reception").json
    assert body["guardian"] == guardian


def test_nobody_whom_the_desk_does_not_see_is_a_guardian(as_, patna, send, database):
    """Neither a row id nor a unique ID tells whether somebody else's person exists."""
    (away,) = send(
        f'Namuna 30,30,female,{mobile(30)[3:]},,labour,"Gaya, Bihar",'
        f'"Pune, Maharashtra",{TODAY},train,,Khata 30,Gram 30,ref-away-30\n',
        state=BIHAR,
    )
    assert patna.get(f"/api/v1/people/{away}?purpose=reception").status_code == 404
    for ref in ("ref-away-30", away, "no-such-row", "0000-0000"):
        row = person(31, age="9", guardian_ref=ref)
        for way in (f"{WALK_INS}?dry_run=true", WALK_INS):
            told = patna.post(way, json=[row]).json
            assert [each["code"] for each in told["ignored"]] == ["guardian_not_here"]
        child = told["people"][0]["id"]
        body = patna.get(f"/api/v1/people/{child}?purpose=reception").json
        assert body["guardian"] is None


def test_a_guardian_on_another_states_list_is_found_where_both_arrive(
    patna, send, regime, database, app
):
    regime("notify")
    (guardian,) = send(
        f'Namuna 32,30,female,{mobile(32)[3:]},,labour,"Pune, Maharashtra",'
        f'"Patna, Bihar",{TODAY},train,,Khata 32,Gram 32,ref-32\n'
    )
    told = patna.post(WALK_INS, json=[person(33, age="9", guardian_ref=guardian)]).json
    assert told["ignored"] == []
    child = told["people"][0]["id"]
    body = patna.get(f"/api/v1/people/{child}?purpose=reception").json
    assert body["guardian"] == guardian
    with database.audit.connect() as db:
        entries = who_saw(db, guardian, key=app.extensions["audit"])
    assert "arrival.guardian" in {each["action"] for each in entries}


def test_a_refused_row_is_nobodys_guardian(patna, send):
    send(
        f'Namuna 34,30,female,{mobile(34)[3:]},,labour,"Patna, Bihar",'
        f'"Pune, Maharashtra",{TODAY},train,,Khata 34,Gram 34,1\n',
        state=BIHAR,
    )
    rows = [
        person(35, source_ref="1", age="999"),
        person(36, age="9", guardian_ref="1"),
    ]
    told = patna.post(WALK_INS, json=rows).json
    codes = [each["code"] for each in told["ignored"]]
    assert codes == ["walk_in_ref", "guardian_not_here"]
    body = patna.get(f"/api/v1/people/{told['people'][0]['id']}?purpose=reception").json
    assert body["guardian"] is None


def test_keys_of_others_are_others_and_told_as_they_were_sent(patna, as_, database):
    with database.owner.connect() as db:
        token = db.scalar(
            select(MOVEMENT_EVENT.c.token_id)
            .where(MOVEMENT_EVENT.c.by_unit == PATNA)
            .limit(1)
        )
    system = as_("uploader", BIHAR)
    row = person(37, origin_district=END, destination_district=ORIGIN)
    for at, key in enumerate((f"walk-in {token} k2", f"walk-in\x1f{token}\x1fk2")):
        sent = system.post(
            "/api/v1/batches", json=[row], headers={"Idempotency-Key": key}
        )
        assert sent.status_code == (422 if at else 201)
    mine = {"Idempotency-Key": "k2"}
    assert patna.post(WALK_INS, json=[person(38)], headers=mine).status_code == 201
    other = patna.post(WALK_INS, json=[person(39)], headers=mine)
    assert "'k2'" in other.json["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "application/json", 400, "unreadable_upload"),
        (b"[]", "application/json", 400, "unreadable_upload"),
        (b'{"a":"\\u0000"}', "application/json", 422, None),
        (b"\xff\xfe\x00", "text/csv", 400, "unreadable_upload"),
        (b"x" * (17 * 1024 * 1024), "text/csv", 413, "upload_too_large"),
        (b"a=1", "multipart/form-data; boundary=x", 400, "unreadable_upload"),
    ],
)
def test_what_cannot_be_read_is_said(patna, body, kind, status, code):
    told = patna.post(WALK_INS, data=body, headers={"Content-Type": kind})
    assert told.status_code == status, told.text
    assert code in (None, told.json["code"])


def test_a_row_id_changes_nobody_of_the_states_own_lists(as_, patna, send):
    listed = send(
        f'Namuna 13,30,female,{mobile(13)[3:]},,labour,"Patna, Bihar",'
        f'"Pune, Maharashtra",{TODAY},train,,Khata 13,Gram 13,ref-walk-13\n',
        state=BIHAR,
    )
    told = patna.post(WALK_INS, json=[person(14, source_ref="ref-walk-13")]).json
    assert told["people"][0]["id"] != listed[0]
    at = f"/api/v1/people/{listed[0]}?purpose=own_batch"
    body = as_("uploader", BIHAR).get(at).json
    assert body["name"] == "Namuna 13"


def test_the_states_system_corrects_and_it_stays_what_it_was(as_, patna, database):
    way = f"{WALK_INS}?train_number=01908&train_date={TODAY}&vehicle=S4"
    told = patna.post(way, json=[person(20)]).json
    id_ = told["people"][0]["id"]
    system = as_("uploader", BIHAR)
    row = person(20, name="Namuna Sahi")
    done = system.put(f"/api/v1/people/{id_}", json=row)
    assert (done.json["outcome"], done.json["changed"]) == ("updated", ["name"])
    with database.owner.connect() as db:
        own = MOVEMENT.c.person_id == id_of(id_)
        kept = db.execute(MOVEMENT.select().where(own)).mappings().one()
    assert (kept["stage"], kept["walk_in"], kept["train_number"], kept["vehicle"]) == (
        "arrived", True, "01908", "S4",
    )  # fmt: skip
    assert kept["carriage"] is not None
    body = patna.get(f"/api/v1/people/{id_}?purpose=reception").json
    assert body["name"] == "Namuna Sahi"
    another = person(20, travel_date=str(TODAY - timedelta(days=1)))
    refused = system.put(f"/api/v1/people/{id_}", json=another)
    assert refused.json["receipt"]["faults"][0]["code"] == "journey_under_way"


@pytest.mark.parametrize(
    ("role", "unit"), [("uploader", {"state": BIHAR}), ("analyst", {}), ("tracer", {})]
)
def test_others_register_nobody(as_, role, unit):
    told = as_(role, **unit).post(WALK_INS, json=[person(15)])
    assert (told.status_code, told.json["code"]) == (403, "not_permitted")


def test_more_than_a_desk_registers_is_refused_whole(patna):
    told = patna.post(WALK_INS, json=[person(at) for at in range(501)])
    assert (told.status_code, told.json["code"]) == (413, "upload_too_large")
    assert "500" in told.json["detail"]


def test_an_atomic_request_stores_all_or_nobody(patna):
    rows = [person(16), person(17, name="")]
    told = patna.post(f"{WALK_INS}?mode=atomic", json=rows)
    assert (told.status_code, told.json["code"]) == (422, "batch_refused")
    found = patna.post(
        "/api/v1/people/find?purpose=reception", json={"mobile": mobile(16)}
    )
    assert found.json["people"] == []


def test_who_registered_somebody_is_told_to_them(patna, database, app):
    told = patna.post(WALK_INS, json=[person(18)]).json
    key = app.extensions["audit"]
    with database.audit.connect() as db:
        seen = list(who_saw(db, told["people"][0]["id"], key=key))
    (entry,) = seen
    assert (entry.action, entry.purpose) == ("arrival.walk_in", "reception")


@pytest.mark.parametrize(
    ("unit", "district"), [({"district": GAYA}, GAYA), ({"district": PUNE}, PUNE)]
)
def test_other_districts_do_not_see_who_was_registered(patna, as_, unit, district):
    told = patna.post(
        WALK_INS, json=[person(19, origin_district="Mumbai, Maharashtra")]
    )
    at = f"/api/v1/people/{told.json['people'][0]['id']}?purpose=reception"
    assert as_("district", None, district).get(at).status_code == 404
