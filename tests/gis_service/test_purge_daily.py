"""What a purge does each day beside months: old faults go, tables are rewritten."""

import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import made_up
import pytest
from sqlalchemy import func, insert, select, update

from gis_service import audit, retention, retention_locks, retention_scrub
from gis_service.retention_locks import StillHeld
from gis_service.retention_person import erase
from gis_service.retention_proof import NoProof, statements
from movements.batch import Upload, accept
from movements.queue_tables import UPLOAD_JOB, UPLOAD_SLICE
from movements.reading import read
from movements.receipt import people
from movements.record import Terms
from movements.retention_tables import ERASED_REF, SCRUB
from movements.tables import BATCH, MOVEMENT, PERSON
from movements.unique_id import id_of
from tests.purging import purged, purger

pytestmark = pytest.mark.alone  # no other transaction may hold back what is vacuumed

TODAY = datetime.now(UTC).date()
OLD = TODAY + timedelta(days=40)  # beyond the 30 days in view, before any month's end
TERMS = Terms(27, date(2020, 3, 1), TODAY + timedelta(days=90))
PLAIN = "Gaon Rampur, house of Ramesh Kumar"


@pytest.fixture
def send(app, database):
    """``send(rows)``: the receipt, and the unique IDs."""
    keys = purger(app, database, today=OLD).keys

    def sent(rows):
        with database.upload.begin() as db:
            sheet = read(made_up.csv_body(rows))
            found = accept(db, Upload(sheet, TERMS, keys))
            listed = people(db, found.batch, tenant=27)
            return found, [id_of(each.id) for each in listed]

    return sent


def still(count, refs):
    """Rows of people who travel when everything else of these tests is over."""
    day = {"travel_date": f"{TODAY + timedelta(days=80)}"}
    return [row | day for row in made_up.rows(count, refs=refs)]


def receipts(database, table):
    with database.owner.connect() as db:
        return list(db.execute(select(table.c.receipt)).scalars())


def marked(database):
    with database.owner.connect() as db:
        return set(db.execute(select(SCRUB.c.relation)).scalars())


@contextmanager
def reading(database, table):
    """Somebody reads a table, and does not end."""
    with database.owner.connect() as db:
        db.execute(select(func.count()).select_from(table))
        yield db
        db.rollback()


def test_faults_end_by_their_age_whoever_is_in_their_batch(app, database, send):
    bad = made_up.rows(2, refs="bad-")
    for row in bad:
        row |= {"age": "999", "origin_district": PLAIN}
    receipt, _ = send(bad)
    assert (receipt.accepted, receipt.refused) == (0, 2)
    send([*still(1, "kept-"), *bad])
    _trial(database, receipt.body())
    assert PLAIN in str(receipts(database, BATCH))

    young = purger(app, database, today=TODAY + timedelta(days=29))
    assert purged(young) == []
    assert PLAIN in str(receipts(database, BATCH))
    assert PLAIN in str(receipts(database, UPLOAD_SLICE))

    said = []
    assert purged(purger(app, database, today=OLD, say=said.append)) == []
    assert said[0] == "faults of 3 uploads: removed"
    for table in (BATCH, UPLOAD_SLICE):
        found = receipts(database, table)
        assert found
        assert {str(each["faults"]) for each in found} == {"[]"}
        assert {each["refused"] for each in found} == {2}
        assert f"rewriting {table.fullname}" in said
    assert marked(database) == set()
    assert purged(purger(app, database, today=OLD, say=said.append)) == []
    assert said.count("faults of 3 uploads: removed") == 1


def _trial(database, body):
    job = {"tenant": 27, "job_id": uuid4()}
    told = {"digest": b"", "manner": {}, "media": "", "role": "", "request_id": ""}
    more = {"key_made_on": TODAY, "size": 1, "state": "done"}
    counts = {"slice": 0, "first_row": 1, "rows": 2, "accepted": 0, "refused": 2}
    with database.owner.begin() as db:
        db.execute(insert(UPLOAD_JOB).values(job | told | more))
        db.execute(insert(UPLOAD_SLICE).values(job | counts | {"receipt": body}))


