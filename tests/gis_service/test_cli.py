import pytest
from click.testing import CliRunner

from gis_service.cli import main

COMMANDS = main.list_commands(None)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")


def test_a_command_that_is_not_there_is_told():
    done = CliRunner().invoke(main, ["fly"])
    assert done.exit_code == 2
    assert "No such command 'fly'" in done.output


def test_a_setting_that_cannot_be_is_told_without_a_trace(monkeypatch):
    monkeypatch.setenv("NMIS_WORKERS", "many")
    done = CliRunner().invoke(main, ["serve"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: NMIS_WORKERS is 'many'")


def test_a_database_that_is_away_is_told_without_a_trace(monkeypatch, tmp_path):
    monkeypatch.setenv("NMIS_DATABASE_URL", f"postgresql://nobody@/no?host={tmp_path}")
    done = CliRunner().invoke(main, ["db", "migrate"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: The database does not answer: ")


def test_a_server_of_ones_own_is_not_ours_to_start(monkeypatch):
    monkeypatch.setenv("NMIS_DATABASE_URL", "postgresql://nobody@/no")
    done = CliRunner().invoke(main, ["db", "start"])
    assert "names a server of your own" in done.output
