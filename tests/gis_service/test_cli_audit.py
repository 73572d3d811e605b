"""`nmis audit`: verify says whole or what is not; roots, report, sign, retain."""

import json
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from gis_service.audit.keys import audit_key
from gis_service.cli import main
from movements.unique_id import id_text
from tests.auditing import write, written


@pytest.fixture
def nmis(database, tmp_path, monkeypatch):
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["audit", *words])


@pytest.fixture
def tamper(database, server):
    """``tamper(statement)``: as the superuser, with triggers off."""
    url = server.set(database=database.owner.url.database)
    engine = create_engine(url.set(drivername="postgresql+psycopg"))

    def tampered(statement):
        with engine.begin() as db:
            db.execute(text("SET LOCAL session_replication_role = replica"))
            db.execute(text(statement))

    yield tampered
    engine.dispose()


def test_the_log_is_signed_reported_exported_verified_and_retained(
    nmis, database, tmp_path, tamper
):
    assert "No entries." in nmis("report").output
    written(database, 12)
    assert "Root 1 is signed." in nmis("sign").output
    assert "All is signed already." in nmis("sign").output
    report = nmis("report", "--by", "officer", "--from", "2020-01-01").output
    assert "state\ttok1\ttrace\t2 entries\t2 people" in report
    listed = nmis("roots").output
    assert "asked\t1:12" in listed
    elsewhere = tmp_path / "elsewhere.ndjson"
    assert nmis("roots", "--export", str(elsewhere)).exit_code == 0
    kept = ("verify", "--roots", str(elsewhere), "--public-key", listed.split()[-1])
    whole = nmis(*kept)
    assert whole.exit_code == 0, whole.output
    assert "Whole: 12 entries of 1 writers, 1 roots; 0 entries are" in whole.output

    tamper("UPDATE audit.entry SET n = 9 WHERE seq = 4")
    found = nmis("verify")
    assert found.exit_code == 1
    assert "writer 1: entry 4 was changed" in found.output
    assert "1 findings in 12 entries" in found.output
    tamper("UPDATE audit.entry SET n = 1 WHERE seq = 4")
    assert nmis("verify").exit_code == 0
    tamper("UPDATE audit.root SET at = '-infinity', signature = ''")
    assert "1\tno instant\tasked" in nmis("roots").output
    assert "root 1 is not signed" in nmis("verify").output
    root = json.loads(elsewhere.read_text())
    tamper(
        f"UPDATE audit.root SET at = '{root['at']}',"  # noqa: S608 - our own
        f" signature = '\\x{root['signature']}'"
    )
    assert nmis("verify").exit_code == 0
    assert "11 entries are removed." in nmis("retain", "--from", "2999-01-01").output
    assert nmis("verify").exit_code == 0


def test_a_person_is_told_who_saw_them(nmis, database, tmp_path):
    person, other = id_text(UUID(int=7)), id_text(UUID(int=8))
    with database.upload.begin() as db:
        write(db, 2, people=audit_key(tmp_path).hashed([person]))
    told = nmis("who-saw", person.lower()).output
    assert told.count("\tstate\ttok1\t") == 2
    assert "Nobody" in nmis("who-saw", other).output
    assert nmis("who-saw", "x").exit_code == 1


def test_a_key_that_is_none_is_refused_in_words(nmis):
    refused = nmis("verify", "--public-key", "xyz")
    assert refused.exit_code == 2
    assert "64 hexadecimal digits" in refused.output
