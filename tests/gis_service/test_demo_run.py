"""The demonstration, loaded through the batch path into a real database."""

from datetime import date

import polars as pl
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from boundaries.version import versions
from gis_service.cli.demo import command
from gis_service.demo import mark, places, run
from gis_service.settings import Settings
from movements.flow import FLOW_DAY
from movements.record import Terms
from movements.tables import BATCH, MOVEMENT, PERSON, PROFILE

PEOPLE = 600
LAKSHADWEEP = 31


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    return Settings(var=tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="module")
def loaded(database, settings) -> run.Loaded:
    return run.load(database, settings, people=PEOPLE, seed=1, quiet=True)


def count(db, column) -> int:
    return db.execute(select(func.count(column))).scalar_one()


def test_everybody_is_taken_none_refused_and_flows_count_everybody(loaded, db):
    assert (loaded.new, loaded.unchanged) == (PEOPLE, 0)
    for column in (PERSON.c.person_id, MOVEMENT.c.movement_id, PROFILE.c.sealed):
        assert count(db, column) == PEOPLE
    assert db.execute(select(func.sum(FLOW_DAY.c.n))).scalar_one() == PEOPLE


def test_every_batch_is_marked_synthetic_and_so_is_the_database(loaded, db):
    assert loaded.batches == count(db, BATCH.c.batch_id)
    assert db.scalars(select(BATCH.c.synthetic).distinct()).all() == [True]
    assert versions(db)[mark.SUBJECT] == 1


def test_loading_the_same_again_adds_nothing(loaded, database, settings, db):
    again = run.load(database, settings, people=PEOPLE, seed=1, quiet=True)
    assert again == run.Loaded(new=0, unchanged=PEOPLE, batches=0)
    assert count(db, MOVEMENT.c.movement_id) == PEOPLE


def test_journeys_keep_to_the_days_of_may_2020(loaded, db):
    days = select(func.min(FLOW_DAY.c.day), func.max(FLOW_DAY.c.day))
    first, last = db.execute(days).one()
    assert date(2020, 5, 1) <= first <= last <= date(2020, 6, 3)


def test_declared_ways_of_buses_begin_and_end_where_the_bus_does(loaded, db):
    found = db.execute(
        select(
            MOVEMENT.c.route_states,
            MOVEMENT.c.origin_state,
            MOVEMENT.c.destination_state,
        ).where(MOVEMENT.c.mode == "bus")
    ).all()
    assert found
    for states, origin, destination in found:
        assert (states[0], states[-1]) == (origin, destination)


def test_a_window_without_may_2020_is_refused_in_words(database, settings):
    late = Settings(var=settings.var, window_start=date(2020, 6, 1))
    with pytest.raises(run.OutsideWindow, match="NMIS_WINDOW_START"):
        run.load(database, late, people=1, quiet=True)


def test_a_refused_row_stops_the_load_and_names_the_fault(
    database, settings, monkeypatch
):
    def as_lakshadweep(given: Settings, _tenant: int) -> Terms:
        return own_terms(given, LAKSHADWEEP)

    own_terms = run.intake.terms
    monkeypatch.setattr(run.intake, "terms", as_lakshadweep)
    with pytest.raises(run.NotAllTaken, match="not_your_state"):
        run.load(database, settings, people=50, seed=2, quiet=True)


def test_the_file_has_every_row_and_the_numbers_that_are_never_loaded(
    database, tmp_path
):
    file = tmp_path / "synthetic.csv"
    run.write(database, file, people=PEOPLE, seed=1)
    rows = pl.read_csv(file, infer_schema=False)
    assert rows.height == PEOPLE
    assert rows["aadhaar"].null_count() == pytest.approx(PEOPLE * 0.2, abs=50)
    assert "tenant" not in rows.columns


def test_most_districts_have_a_pin_code_and_67_pairs_of_states_touch(db):
    assert len(places.pins(db)) > 700
    assert places.touching(db).sum() == 2 * 67


def test_the_command_says_what_it_does():
    shown = CliRunner().invoke(command, ["--help"]).output
    assert "--people" in shown
    assert "Nobody among them exists" in shown
