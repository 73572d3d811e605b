"""Files of any size, in sheets."""

import gzip
import json

import made_up
import polars as pl
import pytest
from workbooks import Page, formula, table, workbook

from movements.errors import BadParameter, UnreadableUpload
from movements.file_sheets import sheets
from movements.reading import read
from movements.spellings import of_entries

PEOPLE = made_up.rows(25)
CSV = made_up.csv_body(PEOPLE)
NDJSON = "\n".join(map(json.dumps, PEOPLE)).encode()


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize("sent", [CSV, b"\xef\xbb\xbf" + CSV, b"\n" + CSV, NDJSON])
def test_a_file_is_read_sheet_by_sheet(tmp_path, sent, packed):
    path = tmp_path / "people"
    path.write_bytes(packed(sent))
    found = list(sheets(path, rows=10))
    assert [sheet.frame.height for sheet in found] == [10, 10, 5]
    names = [name for sheet in found for name in sheet.frame["name"]]
    assert names == [row["name"] for row in PEOPLE]


@pytest.mark.parametrize(
    "sent",
    [
        json.dumps(PEOPLE).encode(),
        CSV.decode().encode("utf-16"),
        workbook(Page(table(PEOPLE))),
    ],
)
def test_what_is_read_whole_comes_in_sheets_too(tmp_path, sent):
    path = tmp_path / "people"
    path.write_bytes(sent)
    found = list(sheets(path, rows=10))
    assert [sheet.frame.height for sheet in found] == [10, 10, 5]
    assert pl.concat(sheet.frame for sheet in found).equals(read(CSV).frame)


def test_faults_of_cells_stay_with_their_rows(tmp_path):
    path = tmp_path / "people"
    rows = table([*PEOPLE[:11], PEOPLE[11] | {"age": formula("1")}])
    path.write_bytes(workbook(Page(rows)))
    first, second = sheets(path, rows=10)
    assert (first.cells, second.cells) == ((), ((1, "age", "formula_without_value"),))
    assert [each.code for each in first.ignored] == ["sheet_read"]
    assert second.ignored == ()


def test_a_sheet_is_named_of_workbooks_only(tmp_path):
    path = tmp_path / "people"
    path.write_bytes(CSV)
    with pytest.raises(BadParameter, match="text"):
        list(sheets(path, sheet="People"))


def test_files_are_read_by_a_mapping(tmp_path):
    path = tmp_path / "people"
    spelt = of_entries("x", columns={"Naam": "name"}, values={}, districts={})
    for sent in (CSV, NDJSON, workbook(Page(table(PEOPLE)))):
        path.write_bytes(sent)
        assert next(sheets(path, spellings=spelt)).frame.equals(read(CSV).frame)
    path.write_bytes(CSV.replace(b"name", b"Naam", 1))
    assert next(sheets(path, spellings=spelt)).frame.equals(read(CSV).frame)


def test_a_file_cut_short_is_refused_in_words(tmp_path):
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(CSV)[:-20])
    with pytest.raises(UnreadableUpload, match="cannot be read on"):
        list(sheets(path))


def test_a_byte_that_is_not_utf8_far_into_a_file_is_refused(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(CSV + b"\xff")
    with pytest.raises(UnreadableUpload):
        list(sheets(path))


def test_a_byte_that_is_not_utf8_shortly_behind_the_header_is_refused(tmp_path):
    path = tmp_path / "people.csv"
    header = CSV.splitlines(keepends=True)[0]
    # Behind what the kind of file is told by, within what is read of it at once.
    path.write_bytes(header + b"," * 5_000 + b"\xe9\n")
    with pytest.raises(UnreadableUpload, match="cannot be read on"):
        list(sheets(path))
