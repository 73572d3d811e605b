"""Rules of the columns: what is taken, what is a fault, and what it is called."""

import random
from datetime import date

import numpy as np
import polars as pl
import pytest

from movements import journey_rules, person_rules, verhoeff
from movements.fault import CODES, masked
from movements.rule import Column, by_distinct


def _series(*texts: str | None) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def _outcome(column: Column) -> str | int | None:
    """The fault's code, or the value, of a column of one row."""
    if column.findings:
        return column.findings[0].code
    return column.values[0]


def aadhaar_number(start: str = "2") -> str:
    rng = random.Random(start)  # noqa: S311 - made up
    body = start + "".join(rng.choice("0123456789") for _ in range(11 - len(start)))
    for last in range(10):
        digits = np.array([[int(sign) for sign in f"{body}{last}"]], dtype=np.int8)
        if verhoeff.holds(digits)[0]:
            return f"{body}{last}"
    raise AssertionError


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("9876543210", "+919876543210"),
        ("6000000000", "+916000000000"),
        ("+91 98765 43210", "+919876543210"),
        ("+91-9876543210", "+919876543210"),
        ("0091 9876543210", "+919876543210"),
        ("09876543210", "+919876543210"),
        ("९८७६५४३२१०", "+919876543210"),
        ("9876543210.0", "+919876543210"),
        ("5876543210", "mobile_invalid"),
        ("987654321", "mobile_invalid"),
        ("919876543210", "mobile_invalid"),
        ("98765432101", "mobile_invalid"),
        ("none", "mobile_invalid"),
        ("9.87654E+09", "mobile_scientific_notation"),
        (None, None),
    ],
)
def test_mobiles(given, outcome):
    assert _outcome(person_rules.mobile(_series(given))) == outcome


RIGHT = aadhaar_number()
WRONG = RIGHT[:-1] + str((int(RIGHT[-1]) + 1) % 10)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (RIGHT, RIGHT),
        (f"{RIGHT[:4]} {RIGHT[4:8]}-{RIGHT[8:]}", RIGHT),
        (WRONG, "aadhaar_check_digit"),
        (RIGHT[:-1], "aadhaar_length"),
        ("0" + RIGHT[1:], "aadhaar_first_digit"),
        ("1" + RIGHT[1:], "aadhaar_first_digit"),
        ("9.9E+11", "aadhaar_scientific_notation"),
        ("1.2e11", "aadhaar_scientific_notation"),
        (None, None),
    ],
)
def test_aadhaar(given, outcome):
    assert _outcome(person_rules.aadhaar(_series(given))) == outcome


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("0", 0),
        ("120", 120),
        ("३४", 34),
        ("৩৪", 34),
        ("34.0", 34),
        ("121", "age_out_of_range"),
        ("-1", "not_an_integer"),
        ("34.5", "not_an_integer"),
        ("thirty", "not_an_integer"),
        (None, "required"),
    ],
)
def test_ages(given, outcome):
    assert _outcome(person_rules.age(_series(given))) == outcome


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("F", "female"),
        ("male", "male"),
        ("पुरुष", "male"),
        ("O", "other"),
        (None, None),
        ("x", "not_allowed_value"),
    ],
)
def test_genders(given, outcome):
    assert _outcome(person_rules.gender(_series(given))) == outcome


NAMES_AS_WRITTEN = [
    "क्\u200dष नमूना",
    "ര\u0d4d\u200d",
    "শ্রী\u200cমতী",
    "مـریم\u200f خان",
    "ਗੁਰਮੀਤ",
    "D'Souza-O\u2019Neil",
    "𑄌𑄋𑄴𑄟𑄳𑄦",
]


@pytest.mark.parametrize("name", NAMES_AS_WRITTEN)
def test_a_name_of_any_script_stays_as_it_is(name):
    assert _outcome(person_rules.name(_series(name))) == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (None, "required"),
        ("12345", "no_letters"),
        ("a" * 201, "too_long"),
        ("A\x00sha", "unreadable_text"),
        ("A\ufffdsha", "unreadable_text"),
        ("A\u202esha", "bidi_control"),
        ("=cmd|'x'!A1", "formula"),
    ],
)
def test_names_that_are_faults(name, code):
    assert _outcome(person_rules.name(_series(name))) == code


