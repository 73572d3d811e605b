"""``nmis token``: issue, list, rotate, revoke."""

from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from gis_service import cli, prepare


@pytest.fixture
def nmis(database, monkeypatch):
    @contextmanager
    def opened(_settings):
        yield database

    monkeypatch.setattr(prepare, "opened", opened)
    return lambda *words: CliRunner().invoke(cli.main, ["token", *words])


def test_a_token_is_shown_once_works_is_listed_and_revoked(nmis, client):
    made = nmis("issue", "--role", "state", "--state", "27", "--label", "me")
    token = made.output.strip()
    key = {"Authorization": f"Bearer {token}"}
    assert client.get("/flows/state", headers=key).status_code == 200
    _, token_id, secret = token.split("_")
    listed = nmis("list").output
    assert token_id in listed
    assert "me" in listed
    assert secret not in listed
    assert "is revoked" in nmis("revoke", token_id).output
    assert client.get("/flows/state", headers=key).status_code == 401
    assert "revoked" in nmis("list").output


def test_a_token_is_rotated_and_the_list_shows_it(nmis, client):
    old = nmis("issue", "--role", "analyst", "--label", "notebook").output.strip()
    old_id = old.split("_")[1]
    made = nmis("rotate", old_id, "--overlap", "2")
    new = made.stdout.strip()
    assert "goes on until" in made.stderr
    for token in (old, new):
        key = {"Authorization": f"Bearer {token}"}
        assert client.get("/flows/state", headers=key).status_code != 401
    assert f"replaces {old_id}" in nmis("list").output
    assert "allowed: 2" in nmis("rotate", new).output
    shared = nmis("issue-shared", "--label", "portal").output.strip()
    assert shared.startswith("nmis_")
    assert " shared  " in nmis("list").output


def test_what_is_wrong_is_said_in_words(nmis):
    for words, told in (
        (("issue", "--role", "king"), "'king' is not one of"),
        (("issue", "--role", "state"), "needs --state"),
        (("revoke", "nobody"), "no live token 'nobody'"),
    ):
        answer = nmis(*words)
        assert answer.exit_code != 0
        assert told in answer.output
        assert "Traceback" not in answer.output
