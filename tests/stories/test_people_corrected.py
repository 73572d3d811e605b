"""A state takes back and corrects whom it sent; flows and histories follow."""

import made_up
import pytest
from conserved import conserved
from sqlalchemy import select

from movements.aadhaar_tables import NUMBER
from movements.tables import MOVEMENT, PROFILE, SOURCE_REF
from movements.tombstones import TOMBSTONE
from movements.unique_id import id_of

MAHARASHTRA, BIHAR, KERALA, UTTAR_PRADESH = 27, 10, 32, 9
GOOD = made_up.rows(1)[0] | {
    "destination_district": "Patna", "travel_date": "2020-05-21", "mode": "train",
}  # fmt: skip


def row(ref: str, **changes: str) -> dict[str, str]:
    return GOOD | {"source_ref": ref} | changes


def stands(database, person: str):
    with database.owner.connect() as db:
        of = MOVEMENT.c
        return db.execute(select(MOVEMENT).where(of.person_id == id_of(person))).one()


def test_a_person_is_taken_back_and_the_flows_follow(database, sent, ask):
    ids = sent(row("w1"), row("w2"))
    before = conserved(database)
    told = ask("DELETE", f"/api/v1/people/{ids[0]}?reason=sent+twice")
    assert told.json == {"id": ids[0], "outcome": "withdrawn"}
    assert conserved(database) == before - 1
    assert ask("DELETE", f"/api/v1/people/{ids[0]}").json["outcome"] == "unchanged"
    with database.owner.connect() as db:
        of = TOMBSTONE.c
        stone = db.execute(select(TOMBSTONE).where(of.person_id == id_of(ids[0]))).one()
        assert db.execute(select(NUMBER)).all() == []
    assert (stone.kind, stone.tenant, stone.reason) == ("withdrawn", 27, "sent twice")
    assert (stone.origin_state, stone.destination_state) == (27, 10)


def test_who_is_withdrawn_is_gone_to_those_who_could_see_and_unknown_to_others(
    sent, ask, say
):
    (person,) = sent(row("g1"))
    say("permission_requested", [person])
    path = f"/api/v1/people/{person}?purpose=grievance"
    bihar = {"role": "state", "state": BIHAR}
    assert ask("GET", path, **bihar).status_code == 200
    ask("DELETE", f"/api/v1/people/{person}")
    for who in ({}, {"role": "state"}, bihar):
        answer = ask("GET", path, **who)
        assert (answer.status_code, answer.json["code"]) == (410, "withdrawn")
    for other in ({"role": "state", "state": KERALA}, {"state": KERALA}):
        answer = ask("GET", path, **other)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_person")


def test_the_same_row_sent_later_brings_the_same_person_back(database, sent, ask, say):
    (person,) = sent(row("r1"))
    say("permission_requested", [person])
    ask("DELETE", f"/api/v1/people/{person}")
    again = sent(row("r1"))
    assert again == [person]
    assert conserved(database)
    now = stands(database, person)
    assert (now.stage, now.source_ref) == ("planned", "r1")
    path = f"/api/v1/people/{person}/events?purpose=grievance"
    assert ask("GET", path).json["events"] == []  # of the journey that went
    told = ask("GET", f"/api/v1/people/{person}/corrections?purpose=grievance").json
    assert [each["kind"] for each in told["changes"]] == ["withdrawn"]
    assert sent(row("r1", name="Asha Badli")) == [person]
    assert conserved(database)


def test_many_are_taken_back_at_once_and_who_cannot_be_is_named(
    database, sent, ask, say
):
    ids = sent(row("m1"), row("m2"), row("m3"))
    foreign = ask("POST", "/api/v1/withdrawals", state=BIHAR, json={"people": ids})
    assert {each["code"] for each in foreign.json["faults"]} == {"unknown_person"}
    say("departed", ids[:1])
    before = conserved(database)
    body = {"people": [*ids, ids[1], "no id"], "reason": "not going"}
    told = ask("POST", "/api/v1/withdrawals", json=body).json
    assert (told["people"], told["applied"], told["unchanged"]) == (4, 2, 0)
    assert {(each["id"], each["code"]) for each in told["faults"]} == {
        (ids[0], "journey_under_way"), ("no id", "bad_unique_id"),
    }  # fmt: skip
    assert conserved(database) == before - 2
    alone = ask("DELETE", f"/api/v1/people/{ids[0]}")
    assert (alone.status_code, alone.json["code"]) == (422, "journey_under_way")


