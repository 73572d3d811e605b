"""``nmis boundaries``: what an operator types and reads."""

from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from boundaries.tables import BOUNDARY_SET
from gis_service import prepare
from gis_service.cli.boundaries import command

GOA = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
    '{"lgd":"551","dist":"North Goa","st":"Goa"},"geometry":{"type":"Polygon",'
    '"coordinates":[[[73.7,15.3],[74.2,15.3],[74.2,15.8],[73.7,15.8],[73.7,15.3]]]}}]}'
)
SAID = {
    "--level": "district",
    "--map": "code=lgd,name=dist,state=st",
    "--title": "Goa example",
    "--publisher": "Example Survey Office",
    "--licence": "example licence",
    "--valid-from": "2021-01-01",
}


@pytest.fixture
def run(database, monkeypatch):
    @contextmanager
    def opened(_settings):
        yield database

    monkeypatch.setattr(prepare, "opened", opened)

    def ran(*words):
        return CliRunner().invoke(command, [str(word) for word in words])

    return ran


def options(**changes):
    return [word for pair in (SAID | changes).items() for word in pair]


def test_a_file_is_loaded_reported_listed_and_refused_until_whole(
    run, database, tmp_path
):
    path = tmp_path / "goa.geojson"
    path.write_text(GOA)
    loaded = run("load", path, *options())
    assert loaded.exit_code == 0, loaded.output
    assert "1 units of 1 features" in loaded.output
    assert "overlaps 0.000 km²" in loaded.output
    set_id = "district-2021-01-01-goa-example"
    assert f"nmis boundaries activate {set_id}" in loaded.output
    assert f"{set_id}\t2021-01-01 to (open)\t-\t1 units" in run("list").output
    refused = run("activate", set_id)
    assert refused.exit_code != 0
    assert "lacks" in str(refused.exception)
    with database.owner.connect() as db:
        active = select(BOUNDARY_SET.c.active).where(BOUNDARY_SET.c.set_id == set_id)
        assert db.scalar(active) is False


def test_the_bundled_sets_are_listed_and_can_be_activated_again(run):
    assert run("list").output.count("in force") == 2
    again = run("activate", "bundled-district-2020-05-12", "bundled-state-2020-05-12")
    assert again.exit_code == 0, again.output


def test_an_unknown_key_of_the_field_map_is_refused_in_words(run, tmp_path):
    path = tmp_path / "goa.geojson"
    path.write_text(GOA)
    refused = run("load", path, *options(**{"--map": "codes=lgd"}))
    assert refused.exit_code == 2
    assert "'codes' is not one of code, name, state" in refused.output
