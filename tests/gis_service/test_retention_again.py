"""Whoever was erased stays so when an older backup is restored."""

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import made_up
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from gis_service import audit, retention, retention_again
from gis_service import db as planes
from gis_service.backup import dump
from gis_service.cli import main
from gis_service.retention_caught_up import caught_up
from gis_service.retention_kept import (
    PEOPLE,
    BadErasedFile,
    Gone,
    Month,
    added,
    erased_file,
    lines_in,
    person_kept,
)
from gis_service.retention_key import erased_on
from gis_service.retention_person import erase
from movements.batch import Upload, accept
from movements.reading import read
from movements.receipt import people
from movements.record import Terms
from movements.retention_tables import PURGE_RUN
from movements.tables import MOVEMENT, PERSON, PROFILE
from movements.unique_id import id_of, id_text
from tests.gis_service.test_backup import address, empty
from tests.purging import purged, purger

__all__ = ["empty"]

FAR, TODAY, AT = date(2030, 1, 1), date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)
MAY = date(2020, 5, 1)
# Nothing is taken any more of a month that went: each time another.
MONTHS = (date(year, month, 1) for year in (2021, 2022, 2023) for month in range(1, 13))
LINES = [
    Gone(PEOPLE, "a" * 16, TODAY, (b"x" * 16, b"y" * 16)),
    Month(MAY, 1, AT, destroyed=False),
    Month(MAY, 2, AT, destroyed=True),
]


def test_the_file_gives_back_what_was_added_and_is_closed_to_others(tmp_path):
    path = erased_file(tmp_path)
    assert list(lines_in(path)) == []
    added(path, LINES[:1])
    added(path, LINES[1:])
    assert list(lines_in(path)) == LINES
    assert path.stat().st_mode & 0o77 == path.parent.stat().st_mode & 0o77 == 0


def test_half_a_line_is_no_line_and_goes_with_the_next(tmp_path):
    path = erased_file(tmp_path)
    added(path, LINES[:1])
    with path.open("ab") as file:
        file.write(b'{"month": "2020-')
    assert list(lines_in(path)) == LINES[:1]
    added(path, LINES[1:])
    assert list(lines_in(path)) == LINES


@pytest.mark.parametrize("wrong", ["{}", "x", '{"hashes": ["zz"]}', "[1]"])
def test_a_line_that_is_none_is_named(tmp_path, wrong):
    path = erased_file(tmp_path)
    added(path, LINES[:1])
    with path.open("a") as file:
        file.write(f"{wrong}\n")
    with pytest.raises(BadErasedFile, match="line 2 of "):
        list(lines_in(path))


@pytest.fixture
def key(app):
    return app.extensions["audit"]


@pytest.fixture
def var(app):
    """The installation's folder, as if nobody had been erased yet."""
    folder = app.extensions["settings"].var
    yield folder
    shutil.rmtree(folder / "retention", ignore_errors=True)


@pytest.fixture
def sent(database, app, var):
    """``sent(n)``: the month and unique IDs of people who travel in it alone."""
    by = purger(app, database, today=FAR)

    def sent(count):
        month = next(MONTHS)
        rows = made_up.rows(count, refs=f"again-{month:%Y%m}-")
        for row in rows:
            row["travel_date"] = month.replace(day=21).isoformat()
        with database.upload.begin() as db:
            terms = Terms(27, date(2020, 3, 1), date(2027, 2, 1))
            found = accept(db, Upload(read(made_up.csv_body(rows)), terms, by.keys))
            listed = people(db, found.batch, tenant=27)
            return month, [id_of(each.id) for each in listed]

    yield sent
    purged(by)


@pytest.fixture
def erased(database, app, key):
    """``erased(person)``: as an officer does who is asked to."""
    keys = purger(app, database, today=FAR).keys

    def erased(person):
        with database.owner.begin() as db:
            assert erase(
                db, person, key=key, keys=keys, who=audit.operator(), today=TODAY
            )

    return erased


