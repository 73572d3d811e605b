"""Uploads that come while people go: what was acknowledged stays, nobody is halved."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import made_up
import pytest
from sqlalchemy import delete, func, select, update

from gis_service import audit, retention, retention_steps
from gis_service.retention_key import erased_on, hash_key
from gis_service.retention_person import erase
from movements import retention_forget
from movements.batch import Upload, accept
from movements.errors import GoneMeanwhile
from movements.reading import read
from movements.receipt import people
from movements.record import Terms
from movements.retention_tables import PURGE_PERSON
from movements.tables import BATCH_PEOPLE, MOVEMENT, PERSON, PROFILE, SOURCE_REF
from movements.unique_id import id_of
from movements.withdrawal import Withdrawal, withdrawn
from tests.purging import purged, purger

FAR = date(2030, 1, 1)
TERMS = Terms(27, date(2020, 3, 1), date(2027, 2, 1))
STORED = (MOVEMENT, PROFILE, PERSON, SOURCE_REF)


@pytest.fixture
def by(app, database):
    made = purger(app, database, today=FAR)
    yield made
    purged(made)  # nobody travels after the test


@pytest.fixture
def send(database, by):
    """``send(rows)``: the receipt, and unique IDs by the state's own row ids."""

    def sent(rows):
        with database.upload.begin() as db:
            sheet = read(made_up.csv_body(rows))
            found = accept(db, Upload(sheet, TERMS, by.keys))
            listed = people(db, found.batch, tenant=27)
            return found, {each.source_ref: id_of(each.id) for each in listed}

    return sent


def archive(by):
    (run,) = (each for each in retention.due(by) if not each.archived)
    retention._step(by, run, "archive", lambda db: retention._archived(db, by, run))
    return run


def forget(by, run):
    key = hash_key(by.audit)
    with by.owner.begin() as db:
        return retention_forget.forgotten(db, run, key=key, gone=FAR)


def stored(database, person):
    """In how many rows of each table a person stands."""
    with database.owner.connect() as db:
        return [
            db.execute(
                select(func.count()).where(table.c.person_id == person)
            ).scalar_one()
            for table in STORED
        ]


def erased(by, person):
    with by.owner.connect() as db:
        return erased_on(db, person, by.audit)


def moved(rows, day):
    return [row | {"travel_date": day} for row in rows]


# Each test has months of its own: days of those that are gone are not taken again.


def test_nothing_that_is_acknowledged_between_two_steps_is_lost(by, database, send):
    rows = made_up.rows(4, refs="gap-")
    _, before = send(rows)
    run = archive(by)
    later = moved(rows[:2], "2026-11-05")
    receipt, ids = send([*later, *rows[2:]])
    assert (receipt.new, receipt.unchanged, receipt.refused) == (2, 0, 2)
    assert {each["code"] for each in receipt.faults} == {"travel_date_outside_window"}
    forget(by, run)
    for person in ids.values():
        assert stored(database, person) == [1, 1, 1, 1]
        assert erased(by, person) is None
    for person in before.values():
        assert stored(database, person) == [0, 0, 0, 0]
        assert erased(by, person) == FAR
    with database.owner.connect() as db:
        listed = db.execute(select(BATCH_PEOPLE.c.person_ids)).scalars().all()
    assert {each for ids in listed for each in ids} == set(ids.values())
    again, _ = send(later)
    assert (again.new, again.unchanged) == (0, 2)


def test_who_is_brought_back_between_two_steps_stays_whole(by, database, send):
    # Nowhere by then, and with a row id of a later month: they go with the earlier one.
    rows = made_up.rows(3, refs="back-")
    later = moved(rows[:2], "2021-11-05")
    _, ids = send(later)
    send(moved(rows[2:], "2021-05-05"))
    back, away = ids["back-0"], ids["back-1"]
    with database.upload.begin() as db:
        assert withdrawn(db, Withdrawal(27, (back, away))).applied == 2
    with database.owner.begin() as db:
        db.execute(update(PERSON).values(created_at=func.make_date(2021, 5, 2)))
    run = archive(by)
    receipt, again = send(later[:1])
    assert (receipt.new, again["back-0"]) == (1, back)
    assert forget(by, run)["sent_again"] == 1
    assert stored(database, back) == [1, 1, 1, 1]
    assert erased(by, back) is None
    assert stored(database, away) == [0, 0, 0, 0]
    assert erased(by, away) == FAR
    with database.owner.connect() as db:
        waits = select(func.count()).select_from(PURGE_PERSON)
        assert db.execute(waits).scalar_one() == 0


