"""A purge goes on after a kill wherever it was, alone, audited; one person erased."""

import json
import os
import signal
from datetime import date, timedelta

import made_up
import pytest
from click.testing import CliRunner
from sqlalchemy import event, func, select, update

from gis_service import audit, retention
from gis_service.audit.keys import audit_key
from gis_service.audit.reading import who_saw
from gis_service.audit.tables import ENTRY
from gis_service.cli import main
from gis_service.db import PLANES
from gis_service.db import database as opened
from gis_service.retention_daily import Purging
from gis_service.retention_key import erased_on
from gis_service.retention_person import erase
from gis_service.retention_proof import BadProof, NoProof, statements, verified
from gis_service.settings import Settings
from movements.batch import Upload, accept
from movements.flow import FLOW_DAY
from movements.reading import read
from movements.receipt import people
from movements.record import Terms
from movements.retention import Clocks, planned
from movements.retention_tables import (
    ARCHIVE,
    ERASED,
    PURGE_PERSON,
    PURGE_PROOF,
    PURGE_RUN,
    SCRUB,
)
from movements.tables import BATCH, BATCH_PEOPLE, MOVEMENT, PERSON, PROFILE, SOURCE_REF
from movements.unique_id import id_of, id_text
from tests.purging import purged, purger, taken_again

FAR, MARCH = date(2030, 1, 1), date(2020, 3, 1)
SENT = 25
# One after the other, each in what the one before left: within every step of both
# phases, before it is noted as done, and before it is begun.
KILLS = (
    "INSERT INTO vault.archive_part",
    "nmis.renew_month",
    "UPDATE nmis.purge SET",  # archived, and not noted
    "nmis.forget_people",
    "nmis.forget_statistics",
    "nmis.next_wal_file",
    "INSERT INTO nmis.purge_proof",
    "DELETE FROM vault.archive ",
    "DELETE FROM nmis.scrub",
    "CHECKPOINT",
    "INSERT INTO nmis.purge_proof",
)


@pytest.fixture
def sent(database, app, monkeypatch):
    """Unique IDs of people who travelled in May 2020; nobody travels after the test."""
    taken_again(monkeypatch)
    with database.upload.begin() as db:
        keys = purger(app, database, today=FAR).keys
        terms = Terms(27, date(2020, 3, 1), date(2027, 2, 1))
        # Not those of who was erased on request by another test.
        rows = made_up.rows(SENT, refs=f"purge-{os.urandom(4).hex()}-")
        found = accept(db, Upload(read(made_up.csv_body(rows)), terms, keys))
        ids = [id_of(each.id) for each in people(db, found.batch, tenant=27)]
    yield ids
    purged(purger(app, database, today=FAR))


@pytest.fixture
def nmis(database, app, monkeypatch):
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(app.extensions["settings"].var))
    return lambda *words: CliRunner().invoke(main, ["purge", *words])


def count(database, table):
    with database.owner.connect() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def killed_before(statement: str, app, database) -> bool:
    """Purge in a process of its own that is killed before a statement; was it?"""
    urls = {
        plane: getattr(database, plane).url.render_as_string(hide_password=False)
        for plane in PLANES
    }
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == signal.SIGKILL
    try:
        fresh = opened(urls)

        @event.listens_for(fresh.owner, "before_cursor_execute")
        def _looked_at(_db, _cursor, text, *_):
            if statement in text:
                os.kill(os.getpid(), signal.SIGKILL)

        purged(purger(app, fresh, today=FAR))
    finally:
        os._exit(1)


def test_a_purge_that_is_killed_anywhere_goes_on_and_ends_the_same(app, database, sent):
    before = count(database, FLOW_DAY)
    for statement in KILLS:
        assert killed_before(statement, app, database), statement
    purged(purger(app, database, today=FAR))
    for table in (MOVEMENT, PROFILE, PERSON, SOURCE_REF, BATCH_PEOPLE, ARCHIVE):
        assert count(database, table) == 0, table
    assert count(database, PURGE_PERSON) == count(database, SCRUB) == 0
    assert count(database, FLOW_DAY) == before
    assert count(database, ERASED) == SENT
    assert count(database, PURGE_PROOF) == 2
    with database.owner.connect() as db:
        proof = statements(db, date(2020, 5, 1), key=app.extensions["audit"])
        out = proof[0]["statement"]["steps"]
        assert out["archive"]["counts"]["people"] == SENT
        assert out["forget"]["counts"]["nmis.person"] == SENT
        noted = select(ENTRY.c.action, ENTRY.c.n).where(ENTRY.c.purpose == "retention")
        # Once each, whatever was begun and rolled back.
        assert sorted(map(tuple, db.execute(noted))) == [
            ("purge.archive", SENT),
            ("purge.destroy", 0),
        ]


