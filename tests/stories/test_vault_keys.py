"""Keys change while states upload over HTTP; Aadhaar numbers stay apart all along."""

import itertools
import json
import threading
import time
from dataclasses import replace
from datetime import date
from typing import Self
from uuid import UUID

import made_up
import orjson
import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from gis_service import intake, vault_months, vault_rotation
from gis_service.secrets import keks
from movements import identity
from movements.aadhaar import Held, aadhaar_of
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.errors import Unsealable
from movements.keys import Keys
from movements.sealing import version_of
from movements.tables import DATA_KEY, PROFILE
from tests.movements.test_rules import RIGHT

MAY = date(2020, 5, 1)


@pytest.fixture(scope="module", autouse=True)
def aadhaar_in_vault(app):
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, aadhaar="vault")
    yield
    app.extensions["settings"] = settings


@pytest.fixture
def keys(app) -> Keys:
    return intake.keys(app.extensions["secrets"])


@pytest.fixture
def folder(app):
    return app.extensions["settings"].var / "secrets"


class Uploading:
    """Three systems of a state that upload on and on; ``with`` it, their answers."""

    def __init__(self, app, bearer: str) -> None:
        self.app, self.bearer = app, bearer
        self.ended, self.turn, self.answers = threading.Event(), itertools.count(), []
        self.threads = [threading.Thread(target=self.upload) for _ in range(3)]

    def upload(self) -> None:
        client = self.app.test_client()
        headers = {"Authorization": f"Bearer {self.bearer}"}
        while not self.ended.is_set():
            at = next(self.turn)
            people = made_up.rows(20, seed=at)
            for row in people[:10]:
                # A month more with every upload: each makes keys.
                row["travel_date"] = f"{2021 + at // 12 % 6}-{1 + at % 12:02}-11"
                row["aadhaar"] = RIGHT
            body = made_up.csv_body(people)
            answer = client.post("/api/v1/batches", data=body, headers=headers)
            self.answers.append(answer)

    def more(self, count: int) -> None:
        reached = len(self.answers)
        while len(self.answers) < reached + count:
            time.sleep(0.02)

    def __enter__(self) -> Self:
        for each in self.threads:
            each.start()
        self.more(3)
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        for each in self.threads:
            each.join()


@pytest.fixture
def uploading(app, token) -> Uploading:
    return Uploading(app, token("uploader", state=27))


def opened(database, keys: Keys) -> list[tuple[Held | None, dict, bytes]]:
    """Every profile there is: where its number lies, what it says, how it is sealed."""
    with database.owner.connect() as db:
        rows = db.execute(select(PROFILE)).all()
        held = identity.opening_keys(db, {r.purge_month for r in rows}, keys=keys)
    found = []
    for row in rows:
        place = (row.bucket, row.person_id.bytes, row.purge_month)
        said = orjson.loads(identity.unseal(bytes(row.sealed), place, keys=held))
        at = said["aadhaar_ref"] and Held(
            row.bucket, row.person_id, row.purge_month, UUID(said["aadhaar_ref"])
        )
        found.append((at, said, bytes(row.sealed)))
    return found


def test_the_key_is_changed_while_states_upload_and_the_old_one_opens_nothing(
    app, database, folder, keys, uploading
):
    (before,) = keks(folder)
    with uploading:
        vault_rotation.rotate(
            database.owner, folder, say=lambda _: None, keep=False, grace_s=0.5
        )
        uploading.more(3)
    answers = uploading.answers
    assert {each.status_code for each in answers} == {201}
    found = opened(database, keys)
    assert len(found) == 20 * len(answers)
    assert keks(folder) != [before]
    assert len(keks(folder)) == 1
    with database.owner.connect() as db:
        for table in (DATA_KEY, AADHAAR_KEY):
            months = select(table.c.purge_month).distinct()
            for month in db.execute(months).scalars():
                with pytest.raises(Unsealable):
                    identity.opening_keys(db, [month], keys=replace(keys, kek=before))
    numbers = [at for at, said, _ in found if at]
    assert len(numbers) == 10 * len(answers)
    with database.vault.begin() as db:
        for at in numbers[:40]:
            assert aadhaar_of(db, at, tenant=27, keys=keys) == RIGHT