def hashes(var):
    kept = [line for line in lines_in(erased_file(var)) if isinstance(line, Gone)]
    return [each for line in kept for each in line.hashes]


def test_who_is_gone_is_kept_once_however_often_the_file_catches_up(
    database, key, var, sent, erased
):
    _, (one, two, _three) = sent(3)
    for person in (one, two):
        erased(person)
    person_kept(var, one, key=key, day=TODAY)  # the other's process died before
    for _ in range(2):
        caught_up(database.owner, key=key, var=var)
    assert len(hashes(var)) == len(set(hashes(var)))
    assert len(hashes(var)) >= 2
    told = erased_file(var).read_text()
    for person in (one, two):
        for plain in (str(person), person.hex, id_text(person)):
            assert plain not in told


def test_what_cannot_be_kept_at_once_is_made_up_for(
    database, key, var, sent, erased, caplog
):
    _, (person,) = sent(1)
    erased(person)
    erased_file(var).mkdir(parents=True)
    person_kept(var, person, key=key, day=TODAY)
    assert "not kept in the file yet" in caplog.text
    erased_file(var).rmdir()
    caught_up(database.owner, key=key, var=var)
    assert hashes(var)


def test_a_purge_keeps_its_people_and_its_month(database, app, var, sent):
    month, people = sent(4)
    by = purger(app, database, today=FAR)
    before = len(set(hashes(var)))
    assert f"{month:%Y-%m}" in purged(by)
    assert len(set(hashes(var))) - before >= len(people)
    months = [line for line in lines_in(erased_file(var)) if isinstance(line, Month)]
    with database.owner.connect() as db:
        runs = db.execute(select(func.count()).select_from(PURGE_RUN)).scalar_one()
    assert len(months) == 2 * runs  # out of view, and destroyed


@dataclass(frozen=True)
class Backup:
    """What is in a backup, and who went since: a month, and one person of another.

    Attributes:
        folder: of the backup.
        month: that went.
        gone: its people.
        one: who was erased alone.
        stay: the others of that month.
    """

    folder: Path
    month: date
    gone: list[UUID]
    one: UUID
    stay: list[UUID]

    def says(self, *, months: int, people: int) -> str:
        named = f"{self.month:%Y-%m}" if months else "none"
        return f"months: {named}; people beside: {people}."


@pytest.fixture
def backed_up(database, app, sent, erased, tmp_path):
    """A backup; then a month went, and one person alone."""
    (month, gone), (_, (one, *stay)) = sent(3), sent(4)
    dump.backup(address(database), tmp_path / "b")
    erased(one)
    settings = app.extensions["settings"]
    person_kept(settings.var, one, key=app.extensions["audit"], day=TODAY)
    by = purger(app, database, today=FAR, keep_days=100_000)
    retention.purge(by, retention.due(by, month))
    return Backup(tmp_path / "b", month, gone, one, stay)


@pytest.fixture
def nmis(empty, var, monkeypatch):
    monkeypatch.setenv("NMIS_DATABASE_URL", empty["owner"])
    monkeypatch.setenv("NMIS_VAR", str(var))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def restored(empty):
    opened = planes.database(empty)
    yield opened
    opened.close()


def there(database):
    """Who is in the tables of people: IDs, journeys, profiles."""
    with database.owner.connect() as db:
        return [
            set(db.execute(select(table.c.person_id)).scalars())
            for table in (PERSON, MOVEMENT, PROFILE)
        ]


def test_whoever_was_erased_since_the_backup_is_erased_again(
    backed_up, nmis, restored, key
):
    done = nmis("restore", backed_up.folder)
    assert done.exit_code == 0, done.output
    assert backed_up.says(months=1, people=1) in done.output
    assert there(restored) == [set(backed_up.stay)] * 3
    with restored.owner.connect() as db:
        assert erased_on(db, backed_up.one, key) == TODAY
        assert all(erased_on(db, each, key) for each in backed_up.gone)
        assert erased_on(db, backed_up.stay[0], key) is None
    again = nmis("purge", "again")
    assert backed_up.says(months=0, people=0) in again.output
    assert there(restored) == [set(backed_up.stay)] * 3