def test_a_correction_keeps_the_journey_and_names_the_fields(database, sent, ask, say):
    (person,) = sent(row("c1"))
    say("permission_requested", [person])
    say("permission_granted", [person], state=BIHAR)
    say("requisitioned", [person], train={"number": "01901", "day": "2020-05-21"})
    before, was = conserved(database), stands(database, person)
    change = row("c1", mobile="9123456780", name="Asha Sudhari")
    told = ask("PUT", f"/api/v1/people/{person}", json=change)
    assert told.status_code == 200, told.text
    assert told.json["changed"] == ["name", "mobile"]
    assert (told.json["outcome"], told.json["lapsed"]) == ("updated", False)
    assert conserved(database) == before
    assert stands(database, person) == was
    with database.owner.connect() as db:
        sealed = db.execute(
            select(PROFILE.c.stage, PROFILE.c.permission, PROFILE.c.requisitioned)
            .where(PROFILE.c.person_id == id_of(person))
        ).one()  # fmt: skip
    assert tuple(sealed) == ("permitted", "granted", True)
    events = ask("GET", f"/api/v1/people/{person}/events?purpose=grievance").json
    assert len(events["events"]) == 3
    read = ask("GET", f"/api/v1/people/{person}/corrections?purpose=grievance")
    (one,) = read.json["changes"]
    assert (one["kind"], one["fields"]) == ("superseded", ["name", "mobile"])
    assert "Sudhari" not in read.text
    again = ask("PUT", f"/api/v1/people/{person}", json=change).json
    assert (again["outcome"], again["changed"]) == ("unchanged", [])
    # The nightly file says what the correction said: nothing changes.
    assert ask("POST", "/api/v1/batches", data=made_up.csv_body([change])).json[
        "unchanged"
    ] == 1  # fmt: skip


def test_a_correction_of_the_day_moves_the_profile_and_lapses_the_permission(
    database, sent, ask, say
):
    (person,) = sent(row("d1"))
    say("permission_requested", [person])
    say("permission_granted", [person], state=BIHAR)
    change = row("d1", travel_date="2020-07-02", destination_district="Lucknow")
    told = ask("PUT", f"/api/v1/people/{person}", json=change).json
    assert told["changed"] == ["destination_district", "travel_date"]
    assert told["lapsed"] is True
    now = stands(database, person)
    assert (now.stage, now.permission) == ("planned", "notified")
    assert now.destination_state == UTTAR_PRADESH
    with database.owner.connect() as db:
        months = db.execute(
            select(PROFILE.c.purge_month).where(PROFILE.c.person_id == id_of(person))
        ).scalars()
        assert [each.isoformat() for each in months] == ["2020-07-01"]
    assert conserved(database)
    events = ask("GET", f"/api/v1/people/{person}/events?purpose=grievance").json
    assert [each["event"] for each in events["events"]] == [
        "permission_requested", "permission_granted",
    ]  # fmt: skip


def test_a_correction_with_faults_changes_nothing(database, sent, ask):
    (person,) = sent(row("f1"))
    was = stands(database, person)
    bad = row("f1", age="121", destination_district="Atlantis")
    told = ask("PUT", f"/api/v1/people/{person}?lang=hi", json=bad)
    assert (told.status_code, told.json["code"]) == (422, "batch_refused")
    faults = told.json["receipt"]["faults"]
    assert {each["code"] for each in faults} == {"age_out_of_range", "unknown_district"}
    other = ask("PUT", f"/api/v1/people/{person}", json=row("another"))
    assert [each["field"] for each in other.json["receipt"]["faults"]] == ["source_ref"]
    for body in ({}, {"name": {"a": 1}}, [row("f1")], {"name": "Asha"}):
        told = ask("PUT", f"/api/v1/people/{person}", json=body)
        assert told.status_code == 422
        assert "Asha" not in told.text
    assert stands(database, person) == was