def test_a_month_is_sealed_anew_while_states_upload_and_read(
    app, database, keys, uploading
):
    progress = []
    with uploading:
        done = vault_months.reseal(
            database.owner,
            MAY,
            ring=keys.ring,
            progress=lambda *told: progress.append(told),
            grace_s=0.5,
        )
        assert opened(database, keys)
    assert {each.status_code for each in uploading.answers} == {201}
    assert done.destroyed == 1
    assert progress[-1][0] == done.records > 0
    found = opened(database, keys)
    with database.owner.connect() as db:
        of = DATA_KEY.c
        left = db.execute(select(of.version).where(of.purge_month == MAY)).scalars()
        assert left.all() == [2]
        rows = select(PROFILE.c.sealed).where(PROFILE.c.purge_month == MAY)
        sealed = db.execute(rows).scalars().all()
    assert {version_of(bytes(each)) for each in sealed} == {2}
    assert len(found) > len(sealed) > 0


def test_numbers_are_sealed_anew_with_their_month(database, post, keys):
    people = made_up.rows(30)
    for row in people:
        row["aadhaar"], row["travel_date"] = RIGHT, "2020-07-07"
    assert post(made_up.csv_body(people)).status_code == 201
    july = date(2020, 7, 1)
    done = vault_months.reseal(
        database.owner, july, ring=keys.ring, progress=lambda *_: None, grace_s=0
    )
    assert (done.records, done.destroyed) == (60, 2)
    held = [at for at, _, _ in opened(database, keys) if at and at.purge_month == july]
    with database.vault.begin() as db:
        assert [aadhaar_of(db, at, tenant=27, keys=keys) for at in held] == [RIGHT] * 30


@pytest.mark.parametrize("plane", ["upload", "officer", "read", "release", "access"])
def test_no_plane_but_the_vaults_reads_a_number(database, plane):
    for what in (NUMBER.c.sealed, NUMBER.c.number_index, NUMBER.c.reference):
        with (
            getattr(database, plane).connect() as db,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            db.execute(select(what))


def test_the_vaults_plane_writes_nothing_and_reads_no_profile(database):
    for statement in (
        "DELETE FROM aadhaar.number",
        "UPDATE aadhaar.number SET tenant = 1",
        "SELECT sealed FROM vault.profile",
        "SELECT * FROM nmis.movement",
    ):
        with (
            database.vault.connect() as db,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            db.execute(text(statement))


def test_nothing_of_a_number_stands_in_plain_in_any_table_or_answer(
    database, post, fetch
):
    people = made_up.rows(3, refs="plain-")
    for row in people:
        row["aadhaar"] = RIGHT
    sent = post(made_up.csv_body(people))
    assert sent.status_code == 201
    batch = json.loads(sent.data)["batch"]
    listed = fetch(f"/api/v1/batches/{batch}/people")
    for each in (sent, listed, fetch(f"/api/v1/batches/{batch}")):
        assert RIGHT not in each.text
    with database.owner.connect() as db:
        schemas = ("nmis", "vault", "aadhaar", "audit")
        for schema in schemas:
            for name in inspect(db).get_table_names(schema=schema):
                whole = select(func.count()).select_from(
                    text(f'"{schema}"."{name}" AS t')
                )
                plain = whole.where(text(f"t::text LIKE '%{RIGHT}%'"))
                hexed = whole.where(text(f"t::text LIKE '%{RIGHT.encode().hex()}%'"))
                for question in (plain, hexed):
                    assert db.execute(question).scalar_one() == 0, name
