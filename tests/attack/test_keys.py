"""Restored or moved to another machine, a release is drawn only once.

What is tested beside `make` itself stands in ``tests/movements/test_release_make.py``.
"""

import os
import subprocess

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from gis_service import db as planes
from gis_service.cli import main
from gis_service.cluster.programs import programs
from gis_service.secrets import release_key
from movements.flow import FLOW_DAY
from movements.release.make import make
from tests.attack.releasing import KEY, SOON, emptied, journeys, released
from tests.conftest import _run, _urls


@pytest.fixture(autouse=True)
def week(database):
    """A week of journeys, and after the test nothing."""
    journeys(database)
    yield
    emptied(database)


def corrected(database) -> None:
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=FLOW_DAY.c.n + 7))


@pytest.fixture
def restored(server, database, tmp_path):
    """``restored()``: this database as ``pg_dump`` and ``pg_restore`` leave it."""
    made = []

    def restore():
        name = f"nmis_restored_{os.getpid()}_{len(made)}"
        dump = tmp_path / f"{name}.dump"
        here = server.set(drivername="postgresql", database=database.owner.url.database)
        there = server.set(drivername="postgresql", database=name)
        _run(server, "CREATE DATABASE {} OWNER nmis_owner", name)
        opened = planes.database(_urls(server, name))
        made.append((name, opened))
        for program, *arguments in (
            ("pg_dump", "--format=custom", f"--file={dump}", "--dbname", here),
            ("pg_restore", "--dbname", there, str(dump)),
        ):
            words = [
                each if isinstance(each, str) else each.render_as_string(False)
                for each in arguments
            ]
            subprocess.run(programs().command(program, *words), check=True)
        return opened

    yield restore
    for name, opened in made:
        opened.close()
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


def test_a_restored_backup_is_corrected_by_the_same_draws(database, restored):
    make(database.owner, key=KEY, today=SOON)
    copy = restored()
    assert released(copy) == released(database)
    assert make(copy.owner, key=KEY, today=SOON).corrected == 0
    for each in (database, copy):
        corrected(each)
        assert make(each.owner, key=KEY, today=SOON).corrected == 1
    assert released(copy) == released(database)


def test_a_backup_of_before_the_release_gives_the_same_release(database, restored):
    copy = restored()
    for each in (database, copy):
        make(each.owner, key=KEY, today=SOON)
    assert released(copy) == released(database)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """``command(database, folder)``: `nmis release make` there."""

    def run(database, folder):
        address = database.owner.url.render_as_string(hide_password=False)
        monkeypatch.setenv("NMIS_DATABASE_URL", address)
        monkeypatch.setenv("NMIS_VAR", str(tmp_path / folder))
        return CliRunner().invoke(main, ["release", "make"])

    return run


def test_a_restored_database_on_another_machine_needs_the_key(
    database, restored, command, tmp_path
):
    assert command(database, "here").exit_code == 0
    copy = restored()
    before = released(copy)
    there = command(copy, "there")
    assert there.exit_code == 1
    assert "put its backup in place" in there.output
    assert not (tmp_path / "there/secrets/release.key").exists()
    assert released(copy) == before
    # A key that is no backup of that one is refused too.
    release_key(tmp_path / "there", may_make=True)
    refused = command(copy, "there")
    assert refused.exit_code == 1
    assert "a second draw would give away" in refused.output.replace("\n", " ")
    assert released(copy) == before