WINDOW = {"first": date(2020, 3, 1), "last": date(2020, 12, 31)}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("2020-05-13", date(2020, 5, 13)),
        ("13/05/2020", date(2020, 5, 13)),
        ("13-05-2020", date(2020, 5, 13)),
        ("5/6/2020", date(2020, 6, 5)),
        ("१३/०५/२०२०", date(2020, 5, 13)),
        ("05/13/2020", "impossible_date"),
        ("2020-02-30", "impossible_date"),
        ("31/04/2020", "impossible_date"),
        ("13.05.2020", "date_format"),
        ("13/05/20", "date_format"),
        ("2020-05-13T00:00", "date_format"),
        ("43964", "excel_serial_date"),
        ("2020-02-29", "travel_date_outside_window"),
        ("2021-01-01", "travel_date_outside_window"),
        ("9999-12-31", "travel_date_outside_window"),
        (None, "required"),
    ],
)
def test_travel_dates(given, outcome):
    found = journey_rules.travel_date(_series(given), **WINDOW, day_first=True)
    assert _outcome(found) == outcome


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        (
            ["05/13/2020", "05/06/2020", "05/05/2020"],
            ["impossible_date", "day_or_month"],
        ),
        (["05/13/2020", "05/06/2020", "13/05/2020"], ["impossible_date"]),
        (["31/04/2020", "05/06/2020"], ["impossible_date"]),
        (["05/06/2020", "06/05/2020"], []),
        (["05/13/2020", "2020-06-05"], ["impossible_date"]),
    ],
)
def test_a_column_with_the_month_first_is_not_read_with_the_day_first(days, codes):
    found = journey_rules.travel_date(_series(*days), **WINDOW, day_first=True)
    assert [each.code for each in found.findings] == codes
    assert found.values.null_count() == len(codes)


def test_a_part_of_a_file_is_read_by_what_all_of_the_file_says():
    days = _series("05/06/2020", "13/05/2020")
    whole = {**WINDOW, "day_first": True}
    told = journey_rules.travel_date(days, **whole, month_first=True)
    assert [(each.code, list(each.rows)) for each in told.findings] == [
        ("day_or_month", [0])
    ]
    day = journey_rules.travel_date(_series("05/13/2020"), **whole, month_first=False)
    assert _outcome(day) == "impossible_date"


@pytest.mark.parametrize(
    "script", ["๐๑๒๓๔๕๖๗๘๙", "༠༡༢༣༤༥༦༧༨༩", "०१२३४५६७८९", "೦೧೨೩೪೫೬೭೮೯"]
)
def test_numbers_come_in_the_digits_of_any_script(script):
    def spelt(text: str) -> pl.Series:
        return _series(text.translate(str.maketrans("0123456789", script)))

    assert _outcome(person_rules.age(spelt("34"))) == 34
    assert _outcome(person_rules.mobile(spelt("9876543210"))) == "+919876543210"
    number = aadhaar_number()
    assert _outcome(person_rules.aadhaar(spelt(number))) == number
    assert _outcome(journey_rules.coordinate("origin_lat", spelt("19.5"))) == 19.5
    day = journey_rules.travel_date(spelt("2020-05-13"), **WINDOW, day_first=True)
    assert _outcome(day) == date(2020, 5, 13)


