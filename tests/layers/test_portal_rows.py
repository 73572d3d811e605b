"""Rows of others become districts by code or name, or are told; never guessed."""

from datetime import date

import orjson
import pytest

from boundaries.lookup import gazetteer
from layers.catalogue import PORTALS
from layers.errors import BadAnswer
from layers.portal_rows import Reading, matched
from layers.portals import _csv, _geojson

TODAY = date(2020, 5, 21)
PUNE = 490


@pytest.fixture
def read(db):
    """``read(text, **fields)``: what a CSV tells; as GeoJSON where it is a list."""

    def done(told, *, form=None, **fields):
        portal = PORTALS["covid_cases"]
        reading = Reading(portal, fields, gazetteer(db), TODAY, form)
        if isinstance(told, str):
            return matched(_csv.read(told.encode()), reading)
        features = [{"type": "Feature", "properties": each} for each in told]
        body = orjson.dumps({"type": "FeatureCollection", "features": features})
        return matched(_geojson.read(body), reading)

    return done


def counts(found):
    return {each.code: each.counts["cases"] for each in found.values}


def whys(found):
    return [each["why"] for each in found.faults]


@pytest.mark.parametrize(
    ("district", "state"),
    [
        ("Pune", "Maharashtra"),
        ("PUNE", "27"),
        (" pune ", "IN-MH"),
        ("Poona", "Maharashtra"),
        ("Pune (Maharashtra)", ""),
        ("490", ""),
    ],
)
def test_a_district_is_found_as_the_gazetteer_knows_it(read, district, state):
    found = read(f'district,state,cases\n"{district}",{state},5\n')
    assert counts(found) == {PUNE: 5}


@pytest.mark.parametrize(
    ("district", "state", "why"),
    [
        ("Pume", "Maharashtra", "no district 'Pume'"),
        ("Pune", "Bihar", "no district 'Pune'"),
        ("Pune", "Atlantis", "no state 'Atlantis'"),
        ("Bilaspur", "", "may be"),
        ("", "Maharashtra", "names no district"),
        ("9999", "", "no district '9999'"),
    ],
)
def test_what_is_no_district_is_told_and_never_guessed(read, district, state, why):
    rows = f'"{district}",{state},5\nPune,Maharashtra,7\n'
    found = read(f"district,state,cases\n{rows}")
    assert counts(found) == {PUNE: 7}
    assert (found.rows, found.unmatched) == (2, 1)
    assert why in whys(found)[0]


def test_a_code_is_a_number_and_lies_in_its_state(read):
    found = read("code,state,cases\nPune,,1\n490,Bihar,2\n0490,,3\n490.0,,4\n")
    assert counts(found) == {PUNE: 3}
    assert whys(found)[0] == "the code is 'Pune'; allowed: an LGD code"
    assert "no district" in whys(found)[1]
    assert "allowed: an LGD code" in whys(found)[2]
    numbers = read([{"code": 490.0, "cases": 4.0}, {"code": "148", "cases": "5"}])
    assert counts(numbers) == {PUNE: 4, 148: 5}


@pytest.mark.parametrize(
    "count", ["-1", "1.5", "1,2", "x", "1e3", "٣", "99999999999", "true", "NaN"]
)
def test_a_count_is_a_whole_number(read, count):
    found = read(f'code,cases\n490,"{count}"\n148,1\n')
    assert counts(found) == {148: 1}
    assert "whole numbers from 0" in whys(found)[0]


def test_the_needed_count_must_be_there_and_others_may_be_empty(read):
    found = read("code,cases,deaths\n490,,1\n148,5,\n")
    assert whys(found) == ["cases is empty"]
    assert dict(found.values[0].counts) == {"cases": 5, "deaths": None}


@pytest.mark.parametrize(
    ("told", "form", "day"),
    [
        ("2020-05-20", None, 20),
        ("2020-05-20T20:00:00Z", None, 21),
        ("2020-05-20T20:00:00+05:30", None, 20),
        ("2020-05-20 10:00", None, 20),
        ("1589932800000", None, 20),
        ("20-05-2020", "%d-%m-%Y", 20),
        ("20/05/20", "%d/%m/%y", 20),
    ],
)
def test_a_day_is_that_of_india(read, told, form, day):
    found = read(f"code,date,cases\n490,{told},5\n", form=form)
    assert found.data_date == date(2020, 5, day)


