"""When a month's people leave view; who stays for another journey; what is archived."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import made_up
import orjson
import pytest
from sqlalchemy import func, insert, select, update

from movements import archive
from movements.flow import FLOW_DAY
from movements.identity import data_keys, opening_keys, seal, unseal
from movements.receipt import people
from movements.retention import Clocks, planned
from movements.retention_forget import (
    archived,
    destroyed,
    erase_person,
    forgotten,
)
from movements.retention_people import erased
from movements.retention_tables import ARCHIVE, PURGE_PERSON
from movements.sealing import NoDataKey
from movements.tables import (
    BATCH,
    BATCH_PEOPLE,
    MOVEMENT,
    PERSON,
    PROFILE,
    SOURCE_REF,
)
from movements.unique_id import id_of
from tests.purging import taken_again

CLOCKS = Clocks(view_days=30, keep_days=365)
MAY, JUNE, JULY = date(2020, 5, 1), date(2020, 6, 1), date(2020, 7, 1)
MAHARASHTRA = 27
KEY = b"e" * 32
GONE = date(2020, 8, 1)


@pytest.mark.parametrize(
    ("last_sent", "sunset", "view_ends", "nothing_kept"),
    [
        (None, None, date(2020, 7, 1), date(2021, 6, 1)),
        (date(2020, 5, 20), None, date(2020, 7, 1), date(2021, 6, 1)),
        # Nobody is out of view before a month to work with them.
        (date(2020, 6, 11), None, date(2020, 7, 11), date(2021, 6, 11)),
        (None, date(2020, 5, 14), date(2020, 6, 14), date(2021, 5, 15)),
        (date(2020, 6, 11), date(2020, 12, 31), date(2020, 7, 11), date(2021, 6, 11)),
    ],
)
def test_both_clocks_run_from_the_end_of_a_month_its_last_rows_or_the_sunset(
    last_sent, sunset, view_ends, nothing_kept
):
    clocks = Clocks(30, 365, sunset)
    assert clocks.ends(MAY, last_sent) == (view_ends, nothing_kept)


def test_nothing_ends_before_it_leaves_view():
    clocks = Clocks(view_days=30, keep_days=7)
    assert clocks.ends(MAY, None) == (date(2020, 7, 1), date(2020, 7, 1))


@pytest.fixture
def sent(db, upload):
    """``sent(count, day)``: the unique IDs of people who travel on a day."""

    def uploaded(count, day, refs=""):
        rows = made_up.rows(count, seed=day.toordinal(), refs=refs)
        body = made_up.csv_body([row | {"travel_date": f"{day}"} for row in rows])
        found = upload(body)
        listed = people(db, found.batch, tenant=MAHARASHTRA)
        return [id_of(each.id) for each in listed]

    return uploaded


@pytest.fixture
def purge(db, keys):
    """``purge(month)``: out of view and forgotten, whatever the clocks say."""

    def purged(month):
        plan = planned(db, CLOCKS)
        (run,) = (x for x in plan if x.month == month and not x.archived)
        out = archived(db, run, keys=keys)
        return run, {**out, **forgotten(db, run, key=KEY, gone=GONE)}

    return purged


def count(db, table):
    return db.execute(select(func.count()).select_from(table)).scalar_one()


def counts(db):
    tables = (MOVEMENT, PROFILE, PERSON, SOURCE_REF, BATCH_PEOPLE)
    return [count(db, table) for table in tables]


def flows(db):
    return db.execute(select(func.sum(FLOW_DAY.c.n))).scalar_one()


def travels_again(db, keys, person, day):
    """Give a person of May another journey, as a merge does, without a profile."""
    row = dict(
        db.execute(select(MOVEMENT).where(MOVEMENT.c.person_id == person))
        .mappings()
        .one()
    )
    db.execute(
        insert(MOVEMENT).values(row | {"movement_id": uuid4(), "travel_date": day})
    )


def test_a_month_counts_from_its_last_upload_and_is_planned_once(db, sent):
    sent(3, MAY)
    sent(2, JULY)
    db.execute(
        update(BATCH).values(created_at=func.make_timestamptz(2020, 6, 9, 1, 0, 0))
    )
    first = planned(db, CLOCKS)
    assert [(run.month, run.view_ends) for run in first] == [
        (MAY, date(2020, 7, 9)),
        (JULY, date(2020, 8, 31)),
    ]
    assert planned(db, CLOCKS) == first
    assert [run.month for run in first if run.is_due(date(2020, 7, 9))] == [MAY]
    assert not [run for run in first if run.is_due(date(2020, 7, 8))]


def test_a_month_goes_its_flows_stay_and_other_months_are_not_touched(db, sent, purge):
    gone, kept = sent(5, MAY, "may-"), sent(4, JULY, "july-")
    before = flows(db)
    _, told = purge(MAY)
    assert told["people"] == told["vault.profile"] == told["nmis.movement"] == 5
    assert (told["nmis.person"], told["nmis.source_ref"]) == (5, 5)
    assert counts(db) == [4, 4, 4, 4, 1]
    assert flows(db) == before
    assert [erased(db, each, key=KEY) for each in gone] == [GONE] * 5
    assert [erased(db, each, key=KEY) for each in kept] == [None] * 4
    assert erased(db, gone[0], key=b"f" * 32) is None
    assert count(db, PURGE_PERSON) == 0
    assert [each.archived for each in planned(db, CLOCKS)] == [True, False]


def test_the_archive_opens_to_what_was_sealed_and_ends_with_its_key(
    db, sent, purge, keys
):
    ids = sent(70, MAY)
    run, _ = purge(MAY)
    rows = list(archive.opened(db, run, ring=keys.ring))
    profiles = [row for of, row in rows if of == "vault.profile"]
    assert {UUID(row["person_id"]) for row in profiles} == set(ids)
    assert {row["record"]["name"] for row in profiles} == {
        row["name"] for row in made_up.rows(70, seed=MAY.toordinal())
    }
    journeys = [row for of, row in rows if of == "nmis.movement"]
    assert len(journeys) == 70
    assert journeys[0]["origin"]["type"] == "Point"
    sealed = db.execute(select(archive.ARCHIVE_PART.c.sealed)).scalars()
    assert not [part for part in sealed if b"Namuna" in part]

    assert destroyed(db, run)["archive_key"]
    assert [count(db, ARCHIVE), count(db, archive.ARCHIVE_PART)] == [0, 0]
    with pytest.raises(archive.NoArchive, match="no archive of 2020-05"):
        next(archive.opened(db, run, ring=keys.ring))


def test_the_data_key_of_the_month_is_gone_and_a_later_upload_has_another(
    db, sent, purge, keys, monkeypatch
):
    (person,) = sent(1, MAY)
    place, sealed = _profile(db, person)
    run, told = purge(MAY)
    assert told["data_keys"] == ["vault.data_key 2020-05 1"]
    with pytest.raises(NoDataKey):
        unseal(sealed, place, keys=opening_keys(db, [MAY], keys=keys))
    # Sent after all: another run of the same month, which erases it again.
    taken_again(monkeypatch)
    sent(2, MAY)
    _, again = purge(MAY)
    assert (again["people"], again["data_keys"]) == (2, ["vault.data_key 2020-05 1"])
    assert len(list(archive.opened(db, run, ring=keys.ring))) == 2


def test_a_person_with_a_later_journey_stays_and_is_sealed_into_its_month(
    db, sent, purge, keys
):
    stays, goes = sent(2, MAY, "two-")
    travels_again(db, keys, stays, JULY)
    name = orjson.loads(_opened(db, stays, keys))["name"]
    _, told = purge(MAY)
    assert (told["carried"], told["people"]) == (1, 1)
    assert erased(db, stays, key=KEY) is None
    assert erased(db, goes, key=KEY) == GONE
    assert orjson.loads(_opened(db, stays, keys))["name"] == name
    assert _profile(db, stays)[0][2] == JULY
    _, later = purge(JULY)
    assert later["people"] == 1
    assert erased(db, stays, key=KEY) == GONE
    assert counts(db) == [0, 0, 0, 0, 0]


def test_a_profile_that_the_later_month_has_already_is_not_written_over(
    db, sent, purge, keys
):
    (person,) = sent(1, MAY)
    travels_again(db, keys, person, JULY)
    place, _ = _profile(db, person)
    there = (place[0], place[1], JULY)
    (sealed,) = seal(
        [b'{"name":"Later"}'], [there], keys=data_keys(db, [JULY], keys=keys)
    )
    row = dict(db.execute(select(PROFILE)).mappings().one())
    db.execute(insert(PROFILE).values(row | {"purge_month": JULY, "sealed": sealed}))
    _, told = purge(MAY)
    assert (told["carried"], told["people"]) == (0, 0)
    assert orjson.loads(_opened(db, person, keys)) == {"name": "Later"}


def test_a_batch_keeps_who_stays_and_what_was_wrong_with_rows_until_all_are_gone(
    db, upload, purge
):
    rows = made_up.rows(4, refs="mixed-")
    days = ("2020-05-02", "2020-07-02", "2020-07-03", "not a day")
    sent = [row | {"travel_date": day} for row, day in zip(rows, days, strict=True)]
    found = upload(made_up.csv_body(sent))
    assert found.faults
    purge(MAY)
    left = list(people(db, found.batch, tenant=MAHARASHTRA))
    assert [(each.row, each.source_ref) for each in left] == [
        (2, "mixed-1"),
        (3, "mixed-2"),
    ]
    receipt = select(BATCH.c.receipt)
    assert db.execute(receipt).scalar_one()["faults"]
    purge(JULY)
    told = db.execute(receipt).scalar_one()
    assert (told["rows"], told["accepted"], told["faults"]) == (4, 3, [])
    assert list(people(db, found.batch, tenant=MAHARASHTRA)) == []


def test_one_person_is_erased_and_the_others_are_not(db, sent, keys):
    one, *others = sent(3, MAY, "one-")
    before = flows(db)
    told = erase_person(db, one, key=KEY, keys=keys, gone=GONE)
    assert told["nmis.movement"] == told["vault.profile"] == told["nmis.person"] == 1
    assert counts(db) == [2, 2, 2, 2, 1]
    assert flows(db) == before
    assert [erased(db, each, key=KEY) for each in (one, *others)] == [GONE, None, None]
    later = GONE + timedelta(days=1)
    assert erase_person(db, one, key=KEY, keys=keys, gone=later) == {}
    assert erase_person(db, uuid4(), key=KEY, keys=keys, gone=GONE) == {}
    assert erased(db, one, key=KEY) == GONE


def test_an_id_that_was_never_given_is_not_said_to_be_erased(db, keys):
    nobody = uuid4()
    assert erase_person(db, nobody, key=KEY, keys=keys, gone=GONE) == {}
    assert erased(db, nobody, key=KEY) is None


def _profile(db, person):
    row = db.execute(select(PROFILE).where(PROFILE.c.person_id == person)).one()
    return (row.bucket, person.bytes, row.purge_month), bytes(row.sealed)


def _opened(db, person, keys):
    newest = select(PROFILE).where(PROFILE.c.person_id == person)
    row = db.execute(newest.order_by(PROFILE.c.purge_month.desc())).first()
    place = (row.bucket, person.bytes, row.purge_month)
    held = opening_keys(db, [row.purge_month], keys=keys)
    return unseal(bytes(row.sealed), place, keys=held)
