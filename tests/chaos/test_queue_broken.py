"""What the storm would say if something were wrong with uploads that waited."""

from functools import partial

import psycopg
import pytest
from psycopg import sql

from gis_service import queue_step
from tests import made_up
from tests.chaos.broken import broken
from tests.queueing import all_done


@pytest.fixture(scope="module")
def waited(app, token, server, database):
    """A superuser's address: uploads are done, refused, queued, and being received."""
    client, bearer = app.test_client(), f"Bearer {token('uploader', state=27)}"

    def sent(name, mode, *, bad=0):
        rows = made_up.rows(120, refs=f"{name}-")
        rows[60]["age"] = "999" if bad else "9"
        answer = client.post(
            f"/api/v1/batches?mode={mode}",
            data=made_up.csv_body(rows),
            headers={
                "Authorization": bearer,
                "Idempotency-Key": name,
                "Prefer": "respond-async",
            },
        )
        assert answer.status_code == 202

    sent("done", "partial", bad=1)
    sent("atomic", "atomic")
    sent("refused", "atomic", bad=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(queue_step, "sheets", partial(queue_step.sheets, rows=50))
        all_done(app, database)
    sent("queued", "partial")
    begun = client.post(
        "/api/v1/uploads",
        json={"bytes": 10, "sha256": "00" * 32},
        headers={"Authorization": bearer},
    )
    assert begun.status_code == 201
    return server.set(
        drivername="postgresql", database=database.owner.url.database
    ).render_as_string(hide_password=False)


BREAKS = (
    ("done", "DELETE FROM nmis.upload_slice WHERE slice = 1 AND job_id = {}"),
    ("done", "UPDATE nmis.upload_slice SET accepted = accepted - 1 WHERE job_id = {}"),
    ("done", "UPDATE nmis.upload_slice SET first_row = slice WHERE job_id = {}"),
    ("refused", "UPDATE nmis.upload_slice SET slice = slice + 9 WHERE job_id = {}"),
    (
        "done",
        "UPDATE nmis.upload_job SET rows_total = rows_total + 1 WHERE job_id = {}",
    ),
    ("atomic", "UPDATE nmis.upload_job SET rows_done = 50 WHERE job_id = {}"),
    ("atomic", "UPDATE nmis.upload_job SET is_checked = false WHERE job_id = {}"),
    ("refused", "UPDATE nmis.upload_job SET state = 'poison' WHERE job_id = {}"),
    ("queued", "UPDATE nmis.upload_job SET state = 'working' WHERE job_id = {}"),
    ("queued", "UPDATE nmis.upload_job SET state = 'done' WHERE job_id = {}"),
    ("queued", "UPDATE nmis.upload_job SET size = size + 1 WHERE job_id = {}"),
    ("queued", "DELETE FROM nmis.upload_piece WHERE job_id = {}"),
    ("queued", "DELETE FROM nmis.upload_part WHERE job_id = {}"),
    ("queued", "DELETE FROM nmis.queue_key WHERE {} IS NOT NULL"),
)


@pytest.mark.parametrize(("key", "statement"), BREAKS)
def test_what_is_broken_of_the_queue_is_seen(waited, key, statement):
    of = "SELECT job_id::text FROM nmis.upload_job WHERE idempotency_key = %s"
    with psycopg.connect(waited) as db:
        assert set(broken(db).values()) == {0}
        (job,) = db.execute(of, [key]).fetchone()
        db.execute("SET session_replication_role = replica")  # guards sleep
        asked = sql.SQL(statement).format(sql.Literal(job))
        assert db.execute(asked).rowcount > 0
        assert any(broken(db).values())
        db.rollback()