# Kawi, of Unicode 15: some of what reads the columns knows its digits, some does not.
@pytest.mark.parametrize("sign", ["\U00011f53", "³", "Ⅲ"])
def test_a_sign_that_may_be_a_digit_is_a_fault_like_any_other(sign):
    assert _outcome(person_rules.age(_series(f"3{sign}"))) == "not_an_integer"
    assert _outcome(person_rules.mobile(_series(f"987654321{sign}"))) == (
        "mobile_invalid"
    )
    assert _outcome(person_rules.aadhaar(_series(f"2{sign}4567890123"))) == (
        "aadhaar_length"
    )
    lon = journey_rules.coordinate("origin_lon", _series(f"7{sign}.5"))
    assert _outcome(lon) == "not_a_number"
    days = _series(f"{sign}5/06/2020", "05/13/2020")
    told = journey_rules.travel_date(days, **WINDOW, day_first=True)
    assert told.values.null_count() == 2


def test_the_day_comes_first_on_csv_only():
    found = journey_rules.travel_date(_series("13/05/2020"), **WINDOW, day_first=False)
    assert _outcome(found) == "date_format"


@pytest.mark.parametrize(
    ("field", "given", "outcome"),
    [
        ("origin_lon", "72.8777", 72.8777),
        ("origin_lat", "१९.०७", 19.07),
        ("origin_lat", "90.1", "coordinate_out_of_range"),
        ("origin_lon", "180.5", "coordinate_out_of_range"),
        ("origin_lon", "nan", "not_a_number"),
        ("origin_lon", "1e3", "not_a_number"),
        ("origin_lon", "19°04'", "not_a_number"),
        ("origin_lon", None, None),
    ],
)
def test_coordinates(field, given, outcome):
    assert _outcome(journey_rules.coordinate(field, _series(given))) == outcome


def test_half_a_point_is_a_fault_of_the_half_that_is_missing():
    found = journey_rules.halves(
        "origin", lon=_series("72.8", None, "1"), lat=_series(None, "19.0", "2")
    )
    assert [(each.field, each.rows.tolist()) for each in found] == [
        ("origin_lon", [1]),
        ("origin_lat", [0]),
    ]


def test_a_source_ref_stands_once_in_a_batch():
    nothing = _series(None, None, None)
    found = journey_rules.source_ref(
        _series("a", "b", "a"), mobile=nothing, aadhaar=nothing
    )
    (fault,) = found.findings
    assert fault.code == "duplicate_source_ref"
    assert (fault.rows.tolist(), fault.suggested(2)) == ([2], "see row 1")


def test_a_source_ref_must_not_be_the_persons_own_number():
    found = journey_rules.source_ref(
        _series("9876543210", RIGHT, "R-9876543210-1", "1234567890"),
        mobile=_series("+919876543210", None, None, "+919876543210"),
        aadhaar=_series(None, RIGHT, None, None),
    )
    (fault,) = found.findings
    assert (fault.code, fault.rows.tolist()) == ("source_ref_personal", [0, 1])


def test_every_fault_has_words_in_english_and_hindi():
    for code, (english, hindi) in CODES.items():
        assert english.isascii(), code
        assert any("\u0900" <= sign <= "\u097f" for sign in hindi), code


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "Asha", "••••"),
        ("mobile", "98765432", "••••••32"),
        ("current_address", "Gali 4", "••••••"),
        ("category", "labor", "labor"),
        ("age", "9876543210", "••••••••••"),
        ("origin_district", "call 98765 43210", "call •••••••••••"),
        ("age", None, None),
    ],
)
def test_values_are_masked_where_they_may_be_personal(field, value, shown):
    assert masked(field, value) == shown


def test_a_rule_tried_once_per_text_says_the_same_of_every_row():
    days = ["2020-05-13", None, "31/02/2020", "13/05/2020", "43964", "2031-01-01"]
    many = _series(*random.Random(1).choices(days, k=500))  # noqa: S311 - made up

    def rule(given: pl.Series) -> Column:
        first, last = date(2020, 3, 1), date(2021, 2, 1)
        return journey_rules.travel_date(given, first=first, last=last, day_first=True)

    once, each = by_distinct(many, rule), rule(many)
    assert once.values.equals(each.values)
    assert [(found.code, found.rows.tolist()) for found in once.findings] == [
        (found.code, found.rows.tolist()) for found in each.findings
    ]
