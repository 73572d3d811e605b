"""`nmis vault`: keys change, killed at any step it goes on, and status tells all."""

import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path
from uuid import UUID

import made_up
import pytest
import vault_killed
from click.testing import CliRunner
from sqlalchemy import select, text

from gis_service import vault_files, vault_wrapped
from gis_service.cli import main
from gis_service.secrets import keks, key_ring, secrets_in
from gis_service.vault_rotation import VaultBusy, by_itself
from gis_service.vault_wrapped import UnlistedSecrets, refuse_unlisted
from movements import identity
from movements.batch import Upload, accept
from movements.keys import Keys
from movements.reading import read
from movements.record import Terms
from movements.tables import DATA_KEY, PROFILE
from movements.wrapping import key_id
from tests.movements.test_rules import RIGHT

TERMS = Terms(27, date(2020, 3, 1), date(2027, 2, 1), aadhaar="vault")
PEOPLE = 60


@pytest.fixture(scope="module")
def var(database, tmp_path_factory) -> Path:
    """A folder of secrets, and people of nine months sealed with them."""
    made = tmp_path_factory.mktemp("var")
    kept = secrets_in(made)
    people = made_up.rows(PEOPLE)
    for at, row in enumerate(people):
        row["aadhaar"] = RIGHT
        if at % 4 == 0:
            row["travel_date"] = f"2020-{3 + at % 9:02}-11"
    with database.owner.begin() as db:
        keys = Keys(kept.kek, kept.index_key, kept.digest_key)
        accept(db, Upload(read(made_up.csv_body(people)), TERMS, keys))
    return made


@pytest.fixture
def nmis(database, var, monkeypatch):
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(var))
    return lambda *words: CliRunner().invoke(main, ["vault", *words])


