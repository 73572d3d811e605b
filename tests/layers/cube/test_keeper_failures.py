"""The cube of a process: never older than the database, whatever befalls it."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from layers.cube import keeper
from layers.cube.keeper import Keeper
from layers.errors import NoCube
from movements.flow import FLOW_DAY, FLOW_DELTA
from tests.flow_rows import MUMBAI, PUNE, flow
from tests.flow_truth import change
from tests.keeping import (
    asked,
    commit,
    commit_rows,
    known,
    people,
    people_now,
    put_back,
    renew,
    tended,
)


def nothing() -> None:
    """A writer that never writes."""


@pytest.fixture
def kept(tmp_path) -> Keeper:
    return Keeper(folder=tmp_path, renew=nothing)


def agrees(kept: Keeper, database) -> bool:
    cube = asked(kept, database)
    now = known(database)
    return (people(cube), cube.version) == (people_now(database), now["flows"])


def test_it_catches_up_by_deltas_and_keeps_its_base(database, kept):
    commit(database, 5)
    base = asked(kept, database).base
    commit(database, 3)
    commit(database, -4)
    cube = asked(kept, database)
    assert cube.base is base
    assert cube.overlay.n.tolist() == [3, -4]
    assert agrees(kept, database)


def test_without_a_change_it_asks_the_database_nothing(database, kept, monkeypatch):
    commit(database, 1)
    cube = asked(kept, database)
    monkeypatch.setattr(keeper, "later", None)
    assert asked(kept, database) is cube


def test_what_is_not_committed_is_not_seen_and_then_is_at_once(database, kept):
    before = people(asked(kept, database))
    with database.owner.begin() as db:
        change(db, [flow(MUMBAI, PUNE, 9)])
        assert people(asked(kept, database)) == before
    assert people(asked(kept, database)) == before + 9


def test_a_purge_takes_everybody_away(database, kept):
    rows = [flow(MUMBAI, PUNE, 40, mode="bus"), flow(PUNE, MUMBAI, 7)]
    before = people_now(database)
    commit_rows(database, rows)
    asked(kept, database)
    commit_rows(database, [row | {"n": -row["n"]} for row in rows])
    with database.owner.connect() as db:
        there = select(func.count()).where(FLOW_DAY.c.mode == "bus")
        assert db.execute(there).scalar_one() == 0  # swept
    assert people(asked(kept, database)) == before
    assert agrees(kept, database)
    assert agrees(Keeper(folder=kept.folder, renew=nothing), database)


def test_who_slept_while_deltas_were_deleted_takes_a_newer_base(database, kept):
    commit(database, 2)
    asleep = asked(kept, database)
    for n in (10, 20, 30):
        commit(database, n)
        renew(database, kept.folder)
    commit(database, 40)
    assert known(database)["flow_floor"] > asleep.version
    cube = asked(kept, database)
    assert cube.base.version > asleep.version
    assert cube.overlay.n.tolist() == [40]
    assert agrees(kept, database)


def test_without_a_base_on_the_disk_the_same_is_read_anew(database, kept):
    asleep = asked(kept, database)
    for n in (10, 20):
        commit(database, n)
        renew(database, kept.folder)
    for path in kept.folder.iterdir():
        path.unlink()
    assert known(database)["flow_floor"] > asleep.version
    assert agrees(kept, database)


def test_deltas_deleted_while_a_base_is_opened_are_not_missed(
    database, kept, monkeypatch
):
    renew(database, kept.folder)
    commit(database, 11)
    truly, raced = keeper.opened, []

    def slowly(folder: Path, **limits):
        found = truly(folder, **limits)
        if not raced:
            raced.append(found)
            for n in (1, 2):  # two newer bases, and the deltas before them are gone
                commit(database, n)
                renew(database, folder)
        return found

    monkeypatch.setattr(keeper, "opened", slowly)
    assert agrees(kept, database)
    assert raced[0].version < known(database)["flow_floor"]


def test_another_history_is_read_anew_though_its_version_is_the_same(database, kept):
    commit(database, 4)
    renew(database, kept.folder)
    before = asked(kept, database)
    put_back(database, "flow_epoch", 77)
    with database.owner.begin() as db:
        db.execute(FLOW_DAY.update().values(n=FLOW_DAY.c.n + 1))
    cube = asked(kept, database)
    assert (cube.epoch, cube.version) == (77, before.version)
    assert agrees(kept, database)


def test_a_worker_that_is_ahead_of_its_database_starts_again(database, kept):
    commit(database, 6)
    commit(database, 6)
    ahead = asked(kept, database)
    with database.owner.begin() as db:  # the last commit is lost
        db.execute(FLOW_DELTA.delete().where(FLOW_DELTA.c.version == ahead.version))
        db.execute(FLOW_DAY.update().values(n=FLOW_DAY.c.n - 1))
    put_back(database, "flows", ahead.version - 1)
    tended(kept, database)
    assert agrees(kept, database)


def test_a_torn_base_is_passed_over_and_a_new_one_is_asked_for(
    database, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(keeper, "MANY_DELTAS", 3)
    calls = []
    renew(database, tmp_path)
    kept = Keeper(folder=tmp_path, renew=lambda: calls.append(1))
    old = asked(kept, database).base
    for n in (1, 2, 3):
        commit(database, n)
    torn = renew(database, tmp_path)
    torn.write_bytes(torn.read_bytes()[:-1])
    tended(kept, database)
    assert asked(kept, database).base is old
    assert calls == [1]
    assert torn.name in caplog.text
    assert agrees(Keeper(folder=tmp_path, renew=nothing), database)
    renew(database, tmp_path)
    commit(database, 5)
    tended(kept, database)
    assert asked(kept, database).base is not old
    assert agrees(kept, database)


def test_many_deltas_make_a_new_base_which_is_taken_up(database, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "MANY_DELTAS", 2)
    kept = Keeper(folder=tmp_path, renew=lambda: renew(database, tmp_path))
    asked(kept, database)
    for n in (1, 2):
        commit(database, n)
    tended(kept, database)
    assert len(asked(kept, database).overlay.n) == 2
    tended(kept, database)
    assert len(asked(kept, database).overlay.n) == 0
    assert agrees(kept, database)


def test_a_first_base_that_nobody_writes_is_told_in_words(database, kept, monkeypatch):
    monkeypatch.setattr(keeper, "SMALL_ROWS", 0)
    monkeypatch.setattr(keeper, "FIRST_BASE_S", 0.2)
    commit(database, 1)
    with pytest.raises(NoCube, match=r"within 0\.2 s"):
        asked(kept, database)
    renew(database, kept.folder)
    assert agrees(kept, database)


def test_who_waits_behind_others_is_told_to_come_back(database, kept, monkeypatch):
    monkeypatch.setattr(keeper, "FIRST_BASE_S", 0.2)
    commit(database, 1)
    with kept._lock, pytest.raises(NoCube, match=r"waited 0\.2 s"):
        asked(kept, database)
    assert agrees(kept, database)