def test_a_row_id_that_goes_while_an_upload_waits_for_it_is_new(by, database, send):
    rows = moved(made_up.rows(2, refs="wait-"), "2022-05-05")
    _, before = send(rows)
    with ThreadPoolExecutor(1) as pool:
        with database.owner.begin() as db:
            db.execute(select(SOURCE_REF).with_for_update()).all()
            sending = pool.submit(send, rows)
            _waited(db)
            # As when a month is forgotten.
            gone = before["wait-0"]
            for table in STORED:
                db.execute(delete(table).where(table.c.person_id == gone))
        receipt, ids = sending.result(30)
    assert (receipt.new, receipt.unchanged) == (1, 1)
    assert stored(database, ids["wait-0"]) == [1, 1, 1, 1]
    assert stored(database, gone) == [0, 0, 0, 0]


def test_an_upload_that_waits_for_the_archive_does_not_bring_its_people_back(
    by, database, send
):
    rows = moved(made_up.rows(2, refs="slow-"), "2023-05-05")
    _, before = send(rows)
    (run,) = (each for each in retention.due(by) if not each.archived)
    retention_steps.begun(database.owner, run, "archive")
    with ThreadPoolExecutor(1) as pool:
        with database.owner.begin() as db:
            counts = retention_forget.archived(db, run, keys=by.keys)
            retention_steps.ticked(db, run, "archive", counts)
            sending = pool.submit(send, rows)
            _waited(db)
        with pytest.raises(GoneMeanwhile, match="send them again"):
            sending.result(30)
    assert stored(database, before["slow-0"]) == [0, 0, 1, 0]  # not yet forgotten
    again, _ = send(rows)
    assert (again.accepted, again.refused) == (0, 2)


def test_who_is_erased_while_an_upload_changes_them_is_erased_whole(by, database, send):
    rows = moved(made_up.rows(1, refs="both-"), "2024-05-05")
    _, before = send(rows)
    (person,) = before.values()
    with ThreadPoolExecutor(1) as pool:
        with database.upload.begin() as db:
            sheet = read(made_up.csv_body(moved(rows, "2024-11-05")))
            assert accept(db, Upload(sheet, TERMS, by.keys)).updated == 1
            erasing = pool.submit(_erase, by, person)
            with database.owner.connect() as other:
                _waited(other)
        erasing.result(30)
    assert stored(database, person) == [0, 0, 0, 0]
    assert erased(by, person) == FAR


def test_who_was_erased_while_an_upload_waited_does_not_come_back(by, database, send):
    rows = moved(made_up.rows(2, refs="asked-"), "2025-05-05")
    _, before = send(rows)
    person = before["asked-0"]
    with ThreadPoolExecutor(1) as pool:
        with database.owner.begin() as db:
            who = audit.operator()
            erase(db, person, key=by.audit, keys=by.keys, who=who, today=FAR)
            sending = pool.submit(send, rows)
            _waited(db)
        with pytest.raises(GoneMeanwhile):
            sending.result(30)
    receipt, ids = send(rows)
    assert (receipt.unchanged, list(ids)) == (1, ["asked-1"])
    (fault,) = receipt.faults
    assert (fault["row"], fault["field"], fault["code"], fault["value"]) == (
        *(1, "source_ref", "erased_on_request"),
        None,  # it would stand in plain in the receipt
    )


def _erase(by, person):
    with by.owner.begin() as db:
        who = audit.operator()
        erase(db, person, key=by.audit, keys=by.keys, who=who, today=FAR)


def _waited(db):
    """Until somebody waits for a lock."""
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    until = time.monotonic() + 10
    while not db.exec_driver_sql(asked).scalar_one():
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)
