"""Entries are chained by writers that wait for nobody; and nobody takes one back."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from gis_service.audit import NotInTransaction, Purpose, Subject, Who, record
from gis_service.audit.entry import BEGINNING, Entry, of_row
from gis_service.audit.tables import ENTRY, HEAD, ROOT
from movements.tables import BATCH_PEOPLE, PERSON, PROFILE
from tests.auditing import signer, verified, write, written

WHO = Who("state", None, "r" * 16)


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("audit")


def entries(database):
    with database.audit.connect() as db:
        rows = db.execute(select(ENTRY).order_by(ENTRY.c.writer, ENTRY.c.seq))
        return [of_row(row) for row in rows]


def test_an_entry_is_chained_to_the_one_before_and_python_hashes_as_sql(database):
    written(database, 3, people=[])
    with database.upload.begin() as db:
        about = Subject("प्रेषण", None, n=0)
        record(db, WHO, purpose=Purpose.TRACE, action="a\u0000"[:1], subject=about)
        about = Subject("trace", None, n=0, case_ref="BR-PAT/2020-0117")
        record(db, WHO, purpose=Purpose.TRACE, action="trace", subject=about)
    own = [each for each in entries(database) if each.writer == 1]
    assert [each.seq for each in own] == list(range(1, len(own) + 1))
    before = [BEGINNING, *(each.hash for each in own)]
    assert [each.prev for each in own] == before[: len(own)]
    assert [each.computed() for each in own] == [each.hash for each in own]
    assert {each.plane for each in own} == {"nmis_upload"}


def test_an_entry_without_a_case_has_the_hash_that_it_had_before_there_were_cases():
    noon = datetime(2020, 5, 21, 12, tzinfo=UTC)
    known = "ea3a45f585ba3f9d683ae6053f2c2b39fc2c5acf2fa521b8f6a22bc7d74cd946"
    entry = Entry(
        *(1, 2, noon, "nmis_officer", "state", "tok1", "reception", "person.find"),
        *("person", None, (UUID(int=7),), 1, "r" * 16, bytes(32), b""),
    )
    assert entry.computed().hex() == known
    for case in ("", "CASE-1"):
        assert replace(entry, case_ref=case).computed().hex() != known


def test_a_transaction_that_is_rolled_back_leaves_no_entry_and_no_gap(database, var):
    written(database)
    before = len(entries(database))
    with database.upload.connect() as db:
        write(db, 2)
        db.rollback()
    written(database)
    assert len(entries(database)) == before + 1
    assert verified(database, var)[0] == []


def test_two_transactions_at_once_wait_for_neither_and_commit_in_any_order(
    database, var
):
    with database.upload.connect() as one, database.upload.connect() as two:
        write(one, 2)
        write(two, 2)
        write(one, 1)
        two.commit()
        write(two, 1)
        one.commit()
        two.commit()
    writers = {each.writer for each in entries(database)}
    assert writers >= {1, 2}
    assert verified(database, var)[0] == []


def test_many_threads_write_whole_chains(database, var):
    before = len(entries(database))

    def work():
        for _ in range(20):
            written(database, 2)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found, tally = verified(database, var)
    assert found == []
    assert tally.entries == before + 8 * 20 * 2
    assert tally.writers <= 16  # one that is given back may be missed


def test_a_writer_that_is_killed_leaves_its_chain_to_the_next(database, server):
    import psycopg

    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with database.upload.connect() as doomed:
        write(doomed)
        process = doomed.scalar(select(func.pg_backend_pid()))
        with psycopg.connect(address) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
        with pytest.raises(DBAPIError):
            doomed.execute(select(1))
    before = max(each.seq for each in entries(database) if each.writer == 1)
    written(database)
    after = max(each.seq for each in entries(database) if each.writer == 1)
    assert after == before + 1


def test_what_is_read_under_an_older_snapshot_is_refused(database):
    connected = database.upload.connect()
    with (
        connected.execution_options(isolation_level="REPEATABLE READ") as db,
        pytest.raises(DBAPIError, match="READ COMMITTED only"),
    ):
        write(db)


def test_a_connection_that_commits_each_statement_is_refused(database):
    with database.read.connect() as db, pytest.raises(NotInTransaction):
        write(db)


def test_planes_that_write_no_people_write_no_entries(database):
    with database.release.connect() as db, pytest.raises(ProgrammingError):
        db.execute(select(func.audit.append(*[None] * 9)))
    with database.read.connect() as db, pytest.raises(ProgrammingError):
        db.execute(select(ENTRY.c.seq))


def test_the_plane_of_auditors_sees_no_people(database):
    for table in (PERSON, PROFILE, BATCH_PEOPLE):
        with (
            database.audit.connect() as db,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            db.execute(select(table))


CHANGES = {
    "insert": insert(ENTRY).from_select(list(ENTRY.c), select(ENTRY)),
    "update": update(ENTRY).values(role="x"),
    "delete": delete(ENTRY),
    "delete root": delete(ROOT),
    "update head": update(HEAD).values(seq=1),
}


@pytest.mark.parametrize("plane", ["upload", "read", "release", "audit"])
@pytest.mark.parametrize("change", CHANGES)
def test_no_plane_changes_the_log(database, plane, change):
    with (
        getattr(database, plane).connect() as db,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        db.execute(CHANGES[change])


@pytest.mark.parametrize("change", [each for each in CHANGES if each != "insert"])
def test_not_even_the_owner_changes_the_log_by_accident(database, var, change):
    written(database)
    signer(database, var).sign("asked")
    with (
        database.owner.connect() as db,
        pytest.raises(DBAPIError, match=r"log only grows|is kept"),
    ):
        db.execute(CHANGES[change])


def test_truncate_is_refused(database):
    with (
        database.owner.connect() as db,
        pytest.raises(DBAPIError, match="log only grows"),
    ):
        db.exec_driver_sql("TRUNCATE audit.entry")
