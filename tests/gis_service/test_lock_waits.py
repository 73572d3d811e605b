"""What waits for a table that somebody holds is told to come again, in time."""

import made_up
import pytest
from sqlalchemy import text

from gis_service import db as planes
from gis_service.app import create_app


@pytest.fixture
def hasty(app, database, monkeypatch):
    """A client of a service that waits half a second in place of twenty."""
    session = planes.UPLOAD_SESSION | {"lock_timeout": "'500ms'"}
    monkeypatch.setattr(planes, "UPLOAD_SESSION", session)
    urls = {
        plane: getattr(database, plane).url.render_as_string(hide_password=False)
        for plane in planes.PLANES
    }
    own = planes.database(urls)
    yield create_app(app.extensions["settings"], own).test_client()
    own.close()


def test_an_upload_that_would_wait_too_long_is_told_to_come_again(
    hasty, database, token
):
    headers = {"Authorization": f"Bearer {token('uploader', state=27)}"}
    body = made_up.csv_body(made_up.rows(3, refs="held-"))
    with database.owner.begin() as holding:
        holding.execute(text("LOCK TABLE nmis.movement IN ACCESS EXCLUSIVE MODE"))
        answer = hasty.post("/api/v1/batches", data=body, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
    again = hasty.post("/api/v1/batches", data=body, headers=headers)
    assert (again.status_code, again.json["new"]) == (201, 3)


def test_what_nobody_waits_for_may_take_as_long_as_it_does(database):
    urls = {
        plane: getattr(database, plane).url.render_as_string(hide_password=False)
        for plane in planes.PLANES
    }
    for patient, told in ((True, "0"), (False, "20s")):
        own = planes.database(urls, patient=patient)
        with own.upload.connect() as db:
            assert db.scalar(text("SHOW lock_timeout")) == told
        own.close()