def test_readers_are_not_stalled_by_a_table_that_waits_to_be_rewritten(
    app, database, send, monkeypatch
):
    monkeypatch.setattr(retention_locks, "PAUSE_S", 0.1)
    monkeypatch.setattr(retention_locks, "TRIES", 2)
    # Somebody begins to read just after the wait for readers.
    monkeypatch.setattr(retention_scrub, "wait_for_readers", lambda _db: None)
    by = purger(app, database, today=OLD)
    send(still(1, "read-"))
    month = f"nmis.movement_{TODAY + timedelta(days=80):%Y%m}"
    with database.owner.begin() as db:
        db.execute(insert(SCRUB), [{"relation": month}, {"relation": "nmis.person"}])
    with reading(database, MOVEMENT):
        begun = time.monotonic()
        with pytest.raises(StillHeld, match=r"nmis\.movement, nmis\.movement_2"):
            retention.purge(by, [])
        assert time.monotonic() - begun < 15
        with database.officer.connect() as db:  # nobody is queued before us
            db.exec_driver_sql("SET lock_timeout = '1s'")
            db.execute(select(func.count()).select_from(MOVEMENT))
            db.exec_driver_sql("RESET lock_timeout")
    # Others were done; what was not is known, and done the next day.
    assert marked(database) == {"nmis.movement", month, retention_scrub.STATISTICS}
    with database.owner.connect() as db:
        assert db.exec_driver_sql("SHOW lock_timeout").scalar_one() == "0"
    retention.purge(by, [])
    assert marked(database) == set()


def test_months_are_not_locked_as_a_whole_where_nobody_analyzed_them(app, database):
    said = []
    by = purger(app, database, today=OLD, say=said.append)
    for analyzed in (False, True):
        with database.owner.begin() as db:
            db.execute(insert(SCRUB), [{"relation": "nmis.purge_person"}])
            if analyzed:
                db.exec_driver_sql("ANALYZE nmis.movement")
        retention.purge(by, [])
        assert ("rewriting nmis.movement" in said) is analyzed
        assert "rewriting nmis.purge_person" in said


def test_there_is_no_proof_before_every_table_is_rewritten(
    app, database, send, monkeypatch
):
    monkeypatch.setattr(retention_locks, "TRIES", 1)
    monkeypatch.setattr(retention_scrub, "wait_for_readers", lambda _db: None)
    send(made_up.rows(2, refs="proof-"))
    with database.owner.begin() as db:
        db.execute(update(BATCH).values(created_at=func.now() - timedelta(days=31)))
    by = purger(app, database, today=TODAY)
    with reading(database, PERSON), pytest.raises(StillHeld, match=r"nmis\.person"):
        purged(by)
    with database.owner.connect() as db, pytest.raises(NoProof):
        statements(db, date(2020, 5, 1), key=by.audit)
    assert purged(by) == ["2020-05"]  # it goes on
    with database.owner.connect() as db:
        (proof,) = statements(db, date(2020, 5, 1), key=by.audit)
    assert "scrub" in proof["statement"]["steps"]


def test_who_was_erased_on_request_is_scrubbed_the_same_day_and_hashed_for_a_year(
    app, database, send
):
    _, (person,) = send(still(1, "asked-"))
    by = purger(app, database, today=TODAY)
    with database.owner.begin() as db:
        who = audit.operator()
        erase(db, person, key=by.audit, keys=by.keys, who=who, today=TODAY)
    assert "nmis.source_ref" in marked(database)
    assert purged(by) == []  # no month is due
    assert marked(database) == set()
    known = select(func.count()).select_from(ERASED_REF)
    for days, count in ((364, 1), (365, 0)):
        retention.purge(purger(app, database, today=TODAY + timedelta(days=days)), [])
        with database.owner.connect() as db:
            assert db.execute(known).scalar_one() == count
