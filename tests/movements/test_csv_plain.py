"""What is read the fast way is what the careful way reads, sign by sign."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movements import csv_plain, csv_rows
from movements.errors import MovementError
from movements.reading import read
from movements.sheet import of_table

HEADER = "name,age,category,origin_district,destination_district,travel_date,mode,more"
USUAL = st.sampled_from(["a", "", " b ", '"q"', '"x,y"', '""', "é", "ज़िला", " ", "\t"])
ODD = st.sampled_from(
    [
        '"a""b"',
        'a"b',
        '"a" ',
        ' "z"',
        '"l\nm"',
        '"l\r\nm"',
        "\r",
        "\x00",
        "\x1c",
        '"',
        "\u00a0",
    ]
)
CELL = st.one_of(USUAL, USUAL, USUAL, USUAL, USUAL, USUAL, ODD)
LINE = st.lists(CELL, min_size=8, max_size=8) | st.lists(CELL, max_size=10)


def carefully(text: str):
    table = csv_rows.table(text)
    return of_table(table.header, table.rows, blank=table.blank)


def told(reading, text: str):
    try:
        sheet = reading(text)
    except MovementError as error:
        return str(error)
    return sheet.frame.rows(), sheet.ignored, sheet.broken, sheet.day_first


@settings(max_examples=400, deadline=None)
@given(st.lists(LINE, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_both_ways_read_the_same(lines, end, ended):
    text = end.join([HEADER, *map(",".join, lines)]) + end * ended
    assert told(lambda each: read(each.encode()), text) == told(carefully, text)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_usual_table_is_read_the_fast_way(mark, end):
    rows = [["name", "age"], ["Test Namuna", "1"], [f'"a{mark} b"', ""], ["ज़िला", '""']]
    found = csv_plain.plain(end.join(map(mark.join, rows)) + end)
    assert found is not None
    assert found.header == ["name", "age"]
    assert found.columns.rows() == [
        ("Test Namuna", "1"),
        (f"a{mark} b", None),
        ("ज़िला", ""),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "a",
        "a,b,c",
        "",
        " , ",
        'a"b,c',
        '"a""b",c',
        '"a\nb",c',
        '"a,b',
        "a\x00,b",
        "a\rb,c",
        "a" * 140_000 + ",b",
    ],
)
def test_all_else_needs_a_closer_look(row):
    assert csv_plain.plain(f"name,age\n{row}\n") is None
