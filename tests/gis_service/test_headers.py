"""The security headers stand on every answer, and nothing outside is ever loaded."""

import pytest

from gis_service.app import create_app
from gis_service.settings import Settings

ANSWERS = (
    "/health",
    "/nowhere",
    "/docs",
    "/tiles/districts/4/11/6.mvt",
    "/flows/state",
)


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_them(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_scripts_need_this_answers_nonce(client):
    policies = {client.get("/docs").headers["Content-Security-Policy"] for _ in "ab"}
    assert len(policies) == 2
    for policy in policies:
        scripts = next(p for p in policy.split("; ") if p.startswith("script-src"))
        assert "unsafe-inline" not in scripts
        assert "'nonce-" in scripts


def test_an_answer_that_asks_for_no_nonce_allows_none(client):
    tile = client.get("/tiles/districts/4/11/6.mvt")
    for answer in (tile, client.get("/health"), client.get("/nowhere")):
        (policy,) = answer.headers.getlist("Content-Security-Policy")
        assert "nonce" not in policy
        assert "unsafe" not in policy
        assert "script-src 'self'; style-src 'self';" in policy


def test_maplibre_may_start_its_workers_from_blobs(client):
    assert (
        "worker-src 'self' blob:"
        in client.get("/health").headers["Content-Security-Policy"]
    )


def test_behind_https_browsers_are_told_to_stay_there(database, tmp_path):
    settings = Settings(var=tmp_path, public_url="https://gis.example/nmis")
    app = create_app(settings, database)
    headers = app.test_client().get("/health").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
