"""Bodies of every kind that people send, as rows of texts."""

import gzip
import json
import time

import made_up
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movements import body, sheet
from movements.errors import (
    BadColumns,
    MovementError,
    UnreadableUpload,
    UploadTooLarge,
)
from movements.reading import read

PEOPLE = made_up.rows(3, refs="r")
CSV = made_up.csv_body(PEOPLE)
TEXT = CSV.decode()
JSON = json.dumps(PEOPLE).encode()
NDJSON = "\n".join(json.dumps(row) for row in PEOPLE).encode()


@pytest.mark.parametrize(
    "sent",
    [
        CSV,
        b"\xef\xbb\xbf" + CSV,
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\r\n", "\n").encode(),
        gzip.compress(CSV),
        gzip.compress(CSV[:500]) + gzip.compress(CSV[500:]),
        JSON,
        NDJSON,
        NDJSON + b"\n\n",
        gzip.compress(NDJSON),
    ],
)
def test_every_format_and_encoding_gives_the_same_rows(sent: bytes):
    assert read(sent).frame.equals(read(CSV).frame)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_header_tells_the_separator(separator: str):
    header = separator.join(made_up.NAMES)
    line = separator.join(f'"{value}"' for value in PEOPLE[0].values())
    assert read(f"{header}\n{line}\n".encode()).frame["name"][0] == PEOPLE[0]["name"]


def test_headers_may_be_written_with_capitals_and_spaces():
    sent = TEXT.replace("origin_district", " Origin District ", 1).encode()
    assert read(sent).frame.equals(read(CSV).frame)


def test_line_breaks_in_quotes_stay_in_the_value():
    people = [PEOPLE[0] | {"current_address": "Gali 4\nKhata 2"}]
    found = read(made_up.csv_body(people)).frame
    assert found["current_address"].to_list() == ["Gali 4\nKhata 2"]


def test_blank_lines_are_not_rows_and_are_counted():
    sent = (TEXT + "\r\n" + "," * 17 + "\r\n  \r\n").encode()
    found = read(sent)
    assert found.frame.height == 3
    assert [(each.code, each.count) for each in found.ignored] == [("blank_line", 3)]


def test_ragged_rows_are_kept_as_broken_rows():
    found = read((TEXT + "Asha,30\r\n" + "x," * 30 + "x\r\n").encode())
    assert found.frame.height == 5
    assert found.broken == ((3, "column_count"), (4, "column_count"))


def test_json_that_is_no_object_is_a_broken_row():
    found = read(NDJSON + b'\n[1]\n{"name": \n7\n')
    assert found.frame.height == 6
    assert [row for row, _ in found.broken] == [3, 4, 5]


def test_two_objects_on_a_line_are_one_broken_row():
    found = read(NDJSON + b'\n{"name": "a"},{"name": "b"}\n')
    assert found.frame.height == 4
    assert [row for row, _ in found.broken] == [3]


def test_unknown_columns_are_named_as_ignored():
    people = [PEOPLE[0] | {"caste": "x"}, PEOPLE[1] | {"caste": None}]
    (ignored,) = read(json.dumps(people).encode()).ignored
    assert (ignored.field, ignored.code, ignored.count) == (
        "caste",
        "unknown_column",
        1,
    )
    assert "route_states" in ignored.message


def test_json_numbers_and_lists_are_read_as_written():
    people = [PEOPLE[0] | {"age": 34, "route_states": [27, "23", 9], "mobile": 9.8e9}]
    row = read(json.dumps(people).encode()).frame.row(0, named=True)
    assert (row["age"], row["route_states"]) == ("34", "27;23;9")
    assert "E" in row["mobile"]


def test_half_a_surrogate_is_replaced_by_the_broken_sign():
    sent = JSON.replace(b"Namuna", b"\\ud800", 1)
    assert "�" in read(sent).frame["name"][0]


def test_windows_1252_is_read_only_where_nothing_is_utf8():
    people = [PEOPLE[0] | {"name": "José"}, PEOPLE[1] | {"name": "Ana"}]
    sent = made_up.csv_body(people).decode().encode("cp1252")
    found = read(sent)
    assert found.frame["name"][0] == "José"
    assert found.ignored[0].code == "read_as_windows_1252"


def test_a_broken_utf8_file_names_the_line():
    sent = made_up.csv_body([PEOPLE[0] | {"name": "रवि"}]) + b"\xff\r\n"
    with pytest.raises(UnreadableUpload, match="line 3"):
        read(sent)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (TEXT.splitlines()[0].encode(), "no row"),
        (b'[{"name": "a"', "not JSON"),
        (gzip.compress(CSV)[:-9], "cut short"),
        (gzip.compress(CSV) + b"tail", "gzip"),
        (TEXT.replace("Asha", '"Asha', 1).encode() + b'"', "line"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(sent: bytes, words: str):
    with pytest.raises(MovementError, match=words):
        read(sent)


@pytest.mark.parametrize(
    "sent",
    [
        TEXT.replace("gender", ",".join(["gender", *map(str, range(60_000))]), 1),
        json.dumps([PEOPLE[0], {str(at): "x" for at in range(60_000)}]),
    ],
    ids=["csv", "json"],
)
def test_more_columns_than_any_list_of_people_has_are_refused_at_once(sent: str):
    begun = time.monotonic()
    with pytest.raises(UploadTooLarge, match="columns"):
        read(sent.encode())
    # One that looks at each name once for each other one takes half a minute.
    assert time.monotonic() - begun < 5


def test_missing_and_doubled_columns_are_named():
    with pytest.raises(BadColumns, match="age, travel_date"):
        read(
            json.dumps(
                [
                    {k: v for k, v in PEOPLE[0].items() if k not in missing}
                    for missing in [("age", "travel_date")]
                ]
            ).encode()
        )
    with pytest.raises(BadColumns, match="twice: name"):
        read(TEXT.replace("gender", "Name", 1).encode())


def test_limits_on_rows_bytes_and_unpacked_bytes(monkeypatch):
    monkeypatch.setattr(sheet, "MAX_ROWS", 2)
    with pytest.raises(UploadTooLarge, match="3 rows given, 2 allowed"):
        read(CSV)
    bomb = gzip.compress(b"\0" * (body.MAX_BYTES + 1))
    assert len(bomb) < 20_000
    with pytest.raises(UploadTooLarge, match="unpacked"):
        read(bomb)
    with pytest.raises(UploadTooLarge):
        read(b"x" * (body.MAX_BYTES + 1))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_body_whatever_is_more_than_refused(sent: bytes):
    for each in (sent, CSV + sent, NDJSON + b"\n" + sent, gzip.compress(sent)):
        try:
            found = read(each)
        except MovementError:
            continue
        assert found.frame.columns == list(made_up.NAMES)


def test_deeply_nested_json_is_refused_not_fatal():
    sent = b'[{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]"
    with pytest.raises(MovementError):
        read(sent)
