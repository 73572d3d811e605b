"""A backup is restored into an empty database, and both hold the same."""

import json
import os
import threading
from datetime import date

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import insert, select

from gis_service import db as planes
from gis_service import retention
from gis_service.app import create_app
from gis_service.backup import dump, locks
from gis_service.backup.dump import BackupError
from gis_service.backup.locks import Unsteady
from gis_service.cli import main
from gis_service.settings import Settings
from movements.tables import MOVEMENT, PERSON, PROFILE
from tests.conftest import ROLES
from tests.purging import purged, purger

HEAD = (
    "name,age,mobile,category,origin_district,destination_district,travel_date,mode\n"
)
ENDS = '"Pune, Maharashtra","Patna, Bihar"'
ROW = "Namuna {0},3{0},9{0}00000001,labour," + ENDS + ",2020-05-21,train\n"


@pytest.fixture(scope="module")
def filled(app, database, token):
    """A database with people in it."""
    body = HEAD + "".join(ROW.format(at) for at in range(10))
    sent = app.test_client().post(
        "/api/v1/batches",
        data=body.encode(),
        headers={
            "Authorization": f"Bearer {token('uploader', state=27)}",
            "Content-Type": "text/csv",
        },
    )
    assert sent.json["accepted"] == 10, sent.text
    return database


def address(database) -> str:
    return database.owner.url.render_as_string(hide_password=False)


def plain(database) -> str:
    return address(database).replace("postgresql+psycopg:", "postgresql:", 1)


@pytest.fixture
def empty(server):
    """The addresses of a database with PostGIS and nothing else."""
    name = f"nmis_empty_{os.urandom(4).hex()}"
    admin = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as db:
        db.execute(
            sql.SQL("CREATE DATABASE {} OWNER nmis_owner").format(sql.Identifier(name))
        )
    inside = server.set(drivername="postgresql", database=name)
    with psycopg.connect(
        inside.render_as_string(hide_password=False), autocommit=True
    ) as db:
        db.execute("CREATE EXTENSION postgis")
    yield {
        plane: server.set(database=name, username=role).render_as_string(
            hide_password=False
        )
        for plane, role in ROLES.items()
    }
    with psycopg.connect(admin, autocommit=True) as db:
        db.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        )


def test_what_is_restored_is_what_was_backed_up(filled, empty, tmp_path):
    made = dump.backup(address(filled), tmp_path / "one")
    assert made.tables["nmis.movement_202005"]["rows"] == 10
    restored = dump.restore(empty["owner"], tmp_path / "one")
    assert restored == made == dump.verify(empty["owner"])
    for file in (tmp_path / "one").iterdir():
        assert file.stat().st_mode & 0o77 == 0


def test_a_restored_service_answers_and_rights_came_along(filled, empty, app, tmp_path):
    dump.backup(address(filled), tmp_path / "one")
    dump.restore(empty["owner"], tmp_path / "one")
    opened = planes.database(empty)
    try:
        with opened.owner.connect() as db:
            people = set(db.execute(select(PERSON.c.person_id)).scalars())
            assert len(people) == 10
            assert len(db.execute(select(MOVEMENT.c.movement_id)).all()) == 10
            assert len(db.execute(select(PROFILE.c.sealed)).all()) == 10
        made = create_app(Settings(var=app.extensions["settings"].var), opened)
        assert made.test_client().get("/ready").status_code == 200
        # Whom the tables may be read by came with them.
        with opened.read.connect() as db, pytest.raises(Exception, match="denied"):
            db.execute(select(PERSON.c.person_id))
    finally:
        opened.close()


def test_a_database_with_tables_is_never_written_over(filled, tmp_path):
    dump.backup(address(filled), tmp_path / "one")
    before = dump.verify(address(filled))
    with pytest.raises(BackupError, match="has tables already"):
        dump.restore(address(filled), tmp_path / "one")
    assert dump.verify(address(filled)) == before


