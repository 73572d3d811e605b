"""Names and codes find the one unit that is meant, or none."""

from datetime import date

import numpy as np
import pytest

from boundaries.errors import AmbiguousUnit, UnknownUnit
from boundaries.lookup import gazetteer
from boundaries.version import bump


@pytest.fixture
def known(db):
    return gazetteer(db)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("27", 27),
        ("२७", 27),
        ("09", 9),
        ("Maharashtra", 27),
        ("  mahārāshtra ", 27),
        ("MH", 27),
        ("IN-MH", 27),
        ("in-mh", 27),
        ("U.P.", 9),
        ("J & K", 1),
        ("Jammu and Kashmir", 1),
        ("Andaman & Nicobar Islands", 35),
        ("Orissa", 21),
        ("Pondicherry", 34),
        ("उत्तर प्रदेश", 9),
        ("झारखण्ड", 20),
        ("छत्तीसगढ़", 22),
        ("Daman and Diu", 38),
        ("Dadra & Nagar Haveli", 38),
    ],
)
def test_a_state_is_found_by_code_name_variant_or_iso(known, text, code):
    assert known.state(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CT", 22),
        ("CG", 22),
        ("OR", 21),
        ("OD", 21),
        ("TG", 36),
        ("TS", 36),
        ("UK", 5),
        ("IN-UT", 5),
        ("DN", 38),
        ("DD", 38),
        ("DH", 38),
        ("LA", 37),
        ("CH", 4),
    ],
)
def test_present_and_former_iso_codes_are_one_state(known, text, code):
    assert known.state(text) == code
    assert known.state_by_iso(text) == code


def test_a_state_has_the_iso_code_of_the_day(db):
    assert gazetteer(db).states[22].iso == "IN-CG"
    assert gazetteer(db, day=date(2020, 5, 12)).states[22].iso == "IN-CT"
    assert gazetteer(db).states[38].iso == "IN-DH"


def test_ut_alone_is_uttarakhand_or_a_union_territory(known):
    for text in ("UT", "U.T.", "ut"):
        with pytest.raises(AmbiguousUnit, match="Uttarakhand"):
            known.state(text)


def test_codes_of_states_that_are_no_more_are_unknown(known):
    for text in ("25", "26", "39", "0", "9" * 5_000):
        with pytest.raises(UnknownUnit):
            known.state(text)


def test_a_number_of_any_length_is_no_more_than_unknown(known):
    for ask in (known.district, known.district_by_census, known.state_by_census):
        with pytest.raises(UnknownUnit):
            ask("1" * 5_000)


def test_census_codes_have_their_own_door(known):
    assert known.state_by_census("27") == 27
    assert known.state_by_census("25") == known.state_by_census("26") == 38
    assert known.district_by_census("014") == 1
    assert known.states[36].census2011 == ()
    with pytest.raises(UnknownUnit):
        known.district_by_census("641")


def test_a_number_padded_like_a_census_code_is_not_taken_for_an_lgd_code(known):
    assert known.district("14") == 14
    with pytest.raises(AmbiguousUnit, match="Anantnag"):
        known.district("014")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("212", 212),
        ("२१२", 212),
        ("Patna", 212),
        ("patna district", 212),
        ("Patna, Bihar", 212),
        ("Patna (BR)", 212),
        ("पटना जिला, बिहार", None),
        ("Gorakhpur,UP", 148),
        ("Aurangabad, Bihar", 189),
        ("Aurangabad (Maharashtra)", 469),
        ("Bilaspur, HP", 15),
        ("Hamirpur, Uttar Pradesh", 149),
        ("Balrampur, Chhattisgarh", 649),
        ("Pratapgarh, Rajasthan", 629),
        ("Kaimur (Bhabua)", 200),
        ("Bangalore", 525),
        ("Bengaluru Urban", 525),
        ("Allahabad", 120),
        ("Gurgaon", 62),
        ("Mysore", 545),
        ("North 24-Parganas", 303),
        ("Daman", 463),
        ("Leh", 9),
    ],
)
def test_a_district_is_found_by_code_or_name(known, text, code):
    if code is None:
        with pytest.raises(UnknownUnit):
            known.district(text)
    else:
        assert known.district(text) == code


@pytest.mark.parametrize(
    "name",
    ["Aurangabad", "Bilaspur", "Hamirpur", "Balrampur", "Pratapgarh", "Raigarh"],
)
def test_a_name_in_two_states_is_refused_with_both_named(known, name):
    with pytest.raises(AmbiguousUnit) as caught:
        known.district(name)
    assert len(caught.value.candidates) == 2


def test_the_state_decides_between_namesakes(known):
    assert known.district("Aurangabad", state=10) == 189
    assert known.district("Aurangabad, Bihar", state=10) == 189
    with pytest.raises(UnknownUnit):
        known.district("Aurangabad, Bihar", state=27)
    with pytest.raises(UnknownUnit, match="Patna, Bihar"):
        known.district("212", state=27)


@pytest.mark.parametrize("text", ["Patn", "Patnaa", "Utar Pradesh"])
def test_a_misspelling_is_never_guessed_only_asked_back(known, text):
    with pytest.raises(UnknownUnit) as caught:
        known.state(text) if " " in text else known.district(text)
    assert 0 < len(caught.value.candidates) <= 3


def test_a_district_of_a_later_day_names_the_one_it_was_split_from(known):
    with pytest.raises(UnknownUnit, match=r"East Godavari, Andhra Pradesh \(505\)"):
        known.district("Kakinada")


def test_nothing_is_no_unit(known):
    for text in ("", " ", ",", "()", ", Bihar", "&"):
        with pytest.raises((UnknownUnit, AmbiguousUnit)):
            known.district(text)
    with pytest.raises(UnknownUnit):
        known.state("")


def test_arrays_are_aligned_and_sorted_by_code(known):
    assert (np.diff(known.district_codes) > 0).all()
    for i, code in enumerate(known.district_codes.tolist()):
        district = known.districts[code]
        assert known.district_state[i] == district.state_code
        assert (known.lon[i], known.lat[i]) == (district.lon, district.lat)


def test_every_label_leads_back_to_its_district(known):
    for code in known.districts:
        name, state = known.label("district", code).rsplit(" (", 1)[0].rsplit(", ", 1)
        assert known.district(name, state=known.state(state)) == code


def test_a_gazetteer_is_read_once_per_version(db):
    first = gazetteer(db)
    assert gazetteer(db) is first
    bump(db, "boundaries")
    assert gazetteer(db) is not first


def test_a_text_found_before_is_found_again_and_a_wrong_one_is_not_kept(db):
    places = gazetteer(db)
    assert places.district("Pune") == places.district("Pune")
    assert ("district", "Pune", None) in places.known
    for _ in range(2):
        with pytest.raises(UnknownUnit):
            places.district("Punne City Nowhere")
    assert not [asked for asked in places.known if "Nowhere" in asked[1]]
    assert places.district("Aurangabad", state=27) != places.district(
        "Aurangabad", state=10
    )
