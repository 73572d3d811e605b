"""The read plane: prepared, each statement by itself, ended in time, tried when old."""

import psycopg
import pytest
from sqlalchemy import func, select, text

from boundaries.scope import COUNTRY
from boundaries.vintage import sets_on
from gis_service import db as planes
from layers.formats import mvt
from layers.question import Question
from layers.tile import Tile


def urls(database):
    return {
        plane: getattr(database, plane).url.render_as_string(hide_password=False)
        for plane in planes.PLANES
    }


def test_a_tiles_statement_is_prepared_on_the_server_and_its_plan_kept(database):
    prepared = text(
        "SELECT generic_plans FROM pg_prepared_statements"
        " WHERE statement LIKE 'SELECT ST_AsMVT(%'"
    )
    with database.read.connect() as db:
        question = Question(scope=COUNTRY, sets=sets_on(db))
        for x in range(20):
            tile = Tile(6, 40 + x % 8, 27)
            mvt.tile_bytes(db, "districts", tile=tile, question=question)
        (plans,) = db.execute(prepared).scalars()
    assert plans > 0


def test_reading_begins_no_transaction(database):
    begun = select(func.now())  # when the transaction began
    with database.read.connect() as db:
        assert db.scalar(begun) != db.scalar(begun)
    with database.owner.connect() as db:
        assert db.scalar(begun) == db.scalar(begun)


def test_a_statement_that_takes_too_long_is_named_so(database):
    impatient = planes.database(urls(database), read_timeout_s=1)
    try:
        with impatient.read.connect() as db, pytest.raises(planes.TooSlow):
            db.execute(select(func.pg_sleep(5)))
        with impatient.read.connect() as db:
            assert db.scalar(select(1)) == 1
    finally:
        impatient.close()


@pytest.mark.parametrize("plane", planes.PLANES)
def test_a_connection_that_died_while_nobody_used_it_is_not_given_out(
    database, server, plane, monkeypatch
):
    monkeypatch.setattr(planes, "PING_AFTER_S", 0.0)
    engine = getattr(database, plane)
    with engine.connect() as db:
        process = db.scalar(select(func.pg_backend_pid()))
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
    with engine.connect() as db:
        assert db.scalar(select(func.pg_backend_pid())) != process
