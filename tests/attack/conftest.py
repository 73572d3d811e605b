"""A database with people in it, and the logins that must not see them."""

import psycopg
import pytest

from tests.made_up import csv_body, rows

CANARY = "canary-row-"


@pytest.fixture(scope="module")
def people(client_of, token):
    """A batch of made-up people, uploaded as a state does; texts that are theirs."""
    answer = client_of.post(
        "/api/v1/batches",
        data=csv_body(rows(60, refs=CANARY)),
        content_type="text/csv",
        headers={
            "Authorization": f"Bearer {token('uploader', state=27)}",
            "Idempotency-Key": "canary-key",
        },
    )
    assert answer.status_code == 201, answer.data
    batch = answer.json["batch"]
    return {CANARY, "canary-key", str(batch), str(batch).replace("-", "")}


@pytest.fixture(scope="module")
def client_of(app):
    return app.test_client()


@pytest.fixture(scope="module")
def ids(database, people):
    """The IDs of these people and of their journeys, and the vault's own bytes."""
    with psycopg.connect(_address(database.owner)) as db:
        db.execute("ANALYZE")
        found = db.execute(
            "SELECT person_id::text, movement_id::text FROM nmis.movement"
        ).fetchall()
        sealed = db.execute(
            "SELECT encode(sealed, 'hex') FROM vault.profile"
        ).fetchall()
    assert len(found) == len(sealed) == 60
    return {text for row in found + sealed for text in row} | people


@pytest.fixture(params=("read", "release"))
def login(request, database, ids):
    """A connection as the login of a plane, and the plane's name."""
    engine = getattr(database, request.param)
    with psycopg.connect(_address(engine), autocommit=True) as db:
        db.execute("SET statement_timeout = '5s'")
        yield request.param, db


def _address(engine) -> str:
    url = engine.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
