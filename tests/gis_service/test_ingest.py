"""``nmis ingest FILE``."""

import made_up
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from workbooks import Page, table, workbook

from gis_service.cli.ingest import command
from movements import file_sheets
from movements.mapping_store import keep
from movements.tables import MOVEMENT


@pytest.fixture(scope="module")
def keys_folder(tmp_path_factory):
    """One installation's secrets for the one database of this module."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def ingest(database, monkeypatch, tmp_path, keys_folder):
    url = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", url)
    monkeypatch.setenv("NMIS_VAR", str(keys_folder))
    monkeypatch.setattr(
        "gis_service.cli.ingest.sheets",
        lambda path, **how: file_sheets.sheets(path, rows=10, **how),
    )

    def run(people, *options: str):
        path = tmp_path / "people.csv"
        path.write_bytes(made_up.csv_body(people))
        return CliRunner().invoke(command, [str(path), "--state", "27", *options])

    return run


def stored(database) -> int:
    with database.owner.connect() as db:
        return db.execute(select(func.count()).select_from(MOVEMENT)).scalar_one()


def test_a_file_goes_in_batch_by_batch_and_once_only(database, ingest):
    before, people = stored(database), made_up.rows(25)
    people[14] |= {"age": "x"}
    for _ in range(2):
        found = ingest(people)
        assert found.exit_code == 0, found.output
        assert "25 rows: 24 accepted, 1 refused" in found.output
        assert "row 15, age: not_an_integer" in found.output
        assert stored(database) == before + 24
    assert "taken before" in found.output


def test_a_dry_run_stores_nothing(database, ingest):
    before = stored(database)
    found = ingest(made_up.rows(12, seed=8), "--dry-run")
    assert "12 rows: 12 would be accepted" in found.output
    assert stored(database) == before


def test_ids_and_dates_are_seen_over_the_whole_file(database, ingest):
    before, people = stored(database), made_up.rows(25, seed=9, refs="over-")
    people[22] |= {"source_ref": people[3]["source_ref"]}
    for at, each in enumerate(people):
        each["travel_date"] = "05/06/2020" if at < 20 else "05/13/2020"
    found = ingest(people)
    assert "25 rows: 0 accepted, 25 refused" in found.output
    assert "row 1, travel_date: day_or_month" in found.output
    for each in people:
        each["travel_date"] = "13/05/2020"
    found = ingest(people)
    assert "25 rows: 24 accepted, 1 refused" in found.output
    assert "row 23, source_ref: duplicate_source_ref" in found.output
    assert stored(database) == before + 24


def test_atomic_stores_no_batch_where_one_has_a_fault(database, ingest):
    before, people = stored(database), made_up.rows(25, seed=9)
    people[24] |= {"mode": "ship"}
    found = ingest(people, "--mode", "atomic")
    assert found.exit_code == 1
    assert "nothing is stored" in found.output
    assert stored(database) == before
    people[24] |= {"mode": "bus"}
    assert ingest(people, "--mode", "atomic").exit_code == 0
    assert stored(database) == before + 25


def test_faults_that_are_not_shown_are_counted_and_written_where_asked(
    ingest, tmp_path
):
    people = made_up.rows(30, seed=11)
    for person in people:
        person["age"] = "x"
    file = tmp_path / "faults.csv"
    found = ingest(people, "--dry-run", "--faults", str(file))
    assert found.output.count("not_an_integer") == 20
    assert "… and 10 faults more" in found.output
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("row,field,code")
    assert [line.split(",")[0] for line in lines[1:]] == [str(n) for n in range(1, 31)]
    assert "--faults FILE.csv" in ingest(people, "--dry-run").output


def test_a_workbook_goes_in_sheet_by_sheet_and_by_a_mapping(database, ingest, tmp_path):
    with database.owner.begin() as db:
        entries = {"columns": {"Naam": "name"}, "values": {}, "districts": {}}
        keep(db, entries, tenant=27, name="naam")
    rows = table(made_up.rows(25, seed=12))
    rows[0] = ["Naam" if name == "name" else name for name in rows[0]]
    pages = Page(rows, "North"), Page(rows[:3], "South")
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook(*pages))
    options = ("--state", "27", "--mapping", "naam", "--dry-run")

    def run(*more: str):
        return CliRunner().invoke(command, [str(path), *options, *more])

    assert "North" in str(run().exception)
    assert "25 rows: 25 would be accepted" in run("--sheet", "North").output
    assert "2 rows: 2 would be accepted" in run("--sheet", "South").output
