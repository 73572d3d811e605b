"""The storm in short; and what it would say if something were wrong."""

import psycopg
import pytest
from psycopg import sql

from tests import made_up
from tests.chaos import points
from tests.chaos.broken import broken
from tests.chaos.run import holds
from tests.chaos.size import SHORT
from tests.chaos.storm import blown
from tests.chaos.web_points import WEB_POINTS

# Workers are killed and started as fast as the machine allows.
pytestmark = pytest.mark.alone


def test_a_short_storm_loses_doubles_and_halves_nothing():
    found = blown(SHORT, lambda _: None)
    assert found.wrong == []
    assert holds(found, SHORT)
    assert found.web.written > 0
    assert found.queue.written > 0
    assert found.batches > 0
    assert found.uploads > 0
    assert found.quiet >= 1


@pytest.fixture
def stored(client, token, server, database):
    """A superuser's address of a database that holds two batches, one of updates."""
    bearer = token("uploader", state=27)
    for seed in (1, 2):
        answer = client.post(
            "/api/v1/batches",
            data=made_up.csv_body(made_up.rows(60, seed=seed, refs="kept-")),
            headers={"Authorization": f"Bearer {bearer}", "Idempotency-Key": str(seed)},
        )
        assert answer.status_code in (200, 201)
    return server.set(
        drivername="postgresql", database=database.owner.url.database
    ).render_as_string(hide_password=False)


BREAKS = (
    (
        "DELETE FROM nmis.movement WHERE movement_id IN"
        " (SELECT movement_id FROM nmis.movement LIMIT 1)"
    ),
    (
        "DELETE FROM nmis.person WHERE person_id IN"
        " (SELECT person_id FROM nmis.person LIMIT 1)"
    ),
    (
        "DELETE FROM vault.profile WHERE person_id IN"
        " (SELECT person_id FROM vault.profile LIMIT 1)"
    ),
    "DELETE FROM nmis.source_ref WHERE source_ref = 'kept-7'",
    (
        "DELETE FROM nmis.batch_people WHERE batch_id IN"
        " (SELECT batch_id FROM nmis.batch LIMIT 1)"
    ),
    "DELETE FROM nmis.batch WHERE idempotency_key = '1'",
    "UPDATE nmis.flow_day SET n = n + 1 WHERE day = '2020-05-07'",
    "UPDATE nmis.route_day SET n = n + 1 WHERE day = '2020-05-07'",
    "DELETE FROM nmis.flow_delta WHERE day = '2020-05-07'",
    (
        "UPDATE nmis.source_ref SET travel_date = travel_date + 1"
        " WHERE source_ref = 'kept-7'"
    ),
    "UPDATE nmis.batch SET accepted = accepted - 1, refused = refused + 1",
)


@pytest.mark.parametrize("statement", BREAKS)
def test_what_is_broken_is_seen(stored, statement):
    with psycopg.connect(stored) as db:
        assert set(broken(db).values()) == {0}
        db.execute("SET session_replication_role = replica")  # guards sleep
        assert db.execute(sql.SQL(statement)).rowcount > 0
        assert any(broken(db).values())
        db.rollback()


def test_a_process_stops_only_where_somebody_waits(tmp_path, monkeypatch):
    stopped = []
    monkeypatch.setattr(points.os, "kill", lambda *which: stopped.append(which))
    first, second = WEB_POINTS[:2]
    points.reached(tmp_path, first)
    assert stopped == []
    points.wait_at(tmp_path, first)
    points.reached(tmp_path, second)
    assert stopped == []
    points.reached(tmp_path, first)
    assert len(stopped) == 1
    assert points.stopped_at(tmp_path, first) == points.os.getpid()
    points.reached(tmp_path, first)  # one death for each wait
    assert len(stopped) == 1
    points.wait_at(tmp_path, second)
    assert points.wait_no_more(tmp_path, second)
    assert points.stopped_at(tmp_path, second) is None
