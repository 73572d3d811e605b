"""Files of any size, in sheets."""

import gzip
import json

import made_up
import pytest

from movements.errors import UnreadableUpload
from movements.file_sheets import sheets
from movements.sheet import read

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
    "sent", [json.dumps(PEOPLE).encode(), CSV.decode().encode("utf-16")]
)
def test_arrays_and_utf16_are_read_whole(tmp_path, sent):
    path = tmp_path / "people"
    path.write_bytes(sent)
    (found,) = sheets(path, rows=10)
    assert found.frame.equals(read(CSV).frame)


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
