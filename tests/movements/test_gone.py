"""People who are gone are not brought back by the file that names them every night."""

from dataclasses import replace
from datetime import date

import made_up
import polars as pl
import pytest
from sqlalchemy import func, insert, select

from movements.erased_refs import erased_rows
from movements.fault_hindi import suggested
from movements.journey_rules import spans
from movements.receipt import people
from movements.retention_forget import erase_person
from movements.retention_tables import ERASED_REF, PURGE_RUN
from movements.snapshot import Snapshot
from movements.tables import BATCH, MOVEMENT, SOURCE_REF
from movements.unique_id import id_of

MAY, JUNE, JULY = date(2020, 5, 1), date(2020, 6, 1), date(2020, 7, 1)
FIRST, LAST = date(2020, 3, 1), date(2027, 2, 1)
GONE = date(2020, 8, 1)
KEY = b"e" * 32
SPRING, SUMMER = "2020-03-01 to 2020-04-30", "2020-06-01 to 2020-06-30"


@pytest.fixture
def gone(db):
    """``gone(month)``: its people are out of view."""

    def archived(month):
        row = {"month": month, "run": 1, "view_ends": GONE, "floor_ends": GONE}
        db.execute(insert(PURGE_RUN).values(row | {"archived_at": func.now()}))

    return archived


@pytest.fixture
def erased(db, upload, keys):
    """Rows of three people with row ids; the first of them was erased on request."""
    rows = made_up.rows(3, refs="asked-")
    found = upload(made_up.csv_body(rows))
    first, *_ = (id_of(each.id) for each in people(db, found.batch, tenant=27))
    erase_person(db, first, key=KEY, keys=keys, gone=GONE)
    return rows


def count(db, table):
    return db.execute(select(func.count()).select_from(table)).scalar_one()


def days(*travelled):
    rows = made_up.rows(len(travelled), refs="day-")
    sent = [
        row | {"travel_date": each} for row, each in zip(rows, travelled, strict=True)
    ]
    return made_up.csv_body(sent)


def test_days_of_a_month_out_of_view_are_refused_and_those_taken_are_told(
    db, upload, gone
):
    gone(MAY)
    found = upload(days("2020-05-01", "2020-05-31", "2020-06-01", "2020-04-30"))
    assert (found.accepted, found.refused) == (2, 2)
    told = {(each["row"], each["code"], each["suggestion"]) for each in found.faults}
    open_days = "2020-03-01 to 2020-04-30 or 2020-06-01 to 2027-02-01"
    code = "travel_date_outside_window"
    assert told == {(1, code, open_days), (2, code, open_days)}
    assert count(db, MOVEMENT) == 2


@pytest.mark.parametrize(
    ("months", "told"),
    [
        ((), "2020-03-01 to 2027-02-01"),
        ((date(2020, 3, 1), date(2020, 4, 1)), "2020-05-01 to 2027-02-01"),
        ((JULY, MAY, JUNE), "2020-03-01 to 2020-04-30 or 2020-08-01 to 2027-02-01"),
        ((JULY, MAY), f"{SPRING} or {SUMMER} or 2020-08-01 to 2027-02-01"),
        ((date(2027, 2, 1),), "2020-03-01 to 2027-01-31"),
        ((date(2030, 2, 1),), "2020-03-01 to 2027-02-01"),
    ],
)
def test_the_days_that_are_taken_are_told_in_both_languages(months, told):
    assert spans(FIRST, LAST, frozenset(months)) == told
    hindi = told.replace(" to ", " से ").replace(" or ", " तक या ") + " तक"
    assert suggested(told) == hindi


def test_no_day_is_told_where_none_is_taken():
    assert spans(MAY, date(2020, 5, 31), frozenset({MAY})) is None


def test_rows_of_who_was_erased_on_request_are_refused_whatever_they_say(
    db, upload, erased
):
    for day in ("2020-05-13", "2020-09-13"):
        sent = [row | {"travel_date": day} for row in erased]
        found = upload(made_up.csv_body(sent))
        assert (found.accepted, found.new, found.refused) == (2, 0, 1)
        (fault,) = found.faults
        assert (fault["row"], fault["code"]) == (1, "erased_on_request")
        assert "asked-0" not in str(fault)
    assert count(db, SOURCE_REF) == 2
    tried = upload(made_up.csv_body(erased), dry_run=True)
    assert tried.refused == 1


def test_a_snapshot_may_still_name_who_was_erased(db, upload, erased):
    snapshot = Snapshot(MAY, date(2020, 5, 31))
    body = made_up.csv_body(erased)
    told = upload(body, dry_run=True, snapshot=snapshot)
    found = upload(body, snapshot=replace(snapshot, confirm=told.confirm))
    assert (found.unchanged, found.withdrawn, found.refused) == (2, 0, 1)


def test_another_state_may_have_the_same_row_id(db, erased, keys):
    refs = pl.Series([row["source_ref"] for row in erased])
    (found,) = erased_rows(db, refs, tenant=27, keys=keys)
    assert list(found.rows) == [0]
    assert erased_rows(db, refs, tenant=10, keys=keys) == ()
    other = replace(keys, digest=b"x" * 32)
    assert erased_rows(db, refs, tenant=27, keys=other) == ()


def test_nothing_plain_is_kept_of_who_was_erased(db, erased):
    (kept,) = db.execute(select(ERASED_REF)).all()
    assert (len(kept.hash), kept.gone) == (16, GONE)
    assert count(db, BATCH) == 1
