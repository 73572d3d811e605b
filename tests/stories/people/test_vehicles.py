"""What people ride in: told with events, normalised, corrected until they arrive."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from movements.tables import MOVEMENT
from movements.unique_id import id_of
from tests.travellers import BIHAR, MAHARASHTRA, TODAY, row

TRAIN = {"number": "01931", "day": TODAY.isoformat()}


@pytest.fixture
def told(as_):
    """``told(event, people, **more)``: the answer to an event said at the origin."""

    def said(event, people, **more):
        sent = {"event": event, "people": people} | more
        return as_("state", MAHARASHTRA).post("/api/v1/events", json=sent)

    return said


@pytest.fixture
def ridden(database):
    """``ridden(person)``: vehicle and carriage of their journey."""

    def found(person):
        own = MOVEMENT.c.person_id == id_of(person)
        with database.owner.connect() as db:
            asked = select(MOVEMENT.c.vehicle, MOVEMENT.c.carriage).where(own)
            return tuple(db.execute(asked).one())

    return found


def test_one_coach_is_one_carriage_however_it_is_written(send, told, ridden):
    people = send(*(row(at, day=TODAY) for at in range(900, 903)))
    for person, coach in zip(people, ("S4", "s-4", "S 5"), strict=True):
        told("requisitioned", [person], train=TRAIN, vehicle=coach)
    (first, second, other) = map(ridden, people)
    assert first == second
    assert (other[0], other[1] == first[1]) == ("S5", False)


def test_a_coach_forgotten_is_told_of_who_has_departed(send, told, ridden, as_):
    (person,) = send(row(903, day=TODAY))
    told("requisitioned", [person], train=TRAIN)
    told("departed", [person])
    assert ridden(person) == (None, None)
    assert told("departed", [person]).json["unchanged"] == 1
    assert told("departed", [person], vehicle="S4").json["applied"] == 1
    before = ridden(person)
    assert before[0] == "S4"
    assert told("departed", [person], vehicle="S6").json["applied"] == 1
    assert ridden(person)[1] not in (None, before[1])
    at = f"/api/v1/people/{person}/events?purpose=manifest"
    events = as_("state", MAHARASHTRA).get(at).json["events"]
    assert [each["vehicle"] for each in events] == [None, None, "S4", "S6"]
    as_("state", BIHAR).post(
        "/api/v1/events", json={"event": "arrived", "people": [person]}
    )
    (fault,) = told("departed", [person], vehicle="S7").json["faults"]
    assert fault["code"] == "stage_not_allowed"


def test_a_coach_without_a_train_is_a_fault(send, told):
    (person,) = send(row(904, day=TODAY))
    (fault,) = told("departed", [person], vehicle="S4").json["faults"]
    assert fault["code"] == "no_train"


@pytest.mark.parametrize(
    ("event", "vehicle", "code"),
    [
        ("cancelled", "S4", "bad_parameter"),
        ("departed", "सात", "bad_parameter"),
        ("departed", "S" * 17, "bad_parameter"),
        ("departed", "S" * 25, "invalid_parameters"),
        ("departed", "", "invalid_parameters"),
        ("departed", "S4\n", "bad_parameter"),
    ],
)
def test_what_is_no_vehicle_is_said(send, told, event, vehicle, code):
    (person,) = send(row(905, day=TODAY, mode="bus"))
    answer = told(event, [person], vehicle=vehicle)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_another_day_before_departure_is_another_journey_and_no_coach(
    send, told, ridden
):
    (person,) = send(row(906, day=TODAY))
    told("requisitioned", [person], train=TRAIN, vehicle="S4")
    assert ridden(person)[0] == "S4"
    (same,) = send(row(906))
    assert same == person
    assert ridden(person) == (None, None)


def test_the_day_of_a_train_is_put_right_at_the_origin_alone(
    send, told, ridden, as_, regime
):
    regime("notify")
    (person,) = send(row(907, day=TODAY))
    wrong = {"number": "01931", "day": (TODAY - timedelta(days=1)).isoformat()}
    told("requisitioned", [person], train=wrong, vehicle="S4")
    before = ridden(person)
    assert told("requisitioned", [person], train=TRAIN).json["applied"] == 1
    assert ridden(person)[1] not in (None, before[1])
    # Told without its day nothing changes.
    again = told("requisitioned", [person], train={"number": "01931"}, vehicle="S4")
    assert again.json["unchanged"] == 1
    arrived = {"event": "arrived", "people": [person], "train": wrong}
    (fault,) = as_("state", BIHAR).post("/api/v1/events", json=arrived).json["faults"]
    assert fault["code"] == "on_two_trains"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2031-05-01"])
def test_a_train_far_from_the_day_of_travel_is_refused(send, told, day):
    (person,) = send(row(908, day=TODAY))
    train = {"number": "01931", "day": day}
    (fault,) = told("requisitioned", [person], train=train).json["faults"]
    assert fault["code"] == "other_day"


def test_what_was_stored_otherwise_hinders_no_event(send, told, database):
    """A journey whose coach has no day of a train departs all the same."""
    (person,) = send(row(909, day=TODAY))
    with database.owner.begin() as db:
        own = MOVEMENT.c.person_id == id_of(person)
        db.execute(update(MOVEMENT).where(own).values(vehicle="S4"))
    assert told("departed", [person]).json["applied"] == 1
