"""``nmis portal``, and what the supervisor has it do when a source is due."""

import time

import pytest
from click.testing import CliRunner

from gis_service.cli import main
from gis_service.pulling import Puller
from gis_service.settings import Settings
from tests.portal_server import CSV, portal

CASES = b"code,date,cases\n490,2020-05-20,5\n1,2020-05-20,6\n9999,2020-05-20,7\n"
SECRET = "key-of-tests"
HERE = ("--allow-cidr", "127.0.0.0/8")


@pytest.fixture
def there():
    with portal() as opened:
        opened.tells("/cases.csv", CASES, **CSV)
        yield opened


@pytest.fixture
def settings(database, tmp_path, monkeypatch):
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(tmp_path))
    return Settings(var=tmp_path, database_url=address)


@pytest.fixture
def nmis(settings):
    """``nmis(*words, code=0)``: what the command says."""

    def ran(*words, code=0):
        done = CliRunner().invoke(main, ["portal", *words])
        assert done.exit_code == code, done.output
        assert SECRET not in done.output
        return done.output

    return ran


@pytest.fixture
def add(nmis, there):
    """``add(*more, code=0)``: the source at ``there``, whose address holds a key."""

    def added(*more, code=0):
        url = there.url(f"/cases.csv?token={SECRET}")
        port = ("--port", str(there.port))
        return nmis("add", "covid_cases", "--url", url, *port, *more, code=code)

    return added


def test_a_source_is_added_pulled_listed_changed_and_removed(nmis, add):
    assert "no portal 'ghosts'" in nmis("add", "ghosts", "--url", "http://x/", code=1)
    assert "OURS=THEIRS" in add("--field", "cases", code=2)
    assert "is registered" in add()
    said = nmis("pull", "covid_cases", code=1)
    assert "127.0.0.1 leads to 127.0.0.1, which is loopback" in said
    listed = nmis("list")
    assert "nothing fetched yet" in listed
    assert "failing since" in listed
    add(*HERE, "--refresh", "1")
    assert "2 districts, 1 rows not used" in nmis("pull")
    listed = nmis("list")
    assert "as of 2020-05-20; 2 of 3 rows used" in listed
    assert "row 3 (9999): no district '9999'" in listed
    assert "failing" not in listed
    assert "127.0.0.1" in listed
    assert "nothing new" in nmis("pull", "covid_cases")
    assert nmis("pull", "--due") == ""
    assert "is removed" in nmis("remove", "covid_cases")
    assert nmis("list") == ""
    assert "registered" in nmis("pull", "covid_cases", code=1)


def test_a_token_file_that_others_may_read_is_refused(nmis, add, tmp_path):
    file = tmp_path / "token"
    file.write_text(SECRET)
    file.chmod(0o644)
    more = ("--token-file", str(file))
    url = ("--url", "https://portal.test/cases.csv")
    assert "allowed: 600" in nmis("add", "covid_cases", *url, *more, code=1)
    file.chmod(0o600)
    assert "https alone" in add(*more, code=1)
    assert "is registered" in nmis("add", "covid_cases", *url, *more)
    assert str(file) not in nmis("list")
    nmis("remove", "covid_cases")


def test_what_is_due_is_pulled_by_a_process_of_the_supervisors(
    settings, nmis, add, there
):
    puller = Puller(settings, settings.database_url)
    puller.step()
    assert puller.process is None  # nothing is due
    add(*HERE)
    puller.step()
    assert puller.process is None  # it looked not long ago
    puller.looked = 0.0
    puller.step()
    started = puller.process
    assert started is not None
    until = time.monotonic() + 60
    while started.poll() is None and time.monotonic() < until:
        puller.step()  # one at a time
        assert puller.process is started
        time.sleep(0.1)
    assert started.returncode == 0, puller.log.read_text()
    assert len(there.asked) == 1
    assert "2 districts" in puller.log.read_text()
    assert SECRET not in puller.log.read_text()
    puller.step()
    assert puller.process is None
    nmis("remove", "covid_cases")


def test_a_pull_that_hangs_is_ended_with_the_supervisor(settings, add, there):
    there.routes["/cases.csv"] = lambda _handler: time.sleep(30)
    add(*HERE)
    puller = Puller(settings, settings.database_url)
    puller.step()
    started = puller.process
    assert started is not None
    puller.stop()
    assert started.poll() is not None
    assert puller.process is None


def test_a_database_that_is_away_is_nothing_to_the_puller(settings):
    gone = Puller(settings, "postgresql://nobody@127.0.0.1:1/none")
    gone.step()
    assert gone.process is None