def test_whoever_did_not_send_a_person_can_neither_correct_nor_take_back(sent, ask):
    (person,) = sent(row("o1"))
    path = f"/api/v1/people/{person}"
    for method in ("PUT", "DELETE"):
        body = {"json": row("o1")} if method == "PUT" else {}
        answer = ask(method, path, state=BIHAR, **body)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_person")
        assert ask(method, path, role="state", **body).status_code == 403
        assert ask(method, "/api/v1/people/nobody", **body).status_code == 422
    ask("DELETE", path)
    gone = ask("PUT", path, json=row("o1"))
    assert (gone.status_code, gone.json["code"]) == (410, "withdrawn")


def test_a_nightly_file_keeps_what_events_made_of_a_journey(
    database, post, sent, ask, say
):
    on_train, away = sent(row("n1"), row("n2"))
    say("requisitioned", [on_train], train={"number": "01901"})
    say("departed", [away])
    before = conserved(database)
    night = [row("n1", mobile="9123456781"), row("n2", permanent_address="Gram 7")]
    told = post(made_up.csv_body(night)).json
    assert (told["updated"], told["refused"]) == (2, 0)
    assert conserved(database) == before
    now = stands(database, on_train)
    assert (now.requisitioned, now.train_number) == (True, "01901")
    assert stands(database, away).stage == "departed"
    shown = ask("GET", f"/api/v1/people/{away}/corrections?purpose=grievance").json
    assert shown["changes"][0]["fields"] == ["permanent_address"]


@pytest.mark.parametrize("mode", ["partial", "atomic"])
def test_a_journey_that_has_begun_is_not_moved_by_a_file(
    database, post, sent, say, mode
):
    away, home = sent(row(f"{mode}1"), row(f"{mode}2"))
    say("departed", [away])
    moved = {"travel_date": "2020-05-29", "destination_district": "Gaya"}
    night = made_up.csv_body([row(f"{mode}1", **moved), row(f"{mode}2", **moved)])
    tried = post(night, mode=mode, dry_run="true").json
    answer = post(night, mode=mode)
    told = answer.json if mode == "partial" else answer.json["receipt"]
    (fault,) = told["faults"]
    assert (fault["row"], fault["code"]) == (1, "journey_under_way")
    assert tried["faults"] == told["faults"]
    assert told["rows"] == told["accepted"] + told["refused"]
    assert (told["updated"], told["refused"]) == (
        (1, 1) if mode == "partial" else (0, 2)
    )
    assert stands(database, away).travel_date.isoformat() == "2020-05-21"
    days = {"partial": "2020-05-29", "atomic": "2020-05-21"}
    assert stands(database, home).travel_date.isoformat() == days[mode]
    assert conserved(database)
    # What stood is what it is still compared with.
    again = post(made_up.csv_body([row(f"{mode}1")])).json
    assert again["unchanged"] == 1


def test_the_receipt_says_that_permissions_lapsed(post, sent, say, database):
    (person,) = sent(row("l1"))
    say("permission_requested", [person])
    told = post(made_up.csv_body([row("l1", mode="bus")])).json
    (note,) = (each for each in told["ignored"] if each["code"] == "permission_lapsed")
    assert note["count"] == 1
    assert stands(database, person).permission == "notified"
    assert conserved(database)


def test_who_withdrew_and_corrected_stands_in_the_log(database, app, sent, ask):
    from gis_service.audit.reading import who_saw

    (person,) = sent(row("a1"))
    ask("PUT", f"/api/v1/people/{person}", json=row("a1", age="44"))
    ask("DELETE", f"/api/v1/people/{person}")
    with database.audit.connect() as db:
        seen = [
            each.action for each in who_saw(db, person, key=app.extensions["audit"])
        ]
    assert {"person.correct", "person.withdraw"} <= set(seen)


def test_a_withdrawal_waits_for_an_upload_of_the_same_person(database, app, sent):
    """Row ids are locked before journeys, by both: neither waits for the other."""
    from threading import Thread

    from movements.withdrawal import Withdrawal, withdrawn

    (person,) = sent(row("t1"))
    done = []

    def take_back():
        with database.upload.begin() as db:
            done.append(withdrawn(db, Withdrawal(27, (id_of(person),))))

    with database.owner.begin() as db:
        db.execute(select(SOURCE_REF).with_for_update())
        waiting = Thread(target=take_back)
        waiting.start()
        waiting.join(0.3)
        assert not done
        assert db.execute(select(MOVEMENT).with_for_update()).all()
    waiting.join(10)
    assert done[0].applied == 1