@pytest.mark.parametrize(
    "told", ["20-05-2020", "", "yesterday", "2020-05-24", "9" * 30]
)
def test_what_is_no_day_or_yet_to_come_is_told(read, told):
    found = read(f"code,date,cases\n490,{told},5\n148,2020-05-20,1\n")
    assert counts(found) == {148: 1}
    assert whys(found)[0].startswith("the date is ")


def test_the_newest_day_counts_in_whatever_order(read):
    rows = ["490,2020-05-19,1", "490,2020-05-20,2", "490,2020-05-18,3"]
    for turn in (rows, rows[::-1]):
        found = read("code,date,cases\n" + "\n".join(turn))
        assert counts(found) == {PUNE: 2}
        assert found.unmatched == 0


def test_of_two_rows_of_a_day_neither_counts_but_a_newer_one_does(read):
    twice = "490,2020-05-19,1\n490,2020-05-19,2\n148,2020-05-19,3\n"
    found = read(f"code,date,cases\n{twice}")
    assert counts(found) == {148: 3}
    assert found.unmatched == 2
    assert counts(read(f"code,date,cases\n{twice}490,2020-05-20,4\n")) == {
        148: 3,
        PUNE: 4,
    }


def test_faults_are_counted_and_the_first_hundred_told(read):
    bad = "".join(f"{code},1\n" for code in range(9000, 9300))
    found = read(f"code,cases\n{bad}490,5\n")
    assert (found.unmatched, len(found.faults)) == (300, 100)


def test_a_text_of_others_cannot_steer_a_terminal(read):
    found = read([{"district": "\x1b[31mX\r\n", "cases": 1}, {"code": 490, "cases": 2}])
    assert "\x1b" not in str(found.faults[0]["place"])
    assert found.faults[0]["place"] == " [31mX"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be read as CSV"),
        ("a,b\n1,2\n", "no column 'cases'"),
        ("cases\n1\n", "no column 'code' or 'district'"),
        ("code,cases\n", "none of its 0 rows"),
        ("code,cases\n1x,1\n", "none of its 1 rows can be used; row 1: the code"),
        ("code,cases\n1,2,3\n", "cannot be read as CSV"),
    ],
)
def test_a_csv_that_cannot_be_used_is_told(read, text, why):
    with pytest.raises(BadAnswer, match=why):
        read(text)


def test_a_column_that_is_asked_for_must_be_there(read):
    with pytest.raises(BadAnswer, match=r"no column 'confirmed'.* it has cases, code"):
        read("code,cases\n490,1\n", cases="confirmed")
    with pytest.raises(BadAnswer, match="no column 'gone'"):
        read("code,cases\n490,1\n", deaths="gone")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "JSON"),
        (b"[1]", "no FeatureCollection"),
        (b'{"type": "Feature"}', "no FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "no list of features"),
        (b'{"type": "FeatureCollection", "features": [1]}', "no properties"),
        (b'{"type": "FeatureCollection", "features": [{}]}', "no properties"),
        (b"[" * 100_000, "JSON"),
        (b"\xff\xfe", "JSON"),
    ],
)
def test_a_geojson_that_cannot_be_used_is_told(body, why):
    with pytest.raises(BadAnswer, match=why):
        _geojson.read(body)


@pytest.mark.parametrize(
    "more",
    [
        {"exceededTransferLimit": True},
        {"properties": {"exceededTransferLimit": True}},
        {"links": [{"rel": "next", "href": "x"}]},
    ],
)
def test_one_page_of_several_is_refused(more):
    body = orjson.dumps({"type": "FeatureCollection", "features": []} | more)
    with pytest.raises(BadAnswer, match="one page of several"):
        _geojson.read(body)


def test_whatever_else_a_collection_holds_is_no_trouble(read):
    for more in ({"links": 3}, {"properties": [1]}, {"links": [1]}):
        body = orjson.dumps({"type": "FeatureCollection", "features": []} | more)
        assert list(_geojson.read(body).rows) == []
    found = read([{"code": 490}, {"code": 148, "cases": 3, "deaths": 1}])
    assert counts(found) == {148: 3}
