"""After a purge nothing of a person is left in plain: tables, pages, log, dump."""

import subprocess
from datetime import date
from pathlib import Path

import made_up
import psycopg
import pytest

from gis_service.cluster.programs import programs
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

    assert purged(purger(app, database, today=FAR)) == ["2020-05"]

    assert found(folder) == {}
    dump = dumped(database)
    assert b"nmis.purge_proof" in dump
    assert [word for word in CANARIES if word.encode() in dump] == []