def test_two_purges_never_run_at_once(app, database, sent):
    assert sent
    tried = []

    def second(_line):
        if not tried:
            tried.append(1)
            with pytest.raises(retention.PurgeRunning):
                retention.purge(first, [])

    first = purger(app, database, today=FAR, say=second)
    assert len(purged(first)) == 1
    assert tried


def test_a_person_is_erased_and_the_log_says_so(app, database, sent):
    key, person = app.extensions["audit"], sent[0]
    asked = {
        "key": key,
        "keys": purger(app, database, today=FAR).keys,
        "who": audit.operator(),
        "today": FAR,
    }
    with database.owner.begin() as db:
        told = erase(db, person, **asked)
        again = erase(db, person, **asked)
    assert told["nmis.movement"] == 1
    assert again == {}
    with database.audit.connect() as db:
        (entry,) = who_saw(db, id_text(person), key=key)
    assert (entry["action"], entry["purpose"]) == ("person.erase", "retention")
    for plane in (database.officer, database.upload):
        with plane.connect() as db:
            assert erased_on(db, person, key) == FAR
            assert erased_on(db, sent[1], key) is None
    with database.owner.connect() as db:
        marked = set(db.execute(select(SCRUB.c.relation)).scalars())
    assert {"nmis.movement_202005", "vault.profile_202005", "nmis.person"} <= marked


def test_no_plane_reads_an_archive_or_who_is_being_forgotten(database):
    shut = ("vault.archive", "vault.archive_part", "nmis.purge_person", "nmis.scrub")
    rights = "SELECT, INSERT, UPDATE, DELETE"
    with database.owner.connect() as db:
        for table in shut:
            for plane in set(PLANES) - {"owner"}:
                may = func.has_table_privilege(f"nmis_{plane}", table, rights)
                assert not db.execute(select(may)).scalar_one(), (plane, table)


def test_only_what_is_due_is_purged(app, database, sent):
    assert sent
    with database.owner.begin() as db:
        (run,) = (r for r in planned(db, Clocks(30, 365)) if not r.archived)
    day_before = purger(app, database, today=run.view_ends - timedelta(days=1))
    assert purged(day_before) == []
    for month, says in ((date(2020, 5, 1), "2020-05 due on"), (MARCH, "no people")):
        with pytest.raises(retention.NotDue, match=says):
            retention.due(day_before, month)
    assert count(database, MOVEMENT) == SENT


def test_the_command_shows_the_plan_asks_and_purges_a_month(nmis, database, sent):
    assert sent
    plan = nmis("--dry-run")
    assert plan.exit_code == 0, plan.output
    assert "in view until" in plan.output
    _made_due(database)
    asked = nmis("--month", "2020-05")
    assert "Erase this for good?" in asked.output
    assert count(database, MOVEMENT) == SENT
    done = nmis("--month", "2020-05", "--yes")
    assert done.exit_code == 0, done.output
    assert "out of view; `nmis purge proof` shows" in done.output
    assert count(database, MOVEMENT) == 0


def _made_due(database):
    with database.owner.begin() as db:
        earlier = BATCH.c.created_at - timedelta(days=31)
        db.execute(update(BATCH).values(created_at=earlier))


def test_a_statement_is_verified_by_the_key_alone(app, database, nmis, tmp_path):
    key = app.extensions["audit"]
    with database.owner.connect() as db:
        found = statements(db, date(2020, 5, 1), key=key)
    assert found
    text = json.dumps(found)
    assert len(verified(text, public=key.public)) == len(found)
    other = audit_key(tmp_path)
    with pytest.raises(BadProof, match="not signed with the key"):
        verified(text, public=other.public)
    for broken in ("{}", "[]", "[1]", "no", "[]x", '[{"statement": {}}]'):
        with pytest.raises(BadProof, match="no statements"):
            verified(broken, public=key.public)
    file = tmp_path / "broken.json"
    file.write_text(text.replace("2020-05", "2020-06"))
    assert nmis("verify", str(file)).exit_code == 1
    with database.owner.connect() as db, pytest.raises(NoProof, match="2020-03"):
        statements(db, MARCH, key=key)


def test_the_daily_purge_is_a_process_that_says_what_it_did(
    nmis, database, tmp_path, monkeypatch
):
    assert nmis
    monkeypatch.setenv("NMIS_VAR", str(tmp_path))
    purging = Purging(Settings(var=tmp_path))
    purging.begin()
    running = purging.process
    assert running is not None
    assert running.wait(60) == 0, purging.log.read_text()
    assert purging.log.read_text().strip() == "Nothing is due."
    purging.stop()
    assert purging.process is None
    with database.read.connect() as db:  # the plan is there for everybody
        db.execute(select(PURGE_RUN)).all()
