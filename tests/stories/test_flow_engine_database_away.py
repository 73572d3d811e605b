"""The database goes away and comes back; readers are told, never with 500."""

import psycopg
import pytest
from psycopg import sql

from tests.flow_rows import MAHARASHTRA
from tests.keeping import commit

PATHS = (
    "/flows/district",
    "/flows/state?window=last7",
    "/flows/cluster?zoom=5&format=arrow",
    "/flows/days",
    "/tiles/flows/4/11/7.mvt",
    "/layers/flows.geojson",
)


@pytest.fixture
def door(server, database):
    """``door(open)``: whether the database lets anybody in; who is in is put out."""
    name = database.owner.url.database
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")

    def set_to(value: bool) -> None:
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(allow.format(sql.Identifier(name), sql.SQL(str(value))))
            if not value:
                db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s",
                    [name],
                )

    yield set_to
    set_to(True)


def test_while_it_is_away_answers_are_503_and_afterwards_right(
    database, client, token, door
):
    commit(database, 12)
    key = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    told = {path: client.get(path, headers=key).status_code for path in PATHS}
    assert set(told.values()) == {200}
    tag = client.get(PATHS[0], headers=key).headers["ETag"]
    door(False)
    for path in PATHS * 2:
        answer = client.get(path, headers=key | {"If-None-Match": tag})
        assert (answer.status_code, answer.json["code"]) == (503, "database_away")
        assert answer.headers["Retry-After"]
        assert answer.mimetype == "application/problem+json"
    door(True)
    database.owner.dispose()  # this test's own connections were cut as well
    commit(database, 30)
    answer = client.get(PATHS[0], headers=key)
    assert answer.json["total"] == 42


def test_a_process_that_starts_meanwhile_answers_503_and_then_right(
    database, app, token, door, tmp_path
):
    from gis_service.app import create_app
    from gis_service.settings import Settings

    key = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    door(False)
    fresh = create_app(Settings(var=tmp_path), database).test_client()
    for path in PATHS:
        assert fresh.get(path, headers=key).status_code == 503
    door(True)
    assert fresh.get(PATHS[0], headers=key).status_code == 200