def test_a_torn_backup_is_refused_and_leaves_nothing(filled, empty, tmp_path):
    folder = tmp_path / "one"
    dump.backup(address(filled), folder)
    file = folder / dump.DUMP
    torn = bytearray(file.read_bytes())
    torn[len(torn) // 2] ^= 1
    file.write_bytes(torn)
    with pytest.raises(BackupError, match="its hash differs"):
        dump.restore(empty["owner"], folder)
    told = json.loads((folder / dump.LIST).read_text())
    told["sha256"] = dump._sha256(file)
    (folder / dump.LIST).write_text(json.dumps(told))
    with pytest.raises(BackupError, match=r"pg_restore failed|other than backed up"):
        dump.restore(empty["owner"], folder)


def test_what_changed_after_the_backup_is_seen(filled, empty, tmp_path):
    made = dump.backup(address(filled), tmp_path / "one")
    dump.restore(empty["owner"], tmp_path / "one")
    opened = planes.database(empty)
    with opened.owner.begin() as db:
        person = db.execute(select(PERSON)).first()._mapping
        other = dict(person) | {"person_id": os.urandom(16).hex()}
        db.execute(insert(PERSON).values(other))
    opened.close()
    now = dump.verify(empty["owner"])
    differ = {name for name in made.tables if made.tables[name] != now.tables[name]}
    assert differ == {"nmis.person"}


def test_the_commands_say_what_they_did(filled, empty, tmp_path, monkeypatch):
    monkeypatch.setenv("NMIS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("NMIS_DATABASE_URL", address(filled))
    folder = str(tmp_path / "one")
    done = CliRunner().invoke(main, ["backup", folder])
    assert done.exit_code == 0, done.output
    assert "The keys are not in it" in done.output
    again = CliRunner().invoke(main, ["backup", folder])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    monkeypatch.setenv("NMIS_DATABASE_URL", empty["owner"])
    done = CliRunner().invoke(main, ["restore", folder])
    assert done.exit_code == 0, done.output
    assert "Restored and compared" in done.output


AGAIN = "DROP TABLE nmis.{0}; CREATE TABLE nmis.{0} (n integer)"


def meanwhile(monkeypatch, work):
    """Have something done when pg_dump has ended, before the list is made."""
    run = dump._run

    def ran(program, url, *options):
        run(program, url, *options)
        if program == "pg_dump":
            work()

    monkeypatch.setattr(dump, "_run", ran)


def test_no_purge_begins_while_a_backup_works(
    filled, empty, app, tmp_path, monkeypatch
):
    by = purger(app, filled, today=date(2030, 1, 1))

    def refused():
        with pytest.raises(retention.PurgeRunning, match="or a backup"):
            purged(by)

    meanwhile(monkeypatch, refused)
    made = dump.backup(address(filled), tmp_path / "one")
    assert made.tables["nmis.movement_202005"]["rows"] == 10
    assert dump.restore(empty["owner"], tmp_path / "one") == made


def test_a_table_made_anew_waits_for_the_backup_and_is_whole_in_it(
    filled, empty, tmp_path, monkeypatch
):
    with psycopg.connect(plain(filled)) as db:
        db.execute("CREATE TABLE nmis.passing AS SELECT 1 AS n")

    def made_anew():
        with psycopg.connect(plain(filled)) as db:
            db.execute(AGAIN.format("passing"))

    thread = threading.Thread(target=made_anew)

    def begun():
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()

    meanwhile(monkeypatch, begun)
    made = dump.backup(address(filled), tmp_path / "one")
    thread.join()
    assert made.tables["nmis.passing"]["rows"] == 1
    assert dump.restore(empty["owner"], tmp_path / "one") == made
    now = dump.verify(address(filled))
    assert now.tables["nmis.passing"]["rows"] == 0
    with psycopg.connect(plain(filled)) as db:
        db.execute("DROP TABLE nmis.passing")


def test_a_backup_says_that_a_purge_or_a_change_of_tables_goes_on_for_too_long(
    filled, tmp_path, monkeypatch
):
    with (
        retention._one_at_a_time(filled.owner),
        psycopg.connect(plain(filled), autocommit=True) as db,
        pytest.raises(Unsteady, match="a purge has been at work for 50ms"),
    ):
        locks.beside_no_purge(db, wait="50ms")
    with psycopg.connect(plain(filled)) as other:
        other.execute("LOCK TABLE nmis.person IN ACCESS EXCLUSIVE MODE")
        with (
            psycopg.connect(plain(filled)) as db,
            pytest.raises(Unsteady, match="by a migration or a purge"),
        ):
            locks.held(db, wait="50ms")


def test_who_waits_to_change_a_table_that_is_held_does_not_stop_the_dump_for_ever(
    filled, tmp_path, monkeypatch
):
    """It waits for the backup, pg_dump behind it, and the backup for pg_dump."""
    monkeypatch.setattr(locks, "TABLE_WAIT", "1s")
    held = locks.held

    def then_waited_for(db):
        held(db)
        thread.start()
        thread.join(timeout=0.3)

    def changes():
        with psycopg.connect(plain(filled)) as db:
            db.execute("LOCK TABLE nmis.person IN ACCESS EXCLUSIVE MODE")

    thread = threading.Thread(target=changes)
    monkeypatch.setattr(locks, "held", then_waited_for)
    with pytest.raises(BackupError, match="pg_dump failed"):
        dump.backup(address(filled), tmp_path / "one")
    thread.join()
