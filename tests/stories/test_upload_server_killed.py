"""The real web server, killed while it takes an upload; the sender asks again."""

import http.client
import os
import signal
import socket
import threading
import time

import made_up
import pytest
from sqlalchemy import func, select

from gis_service import web_server
from gis_service.audit.tables import ENTRY
from gis_service.settings import Settings, variable
from movements.flow import FLOW_DAY
from movements.tables import BATCH, MOVEMENT, PERSON, PROFILE
from tests.auditing import verified

# The moments of the kills are those of a machine with nothing else to do.
pytestmark = pytest.mark.alone

ROWS = 2000
# From while the body is read to after the commit, in seconds after it was sent.
MOMENTS = (0.02, 0.08, 0.16, 0.3)


@pytest.fixture
def settings(database, tmp_path, monkeypatch) -> Settings:
    url = database.owner.url.render_as_string(hide_password=False)
    # The workers read their settings themselves.
    monkeypatch.setenv(variable("var"), str(tmp_path))
    monkeypatch.setenv(variable("database_url"), url)
    return Settings(var=tmp_path, workers=1, database_url=url)


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def started(settings: Settings):
    at = web_server.address(f"127.0.0.1:{free_port()}")
    log = settings.var / "web.log"
    running = web_server.launch(settings, at, log)
    web_server.wait(running, at, log)
    return running, at


def sent(at, key: str, bearer: str) -> int | None:
    """The status answered, or ``None`` where the server went away."""
    body = made_up.csv_body(made_up.rows(ROWS, refs=key))
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": key}
    wire = http.client.HTTPConnection(at.host, at.port, timeout=60)
    try:
        wire.request("POST", "/api/v1/batches", body=body, headers=headers)
        answer = wire.getresponse()
        answer.read()
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        wire.close()
    return answer.status


def killed_during(settings: Settings, key: str, bearer: str, moment: float):
    """What was answered to an upload whose server is killed at a moment."""
    running, at = started(settings)
    sent(at, f"warm-{key}", "nmis_no_token")  # refused; the worker is awake now
    answered = []
    sender = threading.Thread(target=lambda: answered.append(sent(at, key, bearer)))
    sender.start()
    time.sleep(moment)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    sender.join()
    return answered[0]


def test_a_server_killed_during_an_upload_loses_and_doubles_nothing(
    database, settings, token
):
    bearer = token("uploader", state=27)
    first = {
        f"moment-{moment}-": killed_during(
            settings, f"moment-{moment}-", bearer, moment
        )
        for moment in MOMENTS
    }
    assert set(first.values()) <= {None, 201}
    assert None in first.values()  # at least one fell between upload and answer
    running, at = started(settings)
    try:
        for key in first:
            assert again(at, key, bearer) in (200, 201)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    assert counts(database) == {ROWS * len(MOMENTS)}
    with database.owner.connect() as db:
        kept = db.scalars(select(BATCH.c.idempotency_key)).all()
    assert sorted(kept) == sorted(first)
    assert verified(database, settings.var)[0] == []
    assert audited(database)


def audited(database) -> bool:
    """Whether the audit log has each batch that is stored once, and no other."""
    accepted = select(ENTRY.c.subject).where(ENTRY.c.action == "batch.accept")
    with database.owner.connect() as db:
        told, stored = (
            sorted(db.scalars(each)) for each in (accepted, select(BATCH.c.batch_id))
        )
    return told == stored


def again(at, key: str, bearer: str) -> int | None:
    """Send until it is not under way any more (its backend may still be ending)."""
    for _ in range(20):
        status = sent(at, key, bearer)
        if status != 409:
            return status
        time.sleep(0.5)
    return status


def counts(database) -> set[int]:
    n = func.count()
    asked = [select(n).select_from(table) for table in (PERSON, MOVEMENT, PROFILE)]
    asked.append(select(func.sum(FLOW_DAY.c.n)))
    with database.owner.connect() as db:
        return {db.execute(question).scalar_one() for question in asked}
