"""`nmis release`: made once, listed, verified; a lost key is told in words."""

import pytest
from click.testing import CliRunner

from gis_service.cli import main
from tests.flow_rows import MUMBAI, PUNE, add, flow


@pytest.fixture
def nmis(database, tmp_path, monkeypatch):
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["release", *words])


def test_a_release_is_made_listed_and_verified(nmis, database, tmp_path):
    nothing = nmis("make")
    assert nothing.exit_code == 1
    assert "no week with journeys is over" in nothing.output
    with database.owner.begin() as db:
        add(db, [flow(MUMBAI, PUNE, 400)])
    made = nmis("make")
    assert made.exit_code == 0, made.output
    assert "Release 1 is published: 1 weeks, 1 of them new" in made.output
    assert "Nothing changed since release 1." in nmis("make").output
    listed = nmis("list").output
    assert "1 weeks" in listed
    assert "2020-05-04 to 2020-05-04" in listed
    verified = nmis("verify")
    assert (verified.exit_code, "keeps its five counts" in verified.output) == (0, True)
    (tmp_path / "secrets" / "release.key").unlink()
    lost = nmis("make")
    assert lost.exit_code == 1
    assert "put its backup in place" in lost.output
