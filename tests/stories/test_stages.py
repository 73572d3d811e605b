"""A journey from the upload to the arrival, told by those at its two ends."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from gis_service.audit.reading import who_saw
from movements.flow import FLOW_DAY, STAGES
from movements.stage import (
    EVENTS,
    PERMISSIONS,
    RULES,
    Refused,
    State,
    after,
    too_early,
)
from movements.tables import MOVEMENT, MOVEMENT_EVENT, PROFILE

MAHARASHTRA, BIHAR, KERALA = 27, 10, 32
PUNE, PATNA = 490, 212
ROWS = 6
HEAD = "name,age,category,origin_district,destination_district,travel_date,mode\n"


def row(at: int, mode: str) -> str:
    return (
        f'Namuna {at},30,labour,"Pune, Maharashtra","Patna, Bihar",2020-05-21,{mode}\n'
    )


@pytest.fixture
def people(post, fetch):
    """The unique IDs of six people; the last by bus."""
    rows = [row(at, "bus" if at == ROWS - 1 else "train") for at in range(ROWS)]
    sent = post((HEAD + "".join(rows)).encode(), headers={"Content-Type": "text/csv"})
    assert sent.status_code == 201, sent.text
    listed = fetch(sent.json["links"]["people"].removeprefix("http://localhost"))
    return [each["id"] for each in listed.json["people"]]


@pytest.fixture
def say(client, token):
    tokens = {}

    def said(event, ids, *, role="state", state=None, district=None, **more):
        key = tokens.setdefault((role, state, district), None) or token(
            role, state=state, district=district
        )
        tokens[role, state, district] = key
        return client.post(
            "/api/v1/events",
            json={"event": event, "people": ids} | more,
            headers={"Authorization": f"Bearer {key}"},
        )

    return said


def stages(database, of=FLOW_DAY) -> dict[str, int]:
    with database.owner.connect() as db:
        rows = db.execute(select(of.c.status, of.c.n)).all()
    return {stage: sum(n for s, n in rows if s == stage) for stage in STAGES}


def gained(database, before, **expected):
    after_ = stages(database)
    moved = {s: after_[s] - before[s] for s in STAGES}
    assert {s: n for s, n in moved.items() if n} == expected


def test_a_journey_is_requested_granted_requisitioned_departs_and_arrives(
    client, token, database, people, say
):
    before = stages(database)
    some = people[:3]
    assert say("permission_requested", some, state=MAHARASHTRA).json["applied"] == 3
    assert stages(database) == before
    assert say("permission_granted", some, state=BIHAR).json["applied"] == 3
    gained(database, before, planned=-3, permitted=3)
    train = {"number": "01901", "day": "2020-05-21"}
    put = say("requisitioned", some, state=MAHARASHTRA, train=train)
    assert put.json["applied"] == 3
    assert say("departed", some, role="district", district=PUNE).json["applied"] == 3
    arrived = say("arrived", some[:2], role="district", district=PATNA)
    assert arrived.json == {
        "event": "arrived", "people": 2, "applied": 2, "unchanged": 0, "faults": [],
    }  # fmt: skip
    gained(database, before, planned=-3, departed=1, arrived=2)
    header = {"Authorization": f"Bearer {token('state', state=BIHAR)}"}
    path = f"/api/v1/people/{some[0]}/events"
    assert client.get(path, headers=header).json["code"] == "purpose_required"
    told = client.get(f"{path}?purpose=reception", headers=header)
    assert [each["event"] for each in told.json["events"]] == [
        "permission_requested", "permission_granted", "requisitioned", "departed",
        "arrived",
    ]  # fmt: skip
    assert told.json["events"][-1]["stage"] == "arrived"
    assert told.json["events"][-1]["train_number"] == "01901"
    assert told.json["events"][-1]["by_unit"] == PATNA


def test_flows_and_profiles_follow_the_journeys(database, people, say):
    say("departed", people[:4], state=MAHARASHTRA)
    say("cancelled", people[4:], state=MAHARASHTRA)
    with database.owner.connect() as db:
        journeys = db.execute(select(MOVEMENT.c.stage, MOVEMENT.c.person_id)).all()
        sealed = dict(
            map(tuple, db.execute(select(PROFILE.c.person_id, PROFILE.c.stage)).all())
        )
    counted = stages(database)
    for stage in STAGES:
        assert counted[stage] == sum(each.stage == stage for each in journeys)
    assert all(sealed[each.person_id] == each.stage for each in journeys)


def test_the_next_answer_of_flows_knows(client, token, people, say):
    header = {"Authorization": f"Bearer {token('state', state=BIHAR)}"}
    path = "/flows/district?stage=departed"
    before = client.get(path, headers=header).json["total"]
    say("departed", people[:5], state=MAHARASHTRA)
    assert client.get(path, headers=header).json["total"] == before + 5


def test_said_again_nothing_changes(database, people, say):
    say("departed", people, state=MAHARASHTRA)
    counted = stages(database)
    again = say("departed", [*people, *people], state=MAHARASHTRA).json
    assert (again["people"], again["applied"], again["unchanged"]) == (ROWS, 0, ROWS)
    assert stages(database) == counted


@pytest.mark.parametrize(
    ("event", "teller"),
    [
        ("departed", {"state": BIHAR}),
        ("arrived", {"state": MAHARASHTRA}),
        ("arrived", {"role": "district", "district": PUNE}),
        ("permission_granted", {"state": KERALA}),
        ("departed", {"role": "uploader", "state": BIHAR}),
    ],
)
def test_an_end_speaks_for_itself_and_others_do_not_exist(people, say, event, teller):
    told = say(event, people[:1], **teller).json
    assert told["applied"] == 0
    assert [each["code"] for each in told["faults"]] == ["unknown_person"]


def test_who_cannot_be_is_named_and_the_others_are_recorded(people, say):
    told = say("requisitioned", [*people, "no id"], state=MAHARASHTRA,
               train={"number": "01901"}).json  # fmt: skip
    assert told["applied"] == ROWS - 1
    assert {(each["id"], each["code"]) for each in told["faults"]} == {
        ("no id", "bad_unique_id"), (people[-1], "not_by_train"),
    }  # fmt: skip
    assert told["people"] == told["applied"] + told["unchanged"] + len(told["faults"])
    other = say("requisitioned", people[:1], state=MAHARASHTRA,
                train={"number": "01999"}).json  # fmt: skip
    assert other["faults"][0]["code"] == "on_two_trains"
    assert "01901" in other["faults"][0]["message"]


def test_after_departure_a_withdrawal_calls_nobody_back(database, people, say):
    say("permission_requested", people[:2], state=MAHARASHTRA)
    say("permission_granted", people[:2], state=BIHAR)
    say("departed", people[:1], state=MAHARASHTRA)
    before = stages(database)
    told = say("permission_withdrawn", people[:2], state=BIHAR, reason="camps are full")
    assert told.json["applied"] == 2
    gained(database, before, permitted=-1, planned=1)


def test_events_are_only_ever_added(database, people, say):
    say("departed", people[:1], state=MAHARASHTRA)
    with database.upload.connect() as db:
        for statement in (
            MOVEMENT_EVENT.update().values(reason="x"),
            MOVEMENT_EVENT.delete(),
        ):
            with pytest.raises(Exception, match="permission denied"):
                db.execute(statement)
            db.rollback()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"event": "vanished", "people": ["x"]}, "event"),
        ({"event": "departed", "people": []}, "people"),
        (
            {"event": "departed", "people": ["x"], "train": {"number": "1"}},
            "train.number",
        ),
        ({"event": "departed", "people": ["x"], "more": 1}, "more"),
        ({"event": "departed", "people": ["x"], "reason": "a\0b"}, "reason"),
        ({"event": "departed", "people": ["x"], "reason": "a\ud800b"}, "reason"),
        ({"event": "departed", "people": ["x"], "reason": "a\nb"}, "reason"),
    ],
)
def test_bad_questions_say_what_is_allowed(client, token, body, field):
    header = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    answer = client.post("/api/v1/events", json=body, headers=header)
    assert answer.status_code == 422
    assert field in answer.text


@pytest.mark.parametrize(
    "role", ["analyst", "ministry", "railways", "tracer", "auditor"]
)
def test_others_record_and_read_nothing(client, token, people, role):
    header = {"Authorization": f"Bearer {token(role)}"}
    body = {"event": "departed", "people": people[:1]}
    assert client.post("/api/v1/events", json=body, headers=header).status_code == 403
    path = f"/api/v1/people/{people[0]}/events"
    assert client.get(path, headers=header).status_code == 403


def test_every_event_says_from_where_and_never_leads_back_from_the_end():
    ended = [State(stage) for stage in ("arrived", "cancelled")]
    for event in EVENTS:
        assert RULES[event].stages
        for now in ended:
            then = after(event, now, mode="train")
            assert isinstance(then, Refused) or then.stage == now.stage


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_nobody_sees_more_by_saying_that_those_they_refused_have_arrived(permission):
    then = after("arrived", State("planned", permission), mode="train")
    if permission in ("granted", "notified"):
        assert then == State("arrived", permission)
    else:
        assert (then.code, permission in then.message) == ("stage_not_allowed", True)
    left = after("arrived", State("departed", permission), mode="train")
    assert left == State("arrived", permission)


@pytest.mark.parametrize(("days", "early"), [(-9, False), (1, False), (2, True)])
def test_nobody_has_arrived_days_before_a_travel_that_has_not_begun(days, early):
    today, day = date(2020, 5, 20), date(2020, 5, 20) + timedelta(days=days)
    then = State("arrived", "granted")
    found = too_early(State("permitted", "granted"), then, day, today=today)
    assert (found is not None) == early
    assert too_early(State("departed"), then, day, today=today) is None


def test_who_said_what_of_whom_is_in_the_audit_log(app, database, people, say):
    say("departed", people[:2], state=MAHARASHTRA)
    with database.audit.connect() as db:
        found = who_saw(db, people[0], key=app.extensions["audit"])
        other = who_saw(db, people[2], key=app.extensions["audit"])
    last = found[-1]
    assert (last["action"], last["purpose"], last["role"]) == (
        "event.departed", "manifest", "state",
    )  # fmt: skip
    assert all(each["action"] != "event.departed" for each in other)
