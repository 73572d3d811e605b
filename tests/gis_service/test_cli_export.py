"""`nmis export`: any layer into a file of any format, told in plain words."""

import csv
import stat

import geopandas
import pytest
from click.testing import CliRunner
from pmtiles.reader import MmapSource, Reader

from gis_service.cli import main
from tests.flow_rows import BIHAR, MUMBAI, PUNE, add, flow, two_of
from tests.releasing import released


@pytest.fixture(scope="module", autouse=True)
def journeys(app, database):
    atoms = released(app, database, people=20_000)
    with database.owner.begin() as db:
        bihar = two_of(db, BIHAR)
        add(db, [flow(MUMBAI, bihar[0], 12, day="2021-02-01")])
        add(db, [flow(*bihar, 30, day="2021-02-02", mode="bus")])
    return atoms


@pytest.fixture
def export(database, tmp_path, monkeypatch):
    """``export(layer, name, *words)``: the file, and how the command ended."""
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(tmp_path / "var"))

    def run(layer, name, *words):
        path = tmp_path / name
        done = CliRunner().invoke(main, ["export", layer, str(path), *words])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return path, done

    return run


def people(path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(int(each["n"]) for each in csv.DictReader(file))


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_layer_of_releases_needs_nothing_else(export, journeys):
    path, done = export("release_atoms", "atoms.csv")
    assert done.exit_code == 0, done.output
    assert f"{path.stat().st_size:,} bytes" in done.output
    assert f"{journeys.height:,} rows" in done.output
    assert people(path) == journeys["n"].sum()
    assert mode(path) == 0o644
    tables, done = export("release_atoms", "atoms.PARQUET", "--release", "1")
    assert done.exit_code == 0, done.output
    assert geopandas.read_parquet(tables).n.sum() == journeys["n"].sum()


def test_exact_layers_are_for_one_officers_units_or_the_country(export):
    days = ("--from", "2021-02-01", "--to", "2021-02-28")
    whole, _ = export("flows", "whole.csv", *days)
    mine, _ = export("flows", "mine.csv", *days, "--state", "Maharashtra")
    city, _ = export("flows", "city.fgb", *days, "--district", str(PUNE))
    buses, _ = export("flows", "buses.csv", *days, "--mode", "bus", "--level", "state")
    assert [people(each) for each in (whole, mine, buses)] == [42, 12, 0]
    assert len(geopandas.read_file(city)) == 0
    assert mode(whole) == mode(mine) == 0o600


def test_tiles_are_written_too(export):
    path, done = export("flows", "flows.pmtiles", "--level", "state")
    assert done.exit_code == 0, done.output
    assert "tiles" in done.output
    with path.open("rb") as file:
        told = Reader(MmapSource(file)).metadata()
    assert {each["id"] for each in told["vector_layers"]} == {"flows", "nodes"}
    assert told["level"] == "state"


def test_a_file_that_is_there_is_kept_unless_forced(export):
    path, _ = export("states", "states.csv")
    path.write_text("mine")
    _, refused = export("states", "states.csv")
    assert refused.exit_code == 1
    assert "--force replaces it" in refused.output
    assert path.read_text() == "mine"
    assert export("states", "states.csv", "--force")[1].exit_code == 0
    assert path.read_text() != "mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ghosts", "a.csv"), "there are arrivals"),
        (("flows", "a.shp"), "but as csv, parquet"),
        (("flows", "a"), "but as csv, parquet"),
        (("release_atoms", "a.pmtiles"), "but as csv, parquet"),
        (("districts", "a.csv", "--mode", "bus"), "heeds no --mode, only --as-of"),
        (("flows", "a.csv", "--mode", "boat"), "Input should be 'train' or 'bus'"),
        (("flows", "a.csv", "--from", "soon"), "--from is 'soon'"),
        (("flows", "a.csv", "--release", "1"), "is no layer of releases"),
        (("release_flows", "a.csv", "--release", "9"), "no release 9; published: 1"),
        (("release_flows", "a.csv", "--state", "27"), "neither --state nor"),
        (("districts", "a.csv", "--district", "490"), "neither --state nor"),
        (("flows", "a.csv", "--state", "27", "--district", "490"), "either --state"),
        (("flows", "a.csv", "--state", "Atlantis"), "Atlantis"),
        (("flows", "a.csv", "--from", "2021-02-02", "--to", "2021-02-01"), "from/to"),
    ],
)
def test_what_cannot_be_is_told_with_what_can(export, words, told):
    path, done = export(*words)
    assert done.exit_code == 1
    assert told in done.output
    assert "Traceback" not in done.output
    assert not path.exists()
    assert not list(path.parent.glob(".nmis-*"))
