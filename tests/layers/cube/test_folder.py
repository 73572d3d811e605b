"""One writer at a time, nothing half-written read, deltas kept as long as needed."""

import threading

import pytest
from sqlalchemy import func, select

from layers.cube import container, folder
from layers.cube.folder import files, opened
from layers.cube.keeper import Keeper
from movements.flow import FLOW_DELTA
from tests.keeping import asked, commit, known, people, people_now, put_back, renew


def oldest_delta(database) -> int:
    with database.owner.connect() as db:
        return db.execute(select(func.min(FLOW_DELTA.c.version))).scalar_one()


def test_deltas_go_only_below_the_bases_that_are_kept(database, tmp_path):
    written = []
    for n in (1, 2, 3):
        written.append(commit(database, n))
        renew(database, tmp_path)
        commit(database, n)
    now = known(database)
    there = [each.version for each in files(tmp_path, now["flow_epoch"])]
    assert there == written[:0:-1]  # the newest two
    assert now["flow_floor"] == written[1]
    assert oldest_delta(database) == written[1] + 1
    for version in there:  # both can be brought up to date
        limits = {"epoch": now["flow_epoch"], "floor": now["flow_floor"]}
        found = opened(tmp_path, **limits, version=version)
        assert found.version == version


def test_the_first_base_lets_no_delta_go(database, tmp_path):
    floor = known(database)["flow_floor"]
    commit(database, 1)
    renew(database, tmp_path)
    assert known(database)["flow_floor"] == floor


def test_of_two_writers_at_once_one_writes(database, tmp_path, monkeypatch):
    truly, begun, go_on = folder.read, threading.Event(), threading.Event()

    def waiting(db):
        begun.set()
        assert go_on.wait(10)
        return truly(db)

    monkeypatch.setattr(folder, "read", waiting)
    first = []
    writer = threading.Thread(target=lambda: first.append(renew(database, tmp_path)))
    writer.start()
    assert begun.wait(10)
    assert renew(database, tmp_path) is None
    go_on.set()
    writer.join()
    assert [path.name for path in tmp_path.iterdir()] == [first[0].name]
    assert renew(database, tmp_path) == first[0]  # free again


def test_a_base_holds_what_was_committed_before_it_was_begun(database, tmp_path):
    commit(database, 8)
    renew(database, tmp_path)
    kept = Keeper(folder=tmp_path, renew=lambda: None)
    cube = asked(kept, database)
    assert cube.base.version == known(database)["flows"]
    assert len(cube.overlay.n) == 0
    assert people(cube) == people_now(database)


def test_a_disk_that_is_full_leaves_the_old_base_and_frees_the_lock(
    database, tmp_path, monkeypatch
):
    old = renew(database, tmp_path)
    commit(database, 1)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(container.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            renew(database, tmp_path)
    assert old.exists()
    kept = Keeper(folder=tmp_path, renew=lambda: None)
    assert people(asked(kept, database)) == people_now(database)
    new = renew(database, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {old.name, new.name}


def test_bases_of_another_history_are_removed_and_other_files_are_left(
    database, tmp_path
):
    old = renew(database, tmp_path)
    (tmp_path / "README").write_text("left here by somebody")
    put_back(database, "flow_epoch", 4711)
    new = renew(database, tmp_path)
    assert not old.exists()
    assert new.name.startswith(f"{4711:x}-")
    assert (tmp_path / "README").exists()


def test_what_is_in_the_folder_is_for_its_owner_only(database, tmp_path):
    inner = tmp_path / "cube"
    path = renew(database, inner)
    assert inner.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0
