"""After a purge nothing of a person is left in plain: tables, pages, log, dump."""

import subprocess
import threading
from datetime import date
from pathlib import Path

import made_up
import psycopg
import pytest

from gis_service.cluster.programs import programs
from gis_service.retention_readers import StillSeen, wait_for_readers
from tests.purging import purged, purger

# No other transaction may hold back what is vacuumed.
pytestmark = pytest.mark.alone

HOLDS_ALL = "Every canary in plain that the service ever writes."
# One word for each field that takes words; letters no other test writes.
WORDS = {
    "name": "Qzkanariname",
    "current_address": "Qzkanarihere",
    "permanent_address": "Qzkanaridorf",
    "source_ref": "Qzkanariref",
}
REASON = "Qzkanarireason"
MOBILE = "98404111"  # the first eight digits
CANARIES = (*WORDS.values(), REASON, MOBILE)
FAR = date(2030, 1, 1)


@pytest.fixture
def people(post, fetch, say):
    rows = made_up.rows(40)
    for at, row in enumerate(rows):
        row |= {field: f"{word}{at:04}" for field, word in WORDS.items()}
        row |= {"mobile": f"{MOBILE}{at:02}", "mode": "train"}
    rows[-1]["age"] = "x"  # refused: its receipt tells of it
    sent = post(made_up.csv_body(rows))
    assert sent.json["accepted"] == len(rows) - 1, sent.text
    listed = fetch(sent.json["links"]["people"])
    ids = [each["id"] for each in listed.json["people"]]
    # A row sent again, with another ref withdrawn from view by what replaces it.
    rows[0]["age"] = "44"
    assert post(made_up.csv_body(rows[:1])).json["updated"] == 1
    done = say("cancelled", ids, reason=REASON)
    assert done.json["applied"] == len(ids), done.text
    return ids


@pytest.fixture
def say(client, token):
    bearer = {"Authorization": f"Bearer {token('state', state=27)}"}
    return lambda event, ids, **more: client.post(
        "/api/v1/events", json={"event": event, "people": ids} | more, headers=bearer
    )


@pytest.fixture
def folder(server):
    """The data directory of the whole cluster."""
    url = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as db:
        return Path(db.execute("SHOW data_directory").fetchone()[0])


def found(folder: Path) -> dict[str, set[str]]:
    """Which canaries stand in plain in which files."""
    words = [word.encode() for word in CANARIES]
    seen: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        try:
            content = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue  # of another test's database, gone meanwhile
        for word in words:
            if word in content:
                kind = str(path.relative_to(folder)).split("/")[0]
                seen.setdefault(word.decode(), set()).add(kind)
    return seen


def dumped(database) -> bytes:
    url = database.owner.url.set(drivername="postgresql")
    where = url.render_as_string(hide_password=False)
    command = programs().command("pg_dump")
    command = [*command, "--enable-row-security", where]
    done = subprocess.run(command, check=True, capture_output=True)
    return done.stdout


def as_owner(database, statement):
    with database.owner.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


def test_no_plain_text_of_a_person_is_left_anywhere(app, database, people, folder):
    assert people
    as_owner(database, "ANALYZE")  # samples of words become statistics
    as_owner(database, "CHECKPOINT")
    before = found(folder)
    # Sealed from the first moment; a state's row id and a reason are words in plain.
    assert set(before) == {WORDS["source_ref"], REASON}
    assert {"base", "pg_wal"} <= before[REASON]

    # Somebody still looks at what was there before, and the rows are kept for them.
    held = database.owner.connect().execution_options(isolation_level="REPEATABLE READ")
    held.exec_driver_sql("SELECT 1 FROM nmis.subject_version").all()
    letting_go = threading.Timer(3.0, held.close)
    letting_go.start()
    assert purged(purger(app, database, today=FAR)) == ["2020-05"]
    letting_go.join()

    assert found(folder) == {}
    dump = dumped(database)
    assert b"nmis.purge_proof" in dump
    assert [word for word in CANARIES if word.encode() in dump] == []


def test_who_looks_back_for_too_long_is_told_of(database):
    with (
        database.owner.connect().execution_options(
            isolation_level="REPEATABLE READ"
        ) as held,
        database.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as db,
    ):
        held.exec_driver_sql("SELECT 1 FROM nmis.subject_version").all()
        db.exec_driver_sql("SELECT pg_current_xact_id()")  # as what was erased since
        with pytest.raises(StillSeen, match="call `nmis purge` again"):
            wait_for_readers(db, patience_s=0.3)
        held.rollback()
        wait_for_readers(db, patience_s=0.3)