def test_a_file_that_is_missing_is_told_and_may_come_later(
    backed_up, nmis, restored, var
):
    kept = erased_file(var).rename(var / "elsewhere")
    done = nmis("restore", backed_up.folder)
    assert done.exit_code == 0, done.output
    assert "WARNING" in done.output
    assert "erased.ndjson is missing: whoever was erased after" in done.output
    everybody = {*backed_up.gone, backed_up.one, *backed_up.stay}
    assert there(restored) == [everybody] * 3
    assert nmis("purge", "again").exit_code == 1
    kept.rename(erased_file(var))
    again = nmis("purge", "again")
    assert backed_up.says(months=1, people=1) in again.output
    assert there(restored) == [set(backed_up.stay)] * 3


@pytest.mark.parametrize("lost", ["audit.key", "kek.key"])
def test_without_the_keys_nothing_is_restored(backed_up, nmis, empty, var, lost):
    file = var / "secrets" / lost
    kept = file.rename(var / lost)
    done = nmis("restore", backed_up.folder)
    there = file.exists()
    kept.rename(file)
    assert (done.exit_code, there) == (1, False)
    assert f"{lost} is missing; put its backup in place" in done.output
    with pytest.raises(dump.BackupError, match="no tables"):
        dump.verify(empty["owner"])


def test_a_file_of_another_key_is_refused_before_anything_is_restored(
    backed_up, nmis, empty, var
):
    added(erased_file(var), LINES[:1])
    done = nmis("restore", backed_up.folder)
    assert done.exit_code == 1
    assert "was written with another key than secrets/audit.key" in done.output
    with pytest.raises(dump.BackupError, match="no tables"):
        dump.verify(empty["owner"])


def test_a_backup_keeps_the_file_up_to_date_first(
    database, var, sent, erased, tmp_path, monkeypatch
):
    _, (person,) = sent(1)
    erased(person)
    monkeypatch.setenv("NMIS_DATABASE_URL", address(database))
    monkeypatch.setenv("NMIS_VAR", str(var))
    done = CliRunner().invoke(main, ["backup", str(tmp_path / "b")])
    assert done.exit_code == 0, done.output
    assert hashes(var)
    assert f"Keep {erased_file(var)} elsewhere too" in done.output


def test_what_broke_off_is_told_and_goes_on(backed_up, nmis, restored, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(retention_again, "_still_there", lambda _by: 1 / 0)
        done = nmis("restore", backed_up.folder)
    assert done.exit_code == 1
    assert "call `nmis purge again` before the service starts" in done.output
    again = nmis("purge", "again")
    assert backed_up.says(months=0, people=1) in again.output
    assert there(restored) == [set(backed_up.stay)] * 3


def test_a_backup_of_another_key_encryption_key_needs_the_one_of_its_time(
    backed_up, nmis, restored, var, tmp_path, monkeypatch
):
    """After a purge that key is to be changed: what is in older backups is closed."""
    copied = shutil.copytree(var, tmp_path / "var")
    monkeypatch.setenv("NMIS_VAR", str(copied))
    kek = copied / "secrets" / "kek.key"
    of_then = kek.read_text()
    kek.write_text("ab" * 32)
    done = nmis("restore", backed_up.folder)
    assert done.exit_code == 1
    assert "call `nmis purge again` before the service starts" in done.output
    assert "Error: the key-encryption key" in done.output
    kek.write_text(of_then)
    again = nmis("purge", "again")
    assert backed_up.says(months=1, people=1) in again.output
    assert there(restored) == [set(backed_up.stay)] * 3
