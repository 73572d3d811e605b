"""``nmis account``: add, list, disable, enable, reset."""

import re
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from gis_service import cli, prepare


@pytest.fixture
def nmis(database, monkeypatch, tmp_path):
    @contextmanager
    def opened(_settings):
        yield database

    monkeypatch.setattr(prepare, "opened", opened)
    monkeypatch.setenv("NMIS_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(cli.main, ["account", *words])


def test_an_account_is_shown_once_listed_disabled_enabled_and_reset(nmis, tmp_path):
    added = nmis("add", "asha.k", "--role", "state", "--state", "27").output
    password = re.search(r"Password  (\S+)", added).group(1)
    assert re.fullmatch(r"([0-9a-z]{5}-){3}[0-9a-z]{5}", password)
    assert "otpauth://totp/NMIS:asha.k?secret=" in added
    key = tmp_path / "secrets" / "account.key"
    assert key.stat().st_mode & 0o077 == 0
    listed = nmis("list").output
    assert "asha.k" in listed
    assert "state 27" in listed
    assert password not in listed
    assert "is disabled" in nmis("disable", "asha.k").output
    assert "disabled" in nmis("list").output
    assert "is enabled" in nmis("enable", "asha.k").output
    again = nmis("reset", "asha.k").output
    assert "Password" in again
    assert password not in again


def test_what_is_wrong_is_said_in_words(nmis):
    for words, told in (
        (("add", "X", "--role", "auditor"), "name is 'X'; allowed"),
        (("add", "some.one", "--role", "king"), "'king' is not one of"),
        (("add", "some.one", "--role", "state"), "needs --state"),
        (("disable", "nobody"), "no account 'nobody' in use"),
        (("enable", "nobody"), "no disabled account 'nobody'"),
        (("reset", "nobody"), "no account 'nobody'"),
    ):
        answer = nmis(*words)
        assert answer.exit_code != 0
        assert told in answer.output
        assert "Traceback" not in answer.output
