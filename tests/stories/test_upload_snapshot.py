"""A file that names everybody: whom it does not name is withdrawn, after a dry run."""

from datetime import date

import made_up
import pytest
from conserved import conserved
from sqlalchemy import func, select

from movements.tables import MOVEMENT
from movements.tombstones import TOMBSTONE
from movements.unique_id import id_of

BIHAR = 10
GOOD = made_up.rows(1)[0] | {"destination_district": "Patna", "mode": "train"}


def people(day: int, count: int, **changes: str) -> list[dict[str, str]]:
    """People who travel on a day of May; each day is a story of its own."""
    of = f"2020-05-{day:02}"
    return [
        GOOD | {"source_ref": f"{of}/{at}", "travel_date": of} | changes
        for at in range(count)
    ]


@pytest.fixture
def snapshot(post):
    def sent(rows, day: int, **query):
        of = f"2020-05-{day:02}"
        manner = {"kind": "snapshot", "from": of, "to": of} | query
        return post(made_up.csv_body(rows), **manner)

    return sent


def travelling(database, day: int) -> int:
    with database.owner.connect() as db:
        of = MOVEMENT.c.travel_date == date(2020, 5, day)
        return db.execute(select(func.count()).where(of)).scalar_one()


def test_a_snapshot_is_tried_confirmed_and_done(database, sent, snapshot):
    ids = sent(*people(1, 20))
    sent(*people(2, 3))
    night = people(1, 18)
    night[0] |= {"name": "Asha Sudhari"}
    night += people(1, 1, source_ref="2020-05-01/new")
    before = conserved(database)
    tried = snapshot(night, 1, dry_run="true")
    assert (tried.status_code, tried.json["withdrawn"]) == (200, 2)
    counted = {name: tried.json[name] for name in ("new", "updated", "unchanged")}
    assert counted == {"new": 1, "updated": 1, "unchanged": 17}
    assert conserved(database) == before
    done = snapshot(night, 1, confirm=tried.json["confirm"])
    assert done.status_code == 201, done.text
    assert done.json["withdrawn"] == 2
    assert {name: done.json[name] for name in counted} == counted
    assert (travelling(database, 1), travelling(database, 2)) == (19, 3)
    assert conserved(database) == before - 1
    with database.owner.connect() as db:
        of = TOMBSTONE.c
        gone = db.execute(select(of.person_id).where(of.kind == "withdrawn")).scalars()
        assert set(gone) == set(map(id_of, ids[18:]))
        batch = db.execute(select(of.batch_id).where(of.kind == "withdrawn")).scalars()
        assert {str(each) for each in batch} == {done.json["batch"]}
    assert sent(*people(1, 20))[19] == ids[19]


def test_without_a_dry_run_or_after_another_nothing_is_done(database, sent, snapshot):
    sent(*people(3, 10))
    night, before = people(3, 9), conserved(database)
    bare = snapshot(night, 3)
    assert (bare.status_code, bare.json["code"]) == (422, "snapshot_unconfirmed")
    assert "withdraws 1 people" in bare.json["detail"]
    told = snapshot(night, 3, dry_run="true").json["confirm"]
    sent(*people(3, 1, source_ref="2020-05-03/late"))
    for rows in (night, people(3, 8)):
        other = snapshot(rows, 3, confirm=told)
        assert (other.status_code, other.json["code"]) == (422, "snapshot_unconfirmed")
    assert conserved(database) == before + 1


def test_more_than_a_fifth_is_asked_for_by_name(database, sent, snapshot):
    sent(*people(4, 10))
    night = people(4, 6)
    told = snapshot(night, 4, dry_run="true").json["confirm"]
    refused = snapshot(night, 4, confirm=told)
    assert refused.json["code"] == "snapshot_unconfirmed"
    assert "4 of 10 people, more than 20%" in refused.json["detail"]
    done = snapshot(night, 4, confirm=told, accept_large="true")
    assert (done.status_code, done.json["withdrawn"]) == (201, 4)
    assert travelling(database, 4) == 6


def test_a_row_without_a_row_id_withdraws_nobody(database, sent, snapshot, post):
    sent(*people(5, 4))
    for bad in ("", "1.2E+11", "=1", GOOD["mobile"]):
        night = people(5, 3) + people(5, 1, source_ref=bad)
        answer = snapshot(night, 5, dry_run="true")
        assert (answer.status_code, answer.json["code"]) == (422, "snapshot_refused")
        assert "rows 4" in answer.json["detail"]
    broken = made_up.csv_body(people(5, 3)) + b"short,row\r\n"
    assert post(broken, kind="snapshot").json["code"] == "snapshot_refused"
    assert travelling(database, 5) == 4


def test_a_refused_row_withdraws_nobody_either(database, sent, snapshot):
    sent(*people(6, 6))
    night = people(6, 6)
    night[2] |= {"age": "x"}
    tried = snapshot(night, 6, dry_run="true").json
    assert (tried["withdrawn"], tried["refused"]) == (0, 1)
    done = snapshot(night, 6, confirm=tried["confirm"]).json
    assert (done["withdrawn"], done["refused"], done["unchanged"]) == (0, 1, 5)
    assert travelling(database, 6) == 6


def test_who_is_on_the_way_or_of_others_stays(database, sent, snapshot, say, post):
    away, *_ = sent(*people(7, 10))
    say("departed", [away])
    post(made_up.csv_body(people(7, 2, origin_district="Patna")), state=BIHAR)
    post(made_up.csv_body(people(7, 1, source_ref="")))
    night = people(7, 10)[2:]
    tried = snapshot(night, 7, dry_run="true").json
    assert tried["withdrawn"] == 1
    assert "under_way_not_named" in {each["code"] for each in tried["ignored"]}
    done = snapshot(night, 7, confirm=tried["confirm"])
    assert done.json["withdrawn"] == 1
    assert travelling(database, 7) == 12
    assert conserved(database)


def test_only_withdrawing_is_a_batch_too(database, sent, snapshot, fetch):
    sent(*people(8, 10))
    night = people(8, 9)
    tried = snapshot(night, 8, dry_run="true").json
    done = snapshot(night, 8, confirm=tried["confirm"])
    assert (done.json["unchanged"], done.json["withdrawn"]) == (9, 1)
    assert conserved(database)
    again = fetch(done.json["links"]["self"].removeprefix("http://localhost")).json
    assert again["withdrawn"] == 1


def test_a_confirmed_snapshot_sent_twice_has_one_effect(sent, post):
    sent(*people(9, 10))
    body, of = made_up.csv_body(people(9, 9)), "2020-05-09"
    manner = {"kind": "snapshot", "from": of, "to": of}
    told = post(body, dry_run="true", **manner).json["confirm"]
    key = {"Idempotency-Key": "night-9"}
    first, second = (post(body, headers=key, confirm=told, **manner) for _ in range(2))
    assert first.json == second.json
    assert second.headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize(
    "query",
    [
        {"confirm": "ab-1"},
        {"from": "2020-05-01"},
        {"kind": "delta", "accept_large": "true"},
        {"kind": "snapshot", "from": "2020-05-02", "to": "2020-05-01"},
        {"kind": "everything"},
        {"kind": "snapshot", "confirm": "no"},
    ],
)
def test_parameters_that_say_nothing_are_refused(post, query):
    answer = post(made_up.csv_body(people(10, 1)), **query)
    assert answer.status_code == 422
    assert answer.json["code"] in ("bad_parameter", "invalid_parameters")
