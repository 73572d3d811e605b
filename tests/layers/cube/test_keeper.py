"""A process's cube is never older than the database, whatever happens around it."""

import json
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.pool import NullPool

from boundaries.scope import COUNTRY
from boundaries.version import VERSION, versions
from gis_service.cube import Renewal
from layers.cube import folder, keeper
from layers.cube.keeper import Keeper
from layers.flows import answer
from movements.flow import FLOW_DAY, FLOW_DELTA, forget
from tests.flow_rows import DAY, MUMBAI, PUNE, add, cube_of, flow, question

DELHI, PATNA = 77, 188
DEADLINE_S = 60


@pytest.fixture
def rows(database):
    """``rows(*flows)`` commits flows; all are gone after the test."""

    def written(*flows):
        with database.owner.begin() as db:
            add(db, flows)

    yield written
    with database.owner.begin() as db:
        db.execute(FLOW_DAY.delete())
        db.execute(FLOW_DELTA.delete())
        epoch = VERSION.c.subject == "flow_epoch"
        db.execute(update(VERSION).where(epoch).values(version=VERSION.c.version + 1))


@pytest.fixture
def kept(tmp_path):
    """A keeper that nobody tends, and that has nothing written."""

    def never():
        raise AssertionError("no base is needed")

    return Keeper(tmp_path, never)


def total(database, kept) -> int:
    with database.read.connect() as db:
        cube = kept.at(db, versions(db))
        found = answer(cube, question(db, COUNTRY), {})
        return found.total + found.internal


def written(database, place):
    """Write a base as the writing process does."""
    engine = create_engine(
        database.owner.url, poolclass=NullPool, isolation_level="REPEATABLE READ"
    )
    with engine.connect() as db:
        return folder.renewed(db, place)


def test_no_answer_after_a_commit_is_older_though_no_notice_comes(database, kept, rows):
    for people in range(1, 6):
        rows(
            flow(
                MUMBAI,
                PUNE,
                1,
                category="other",
                mode="bus",
                day=DAY.replace(day=people),
            )
        )
        assert total(database, kept) == people


def test_a_new_pair_and_a_purge_are_followed(database, kept, rows):
    rows(flow(MUMBAI, PUNE, 7))
    assert total(database, kept) == 7
    rows(flow(DELHI, PATNA, 5))
    assert total(database, kept) == 12
    with database.owner.begin() as db:  # a purge: negative deltas, the row swept
        version = VERSION.c.subject == "flows"
        raised = update(VERSION).where(version).values(version=VERSION.c.version + 1)
        now = db.execute(raised.returning(VERSION.c.version)).scalar_one()
        row = db.execute(select(FLOW_DAY).where(FLOW_DAY.c.origin == DELHI)).one()
        gone = row._asdict() | {"n": -5, "version": now}
        db.execute(FLOW_DELTA.insert(), [gone])
        db.execute(FLOW_DAY.delete().where(FLOW_DAY.c.origin == DELHI))
    assert total(database, kept) == 7


def test_who_slept_while_deltas_were_deleted_misses_none(database, kept, rows):
    rows(flow(MUMBAI, PUNE, 7))
    assert total(database, kept) == 7
    rows(flow(DELHI, PATNA, 5))
    rows(flow(PATNA, DELHI, 3))
    with database.owner.begin() as db:
        forget(db, versions(db)["flows"] - 1)
    assert total(database, kept) == 15


def test_another_history_is_read_anew(database, kept, rows):
    rows(flow(MUMBAI, PUNE, 7))
    assert total(database, kept) == 7
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=9))
        epoch = VERSION.c.subject == "flow_epoch"
        db.execute(update(VERSION).where(epoch).values(version=VERSION.c.version + 1))
    assert total(database, kept) == 9


def test_a_torn_base_is_not_used_and_an_older_whole_one_is(
    database, tmp_path, rows, monkeypatch
):
    monkeypatch.setattr(keeper, "SMALL_ROWS", 0)
    rows(flow(MUMBAI, PUNE, 7))
    whole = written(database, tmp_path)
    rows(flow(DELHI, PATNA, 5))
    torn = written(database, tmp_path)
    torn.write_bytes(torn.read_bytes()[:-100])
    kept = Keeper(tmp_path, lambda: None)
    assert total(database, kept) == 12
    assert f"-{kept._snapshot.base.version}.cube" in whole.name


def test_only_deltas_that_both_bases_contain_are_deleted(database, tmp_path, rows):
    rows(flow(MUMBAI, PUNE, 7))
    first = written(database, tmp_path)
    rows(flow(DELHI, PATNA, 5))
    second = written(database, tmp_path)
    rows(flow(PATNA, DELHI, 3))
    third = written(database, tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {second.name, third.name}
    assert first not in (second, third)
    with database.owner.connect() as db:
        kept = db.execute(select(FLOW_DELTA.c.version)).scalars().all()
        floor = versions(db)["flow_floor"]
    assert f"-{floor}.cube" in second.name
    assert kept == [floor + 1]


def test_of_two_writers_one_writes(database, tmp_path, rows):
    rows(flow(MUMBAI, PUNE, 7))
    engine = create_engine(
        database.owner.url, poolclass=NullPool, isolation_level="REPEATABLE READ"
    )
    with engine.connect() as busy:
        assert busy.execute(
            select(folder.func.pg_try_advisory_lock(folder.LOCK))
        ).scalar_one()
        assert written(database, tmp_path) is None
    assert written(database, tmp_path) is not None


@pytest.mark.parametrize("after_s", [0.3, 0.6, 0.8, 1.0])
def test_a_killed_writer_leaves_no_lock_and_nothing_that_is_read(
    database, tmp_path, rows, after_s
):
    rows(flow(MUMBAI, PUNE, 7))
    url = database.owner.url.render_as_string(hide_password=False)
    needs = json.dumps({"url": url, "folder": str(tmp_path)})
    writer = subprocess.Popen(
        [sys.executable, "-m", "gis_service.cube_writer"], stdin=subprocess.PIPE
    )
    with writer.stdin as told:
        told.write(needs.encode())
    time.sleep(after_s)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    (tmp_path / "abc-1.4711.part").write_bytes(b"half")
    until = time.monotonic() + DEADLINE_S
    while written(database, tmp_path) is None:  # the server notices it is gone
        assert time.monotonic() < until
        time.sleep(0.05)
    assert not list(tmp_path.glob("*.part"))
    assert total(database, Keeper(tmp_path, lambda: None)) == 7


def test_a_large_database_without_a_base_has_one_written_first(
    database, tmp_path, rows, monkeypatch
):
    monkeypatch.setattr(keeper, "SMALL_ROWS", 0)
    rows(flow(MUMBAI, PUNE, 7), flow(DELHI, PATNA, 5))
    kept = Keeper(tmp_path, Renewal(database.owner, tmp_path))
    assert total(database, kept) == 12
    assert len(list(tmp_path.glob("*.cube"))) == 1


def test_a_newer_base_is_taken_up_and_answers_the_same(
    database, tmp_path, rows, monkeypatch
):
    monkeypatch.setattr(keeper, "MANY_DELTAS", 1)
    rows(flow(MUMBAI, PUNE, 7))
    asked = []
    kept = Keeper(tmp_path, lambda: asked.append(1))
    assert total(database, kept) == 7
    rows(flow(DELHI, PATNA, 5))
    with database.read.connect() as db:
        kept.tend(db)
        assert asked == [1]
        written(database, tmp_path)
        kept.tend(db)
        assert len(kept._snapshot.overlay.n) == 0
        assert kept._snapshot.version == cube_of(db).version
    assert total(database, kept) == 12
