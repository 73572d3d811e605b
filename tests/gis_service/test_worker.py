"""The worker as a process: killed in the middle, asked to stop, started again."""

import os
import signal
import time

import made_up
import pytest
from sqlalchemy import func, select, update

from gis_service.settings import Settings, variable
from gis_service.worker_process import Worker
from movements.flow import FLOW_DAY
from movements.queue_tables import UPLOAD_JOB, UPLOAD_SLICE
from movements.tables import MOVEMENT

ROWS = 5_000


@pytest.fixture
def worker(app, database, monkeypatch):
    """Starts the real worker on this module's database."""
    settings: Settings = app.extensions["settings"]
    url = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv(variable("var"), str(settings.var))
    monkeypatch.setenv(variable("database_url"), url)
    made = Worker(settings)
    yield made
    made.stop()


def state(database):
    with database.owner.connect() as db:
        return db.execute(select(UPLOAD_JOB.c.state, UPLOAD_JOB.c.slices)).one()


def until(database, true, seconds=90):
    end = time.monotonic() + seconds
    while not true(state(database)):
        assert time.monotonic() < end, state(database)
        time.sleep(0.02)


def test_a_worker_killed_within_a_slice_loses_and_doubles_nothing(
    app, client, database, token, worker
):
    sent = {"Authorization": f"Bearer {token('uploader', state=27)}"}
    body = made_up.csv_body(made_up.rows(ROWS))
    sent |= {"Prefer": "respond-async"}
    answer = client.post("/api/v1/batches", data=body, headers=sent)
    assert answer.status_code == 202
    worker.start()
    until(database, lambda at: at.state == "working")
    time.sleep(0.5)
    os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    worker.process = None
    with database.owner.begin() as db:
        # As if the half minute that it is missed had passed.
        past = {"lease_until": func.now()}
        db.execute(
            update(UPLOAD_JOB).where(UPLOAD_JOB.c.state == "working").values(past)
        )
    worker.start()
    until(database, lambda at: at.state == "done")
    with database.owner.connect() as db:
        slices = db.execute(select(UPLOAD_SLICE.c.rows).order_by(UPLOAD_SLICE.c.slice))
        assert list(slices.scalars()) == [ROWS]
        for count in (
            select(func.count()).select_from(MOVEMENT),
            select(func.sum(FLOW_DAY.c.n)),
        ):
            assert db.execute(count).scalar_one() == ROWS
    # Asked to stop, it ends by itself and says nothing that is wrong.
    worker.process.terminate()
    assert worker.process.wait(15) == 0
    assert "Namuna" not in worker.log.read_text()
