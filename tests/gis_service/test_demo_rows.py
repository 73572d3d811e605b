"""The demonstration's rows, as a state would send them, checked without a database."""

import unicodedata

import numpy as np
import polars as pl
import pytest

from gis_service.demo import figures
from gis_service.demo.aadhaar import numbers
from gis_service.demo.names import SCRIPTS
from gis_service.demo.population import journeys, population
from gis_service.demo.rows import Places, bus_pairs, rows
from movements import person_rules
from movements.columns import NAMES
from movements.verhoeff import holds

HOW_MANY = 20_000
A_PIN = "110001"


@pytest.fixture(scope="module")
def everybody():
    near = np.abs(np.subtract.outer(np.arange(36), np.arange(36)))
    return population(np.random.default_rng(5), HOW_MANY, (near > 0) & (near < 5))


@pytest.fixture(scope="module")
def sent(everybody) -> pl.DataFrame:
    pins = {int(code): A_PIN for code in figures.districts().code[::2]}
    ways = dict.fromkeys(bus_pairs(everybody), (27, 23, 9))
    return made(everybody, Places(pins, ways))


def made(everybody, places: Places) -> pl.DataFrame:
    return rows(np.random.default_rng(5), everybody, places=places, label="DEMO")


def test_every_person_is_a_row_of_text_in_the_columns_of_an_upload(sent):
    assert sent.height == HOW_MANY
    columns = set(sent.columns) - {"tenant"}
    assert columns <= set(NAMES)
    assert all(sent.schema[column] == pl.String for column in columns)


def test_every_row_is_sent_by_the_state_it_leaves(sent, everybody):
    by_state = journeys(everybody)["origin_state"].value_counts().sort("origin_state")
    by_tenant = sent["tenant"].value_counts().sort("tenant")
    assert by_tenant["count"].equals(by_state["count"])


def test_every_row_has_its_own_source_ref(sent):
    assert sent["source_ref"].n_unique() == HOW_MANY


def test_our_own_rules_for_persons_find_nothing_wrong(sent):
    checks = {
        "name": person_rules.name,
        "age": person_rules.age,
        "gender": person_rules.gender,
        "mobile": person_rules.mobile,
        "aadhaar": person_rules.aadhaar,
    }
    for column, check in checks.items():
        assert check(sent[column]).findings == (), column


def test_every_name_says_that_it_is_a_sample(sent):
    last = sent["name"].str.split(" ").list.last().unique()
    assert set(last) == {script.sample for script in SCRIPTS}


def test_names_come_in_many_scripts_and_hold_joiners(sent):
    letters = {
        unicodedata.name(sign).split()[0]
        for sign in "".join(sent["name"].unique())
        if unicodedata.category(sign).startswith("L")
    }
    assert {"LATIN", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "ORIYA"} <= letters
    assert {"GUJARATI", "KANNADA", "MALAYALAM", "GURMUKHI"} <= letters
    assert sent["name"].str.contains("[\u200c\u200d]").any()


def test_a_fifth_have_no_aadhaar_and_the_others_check(sent):
    missing = sent["aadhaar"].null_count() / HOW_MANY
    assert missing == pytest.approx(0.2, abs=0.02)
    given = numbers(np.random.default_rng(1), 500).drop_nulls()
    assert given.str.starts_with("9999").all()
    digits = np.array([[int(sign) for sign in text] for text in given], dtype=np.int8)
    assert digits.shape[1] == 12
    assert holds(digits).all()


def test_mobiles_are_shared_and_some_have_none(sent):
    given = person_rules.mobile(sent["mobile"]).values
    assert 0.03 < given.null_count() / HOW_MANY < 0.15
    shared = given.drop_nulls().value_counts()["count"]
    assert (shared > 1).any()
    assert shared.max() < 20


def test_addresses_are_plainly_invented_and_some_name_a_pin(sent):
    for column in ("current_address", "permanent_address"):
        assert sent[column].str.starts_with("Synthetic ").all()
        named = sent[column].str.ends_with(A_PIN).mean()
        assert 0.1 < named < 0.6


def test_buses_declare_their_states_in_order_and_trains_none(sent):
    bus = pl.col("mode") == "bus"
    assert sent.filter(bus)["route_states"].unique().to_list() == ["27;23;9"]
    assert sent.filter(~bus)["route_states"].null_count() == sent.filter(~bus).height


def test_a_bus_without_a_known_way_declares_nothing(everybody):
    assert made(everybody, Places({}, {}))["route_states"].null_count() == HOW_MANY


def test_equal_seeds_give_equal_rows(everybody):
    nowhere = Places({}, {})
    assert made(everybody, nowhere).equals(made(everybody, nowhere))
