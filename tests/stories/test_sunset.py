"""The emergency ends: uploads are refused, people erased; counts and a proof remain."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import made_up
import pytest
from click.testing import CliRunner

from gis_service.app import create_app
from gis_service.cli import main
from movements.unique_id import id_text
from tests.purging import purged, purger, taken_again

SENT = 30
NEVER_GIVEN = "0000-0000-0000-0000-0000-0000-000"


@pytest.fixture(scope="module")
def sunset() -> date:
    return datetime.now(ZoneInfo("Asia/Kolkata")).date() - timedelta(days=1)


@pytest.fixture(scope="module")
def ended(app, database, sunset):
    """A client of the same installation, after its sunset."""
    settings = replace(app.extensions["settings"], sunset=sunset)
    return create_app(settings, database)


@pytest.fixture
def asked(ended, token):
    bearer = {"Authorization": f"Bearer {token('state', state=27)}"}
    client = ended.test_client()
    return lambda address, **query: client.get(
        address, headers=bearer, query_string=query
    )


@pytest.fixture
def nmis(database, app, monkeypatch):
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(app.extensions["settings"].var))
    return lambda *words: CliRunner().invoke(main, ["purge", *words])


@pytest.fixture
def people(post, fetch, monkeypatch):
    """The unique IDs of people who were sent before the sunset, and where they are."""
    taken_again(monkeypatch)
    sent = post(made_up.csv_body(made_up.rows(SENT, refs="ended-")))
    assert sent.status_code == 201, sent.text
    return [p["id"] for p in fetch(sent.json["links"]["people"]).json["people"]]


@pytest.fixture
def kept(ended):
    """What anybody is told of how long people are kept."""
    return lambda: ended.test_client().get("/api/v1/retention").json


def counts(asked) -> tuple[int, list[int]]:
    told = asked("/flows/district", **{"from": "2020-05-01", "to": "2020-05-31"}).json
    return told["total"], [edge["n"] for edge in told["edges"]]


def test_the_emergency_ends(app, database, people, asked, sunset, kept):
    shown = asked(f"/api/v1/people/{people[0]}", purpose="grievance")
    assert shown.status_code == 200, shown.text
    before = counts(asked)
    assert before[0]

    # A month later nobody is in view any more, by whatever month they travel in.
    out_of_view = sunset + timedelta(days=31)
    on = partial(purger, app, database, sunset=sunset)
    assert purged(on(today=out_of_view - timedelta(days=1))) == []
    assert purged(on(today=out_of_view)) == ["2020-05"]
    for each in people:
        gone = asked(f"/api/v1/people/{each}", purpose="grievance")
        assert (gone.status_code, gone.json["code"]) == (410, "erased"), gone.text
        assert out_of_view.isoformat() in gone.json["detail"]
    never = asked(f"/api/v1/people/{NEVER_GIVEN}", purpose="grievance")
    assert never.status_code == 404, never.text
    assert asked("/api/v1/people", purpose="grievance").json["people"] == []
    assert counts(asked) == before
    floor = sunset + timedelta(days=366)
    told = kept()
    assert told["sunset"] == sunset.isoformat()
    assert told["purged"] == [{"month": "2020-05", "destroyed": False}]
    assert told["next_out_of_view"] is None
    assert told["next_destroyed"] == {"month": "2020-05", "on": floor.isoformat()}

    # A year later the archive's key is destroyed.
    assert purged(on(today=floor)) == ["2020-05"]
    assert kept()["purged"] == [{"month": "2020-05", "destroyed": True}]
    assert kept()["next_destroyed"] is None
    assert counts(asked) == before


def test_uploads_are_refused_after_the_sunset(ended, token):
    refused = ended.test_client().post(
        "/api/v1/batches",
        data=made_up.csv_body(made_up.rows(1)),
        headers={"Authorization": f"Bearer {token('uploader', state=27)}"},
    )
    assert (refused.status_code, refused.json["code"]) == (410, "sunset")


def test_a_proof_remains(app, database, people, nmis, tmp_path):
    far = date(2035, 1, 1)
    assert len(purged(purger(app, database, today=far))) == 1
    file = tmp_path / "proof.json"
    done = nmis("proof", "--month", "2020-05", "--out", str(file))
    assert done.exit_code == 0, done.output
    verified = nmis("verify", str(file))
    assert verified.exit_code == 0, verified.output
    assert "2020-05: destroyed" in verified.output
    text = file.read_text()
    *_, out, destroyed = (each["statement"] for each in json.loads(text))
    archive = out["steps"]["archive"]["counts"]
    assert archive["people"] == archive["vault.profile"] == len(people)
    assert archive["data_keys"] == ["vault.data_key 2020-05 1"]
    named = destroyed["steps"]["destroy"]["counts"]["archive_key"]
    assert named == archive["archive_key"]
    assert not [each for each in people if each in text]
    changed = tmp_path / "changed.json"
    changed.write_text(text.replace('"people": 30', '"people": 29'))
    refused = nmis("verify", str(changed))
    assert refused.exit_code == 1
    assert "not signed with the key" in refused.output


def test_the_id_that_nobody_has_is_well_formed():
    from uuid import UUID

    assert id_text(UUID(int=0)) == NEVER_GIVEN
