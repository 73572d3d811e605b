"""The demonstration's people, drawn without a database."""

import numpy as np
import polars as pl
import pytest

from gis_service.demo import figures, vehicles
from gis_service.demo.population import Population, journeys, population
from gis_service.demo.weights import weights

HOW_MANY = 60_000
DELHI, UTTAR_PRADESH, BIHAR, ANDHRA, TELANGANA = 7, 9, 10, 28, 36
JAMMU_AND_KASHMIR, LADAKH, LAKSHADWEEP, ANDAMANS = 1, 37, 31, 35


@pytest.fixture(scope="module")
def touching() -> np.ndarray:
    """A made-up map: each state touches the next four codes, but for the islands."""
    codes = figures.districts().states()
    near = np.abs(np.subtract.outer(np.arange(36), np.arange(36)))
    touch = (near > 0) & (near < 5)
    island = np.isin(codes, (LAKSHADWEEP, ANDAMANS))
    touch[island] = False
    touch[:, island] = False
    return touch


@pytest.fixture(scope="module")
def everybody(touching) -> Population:
    return population(np.random.default_rng(7), HOW_MANY, touching)


@pytest.fixture(scope="module")
def going(everybody) -> pl.DataFrame:
    return journeys(everybody)


def place(code: int) -> int:
    return int(np.searchsorted(figures.districts().states(), code))


def test_there_are_as_many_people_as_asked_for(everybody, going):
    assert going.height == HOW_MANY
    assert everybody.vehicles.people.sum() == HOW_MANY
    assert everybody.parties.size.sum() == HOW_MANY


@pytest.mark.parametrize("people", [1, 2, 37, 1000])
def test_a_small_demonstration_is_complete_too(touching, people):
    assert journeys(population(np.random.default_rng(1), people, touching)).height == (
        people
    )


def test_equal_seeds_give_equal_people_and_others_do_not(touching, going):
    again = journeys(population(np.random.default_rng(7), HOW_MANY, touching))
    other = journeys(population(np.random.default_rng(8), HOW_MANY, touching))
    assert again.equals(going)
    assert not other.equals(going)


def test_districts_lie_in_the_states_that_the_journey_says(going):
    home = figures.districts()
    state = dict(zip(home.code.tolist(), home.state.tolist(), strict=True))
    for end in ("origin", "destination"):
        assert going[end].replace_strict(state).equals(going[f"{end}_state"].alias(end))


def test_nobody_travels_to_the_district_they_are_in(going):
    home = figures.districts()
    single = [int(code) for code in home.states() if (home.state == code).sum() == 1]
    still = going.filter(pl.col("origin") == pl.col("destination"))
    assert still.filter(~pl.col("origin_state").is_in(single)).is_empty()


def test_the_census_table_is_turned_round_people_go_home():
    home = figures.going_home()
    # In 2011 1,516,023 males in Delhi had come from Uttar Pradesh.
    assert home[place(DELHI), place(UTTAR_PRADESH)] == 1_516_023
    assert home[place(DELHI), place(BIHAR)] > home[place(BIHAR), place(DELHI)]


def test_states_that_split_since_share_the_figures_of_2011():
    home, people = figures.going_home(), figures.districts()
    both = home[place(ANDHRA)] + home[place(TELANGANA)]
    share = home[place(ANDHRA), place(BIHAR)] / both[place(BIHAR)]
    inhabitants = [
        people.people[people.state == code].sum() for code in (ANDHRA, TELANGANA)
    ]
    assert share == pytest.approx(inhabitants[0] / sum(inhabitants))
    assert home[place(ANDHRA), place(TELANGANA)] == 0  # no figure, no flow
    assert home[place(LADAKH)].sum() > 0


def test_the_weights_are_shares_of_everybody(touching):
    shares = weights(touching)
    assert (shares.train >= 0).all()
    assert (shares.bus >= 0).all()
    assert shares.train.sum() + shares.bus.sum() == pytest.approx(1.0)
    assert np.diag(shares.train).sum() == pytest.approx(0.0)


def test_jammu_and_kashmir_is_reached_mostly_by_road(touching):
    shares, at = weights(touching), place(JAMMU_AND_KASHMIR)
    between = shares.bus[:, at].sum() - shares.bus[at, at]
    assert between / (between + shares.train[:, at].sum()) == pytest.approx(
        0.7, abs=0.02
    )


def test_no_bus_leaves_or_reaches_an_island(going):
    islands = pl.col("origin_state").is_in([LAKSHADWEEP, ANDAMANS]) | pl.col(
        "destination_state"
    ).is_in([LAKSHADWEEP, ANDAMANS])
    assert going.filter(islands & (pl.col("mode") == "bus")).is_empty()


def test_most_go_to_uttar_pradesh_and_bihar_as_in_may_2020(going):
    by_state = going["destination_state"].value_counts(sort=True)
    assert by_state["destination_state"][:2].to_list() == [UTTAR_PRADESH, BIHAR]


def test_full_trains_carry_about_1367_and_1200_before_12_may(everybody):
    running = everybody.vehicles
    trains = running.mode == vehicles.TRAIN
    early = running.day < vehicles.FULL_TRAINS_FROM
    # The last train takes whoever is left.
    assert np.median(running.people[trains & ~early]) == pytest.approx(1367, rel=0.05)
    assert set(running.people[trains & early][:-1].tolist()) <= {1200}
    assert running.people[~trains].max() < 60


def test_the_days_follow_the_published_increments(going):
    days, share = figures.daily_share()
    assert share.sum() == pytest.approx(1.0)
    assert str(days[0]) == "2020-05-01"
    assert str(days[-1]) == "2020-06-03"
    assert going["day"].is_between(days[0].item(), days[-1].item()).all()
    late = np.datetime64("2020-05-24")
    travelled = (going["day"] >= late.item()).mean()
    assert travelled == pytest.approx(share[days >= late].sum(), abs=0.04)


def test_a_party_shares_its_journey_and_its_categories_are_known(everybody, going):
    party = everybody.people.party
    columns = going.with_columns(party=pl.Series(party)).group_by("party").n_unique()
    for name in ("origin", "destination", "day", "mode", "category"):
        assert columns[name].max() == 1
    assert set(going["category"].unique()) == {
        "labour",
        "student",
        "tourist",
        "pilgrim",
        "other",
    }


def test_families_have_children_and_groups_of_workers_have_none(everybody):
    family = everybody.parties.family[everybody.people.party]
    young = everybody.people.age < 18
    assert young[family].any()
    assert not young[~family].any()
    assert everybody.people.age.min() >= 0
    assert everybody.people.age.max() <= 64


def test_a_state_pair_is_drawn_as_often_as_its_weight():
    share = np.array([0.5, 0.0, 0.3, 0.2])
    drawn = vehicles.systematic(np.random.default_rng(3), share, 1000)
    assert np.abs(np.bincount(drawn, minlength=4) - share * 1000).max() <= 1
