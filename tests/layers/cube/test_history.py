"""A database restored from a backup tells another history under the same numbers."""

import pytest
from sqlalchemy import insert, select

from layers.cube.folder import every
from layers.cube.keeper import Keeper
from movements.flow import FLOW_DAY, FLOW_DELTA
from tests.keeping import (
    asked,
    commit,
    known,
    people,
    people_now,
    put_back,
    renew,
    tended,
)


class Backup:
    """The flows as they were at one moment."""

    def __init__(self, database) -> None:
        self.versions = known(database)
        with database.owner.connect() as db:
            self.rows = {
                table: [dict(row._mapping) for row in db.execute(select(table))]
                for table in (FLOW_DAY, FLOW_DELTA)
            }

    def restore(self, database) -> None:
        with database.owner.begin() as db:
            for table, rows in self.rows.items():
                db.execute(table.delete())
                db.execute(insert(table), rows)
        for subject, version in self.versions.items():
            put_back(database, subject, version)


@pytest.fixture
def restored(database, tmp_path) -> Backup:
    """A database behind the newest of its bases; the older one fits."""
    commit(database, 100)
    renew(database, tmp_path)
    made = Backup(database)
    for n in (1, 2, 3):
        commit(database, n)
    renew(database, tmp_path)
    made.restore(database)
    return made


def agrees(kept: Keeper, database) -> bool:
    cube = asked(kept, database)
    now = known(database)
    return (people(cube), cube.version) == (people_now(database), now["flows"])


def test_a_base_newer_than_the_database_is_not_used(database, tmp_path, restored):
    kept = Keeper(folder=tmp_path, renew=lambda: None)
    assert agrees(kept, database)
    assert asked(kept, database).base.version == restored.versions["flows"]


def test_a_worker_that_finds_one_has_another_history_begun(
    database, tmp_path, restored
):
    lost = max(each.version for each in every(tmp_path))
    kept = Keeper(folder=tmp_path, renew=lambda: renew(database, tmp_path))
    tended(kept, database)
    now = known(database)
    assert now["flow_epoch"] != restored.versions["flow_epoch"]
    # No entity tag of the lost history fits, and nobody sees a version go back.
    assert now["flows"] > lost
    assert [each.epoch for each in every(tmp_path)] == [now["flow_epoch"]]
    for n in (7, 8, 9, 10):
        commit(database, n)
        tended(kept, database)
        assert agrees(kept, database)
    assert agrees(Keeper(folder=tmp_path, renew=lambda: None), database)
    assert known(database)["flow_epoch"] == now["flow_epoch"]  # once


def test_a_writer_that_is_never_behind_begins_no_other_history(database, tmp_path):
    epoch = known(database)["flow_epoch"]
    for n in (1, 2, 3):
        commit(database, n)
        renew(database, tmp_path)
        renew(database, tmp_path)
    assert known(database)["flow_epoch"] == epoch
