"""A backup is restored into an empty database, and both hold the same."""

import json
import os

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import insert, select

from gis_service import db as planes
from gis_service.app import create_app
from gis_service.backup import dump
from gis_service.backup.dump import BackupError
from gis_service.cli import main
from gis_service.settings import Settings
from movements.tables import MOVEMENT, PERSON, PROFILE
from tests.conftest import ROLES

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