@pytest.mark.parametrize(("what", "stride"), [("rotate", 7), ("reseal", 11)])
def test_killed_at_any_step_everything_opens_and_it_goes_on(
    database, var, what, stride
):
    before = keks(var / "secrets")
    url = database.owner.url.render_as_string(hide_password=False)
    program = [sys.executable, vault_killed.__file__, url, str(var / "secrets")]
    program += [what, str(stride)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 15
    assert (keks(var / "secrets") == before) is (what == "reseal")


def test_a_key_is_changed_kept_and_told(nmis, var):
    (before,) = keks(var / "secrets")
    said = nmis("status").output
    assert f"Key-encryption key: {key_id(before).hex()}\n" in said
    assert f"vault.data_key.wrapped\t{key_id(before).hex()}\t" in said
    assert f"aadhaar.data_key.wrapped\t{key_id(before).hex()}\t" in said
    assert f"NMIS_AADHAAR=off; {PEOPLE} Aadhaar numbers are kept." in said
    assert "without a hardware security module" in said
    done = nmis("rotate", "--keep", "--grace", "0")
    assert done.exit_code == 0, done.output
    (after,) = keks(var / "secrets")
    kept = var / "secrets" / f"kek-{key_id(before).hex()}.kept.key"
    assert kept.read_text().strip() == before.hex()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert f"The key is {key_id(after).hex()}" in done.output
    told = nmis("status").output
    assert key_id(after).hex() in told
    assert key_id(before).hex() not in told


def test_a_month_is_sealed_anew_and_one_without_records_is_refused(nmis, database):
    of = DATA_KEY.c
    asked = select(of.version).where(of.purge_month == date(2020, 5, 1))
    with database.owner.connect() as db:
        (before,) = db.execute(asked).scalars()
    done = nmis("reseal", "--month", "2020-05", "--grace", "0")
    assert done.exit_code == 0, done.output
    assert "records are sealed anew; 2 old keys gone." in done.output
    with database.owner.connect() as db:
        assert db.execute(asked).scalars().all() == [before + 1]
    none = nmis("reseal", "--month", "2026-01", "--grace", "0")
    assert (none.exit_code, "nothing is sealed of 2026-01" in none.output) == (1, True)


@pytest.mark.parametrize("what", ["rotate", "reseal"])
def test_an_upload_under_way_is_waited_for_and_opens_afterwards(
    nmis, database, var, what
):
    kept = secrets_in(var)
    keys = Keys(kept.kek, kept.index_key, kept.digest_key)
    # One that has no keys yet, and one that has.
    month = date(2026, 8, 1) if what == "rotate" else date(2020, 3, 1)
    words = ["--grace", "0", *(["--month", "2020-03"] if what == "reseal" else [])]
    ended = []
    changing = threading.Thread(target=lambda: ended.append(nmis(what, *words)))
    with database.owner.begin() as db:
        held = identity.data_keys(db, [month], keys=keys)
        sealed = identity.seal([b"{}"], [(3, b"p" * 16, month)], keys=held)
        _profile(db, month, sealed[0])
        changing.start()
        time.sleep(1.2)  # past the first time that it gives way
        assert (ended, vault_files.begun(var / "secrets")) == ([], False)
    changing.join()
    assert ended[0].exit_code == 0, ended[0].output
    with database.owner.begin() as db:
        held = identity.opening_keys(db, [month], keys=keys)
        of = PROFILE.c
        ours = (of.purge_month == month, of.person_id == UUID(bytes=b"p" * 16))
        row = db.execute(select(of.sealed).where(*ours)).one()
        opened = identity.unseal(bytes(row.sealed), (3, b"p" * 16, month), keys=held)
        db.execute(PROFILE.delete().where(*ours))
    assert (opened, held[month].newest) == (b"{}", 2 if what == "reseal" else 1)


def _profile(db, month: date, sealed: bytes) -> None:
    whole = db.execute(select(PROFILE).limit(1)).one()._asdict()
    own = {"person_id": UUID(bytes=b"p" * 16), "purge_month": month, "sealed": sealed}
    db.execute(PROFILE.insert().values(whole | own | {"bucket": 3}))


def test_one_command_changes_keys_at_a_time(database, nmis):
    with by_itself(database.owner):
        with pytest.raises(VaultBusy), by_itself(database.owner):
            pass
        busy = nmis("rotate", "--grace", "0")
    assert (busy.exit_code, "wait for its end" in busy.output) == (1, True)


def test_without_its_key_a_secret_stops_the_change_and_nothing_is_destroyed(
    nmis, database, var
):
    with database.owner.begin() as db:
        db.execute(
            text("UPDATE vault.data_key SET wrapped = '\\x02'::bytea || wrapped")
        )
    refused = nmis("rotate", "--grace", "0")
    assert (refused.exit_code, "is not here" in refused.output) == (1, True)
    assert len(keks(var / "secrets")) == 2
    assert "THIS KEY IS NOT HERE" in nmis("status").output
    with database.owner.begin() as db:
        mended = "UPDATE vault.data_key SET wrapped = substr(wrapped, 2)"
        db.execute(text(mended))
    assert nmis("rotate", "--grace", "0").exit_code == 0
    assert len(keks(var / "secrets")) == 1


def test_wrapped_secrets_that_nobody_told_of_stop_the_change(database):
    with database.owner.connect() as db:
        refuse_unlisted(db)
        db.execute(text("CREATE TABLE nmis.hook (id int, wrapped_secret bytea)"))
        with pytest.raises(UnlistedSecrets, match=r"nmis\.hook\.wrapped_secret"):
            refuse_unlisted(db)


def test_a_column_of_wrapped_secrets_says_so_in_its_name():
    names = [each.name for each in vault_wrapped.known()]
    assert names
    assert all(name.startswith(vault_wrapped.NAME) for name in names)


def test_the_old_file_is_gone_after_a_change_broken_off_at_its_end(nmis, var):
    folder = var / "secrets"
    (folder / "kek-old.key").write_text("ab" * 32)
    (folder / "kek-old.key").chmod(0o600)
    done = nmis("rotate", "--grace", "0")
    assert "an earlier change of the key is ended" in done.output
    assert not (folder / "kek-old.key").exists()
    assert key_ring(folder).newest()
