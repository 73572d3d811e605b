"""Faults in the reader's language, rows back to be corrected, tables to be filled."""

import csv
import io
import re

import made_up
from python_calamine import CalamineWorkbook

from movements.column_hindi import EXAMPLES
from movements.columns import COLUMNS, NAMES, REQUIRED

GOOD = made_up.rows(1)[0] | {"name": "Prakruti Namuna", "mobile": "+919876501234"}
DEVANAGARI = re.compile("[\u0900-\u097f]")
HINDI = {"Accept-Language": "hi-IN,hi;q=0.9,en;q=0.5"}


def body(*changes: dict) -> bytes:
    return made_up.csv_body([GOOD | each for each in changes])


def table(answer) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


BAD = body({"age": "x"}, {"travel_date": "43964", "mode": "boat"})


def test_faults_are_told_in_the_readers_language(post):
    english, hindi = post(BAD), post(BAD, headers=HINDI)
    assert english.headers["Content-Language"] == "en"
    assert hindi.headers["Content-Language"] == "hi"
    for before, after in zip(english.json["faults"], hindi.json["faults"], strict=True):
        assert set(before) == set(after)
        assert after["code"] == before["code"]
        assert after["message"] == before["message_hi"] == after["message_hi"]
        assert DEVANAGARI.search(after["suggestion"])
        assert not DEVANAGARI.search(before["message"] + before["suggestion"])


def test_the_address_says_the_language_before_the_program_does(post, fetch):
    told = post(BAD, headers=HINDI, lang="en")
    assert told.headers["Content-Language"] == "en"
    for address in (told.json["links"]["self"], told.json["links"]["faults"]):
        shown = fetch(f"{address}?lang=hi").json["faults"]
        assert all(each["message"] == each["message_hi"] for each in shown)
        assert fetch(f"{address}?lang=ta").status_code == 422
    sheet = table(fetch(f"{told.json['links']['faults_csv']}&lang=hi"))
    assert all(each["message"] == each["message_hi"] for each in sheet)
    assert [each["code"] for each in sheet] == [
        each["code"] for each in told.json["faults"]
    ]


def test_a_refused_atomic_batch_is_told_in_the_readers_language(post):
    refused = post(BAD, headers=HINDI, mode="atomic")
    assert refused.status_code == 422
    fault = refused.json["receipt"]["faults"][0]
    assert fault["message"] == fault["message_hi"]


def test_the_language_is_no_part_of_what_was_sent(post):
    key = {"Idempotency-Key": "in-two-languages"}
    first, again = post(BAD, headers=key), post(BAD, headers=key | HINDI, lang="hi")
    assert again.status_code == 201
    assert again.json["batch"] == first.json["batch"]
    assert again.json["faults"][0]["message"] == first.json["faults"][0]["message_hi"]


def test_what_is_ignored_is_told_in_hindi_too(post):
    sent = body({}).replace(b"gender", b"caste", 1)
    (told,) = post(sent, lang="hi").json["ignored"]
    assert DEVANAGARI.search(told["message"])


def test_refused_rows_come_back_with_their_faults_and_can_be_sent_again(post):
    sent = body({"age": "x"}, {}, {"travel_date": "2020-02-30", "mode": "boat"})
    answer = post(sent, report="refused")
    assert answer.status_code == 201
    assert answer.headers["Location"]
    rows = table(answer)
    assert [each["nmis_row"] for each in rows] == ["1", "3"]
    assert rows[0]["name"] == GOOD["name"]
    assert rows[0]["mobile"] == GOOD["mobile"]
    assert "age: not a whole number (whole years, 0 to 120)" in rows[0]["nmis_faults"]
    assert "travel_date" in rows[1]["nmis_faults"]
    assert "mode" in rows[1]["nmis_faults"]
    assert set(REQUIRED) <= set(rows[0])
    assert "route_states" not in rows[0]  # nobody sent any
    rows[0]["age"] = "34"
    rows[1] |= {"travel_date": "2020-05-30", "mode": "bus"}
    out = io.StringIO()
    lines = csv.DictWriter(out, list(rows[0]))
    lines.writeheader()
    lines.writerows(rows)
    again = post(out.getvalue().encode())
    assert (again.json["accepted"], again.json["ignored"]) == (2, [])


def test_all_rows_come_back_from_a_dry_run_in_the_readers_language(post):
    answer = post(
        BAD + body({}).split(b"\r\n")[1], dry_run="true", report="all", lang="hi"
    )
    rows = table(answer)
    assert answer.status_code == 200
    assert [bool(each["nmis_faults"]) for each in rows] == [True, True, False]
    assert DEVANAGARI.search(rows[0]["nmis_faults"])


def test_rows_of_another_width_come_back_side_by_side(post):
    rows = table(post(body({}) + b"Asha,1\r\n", report="refused"))
    assert [each["nmis_values"] for each in rows] == ["Asha | 1"]


def test_formulas_do_not_come_back_as_formulas(post):
    (row,) = table(post(body({"name": "=1+1", "mobile": "+91-98"}), report="refused"))
    assert row["name"] == "'=1+1"
    assert row["mobile"] == "'+91-98"
    again = post(body({"name": "=1+1"}))
    assert again.json["faults"][0]["code"] == "formula"
    numbered = post(body({"mobile": "'+91-98765 01234"}))
    assert numbered.json["accepted"] == 1


def test_what_comes_back_and_is_sent_again_is_what_was_sent(post, fetch):
    """Our apostrophe before a sign of a formula is not stored; one of theirs is."""
    given = {
        "name": "-Asha",
        "current_address": "- Ward 5",
        "permanent_address": "'- 1 lane",
        "source_ref": "there-and-back",
    }
    back = post(body(given), report="all")
    (row,) = table(back)
    assert row["name"] == "'-Asha"
    assert row["permanent_address"] == "''- 1 lane"
    again = post(back.data)
    assert (again.json["unchanged"], again.json["faults"]) == (1, [])


def test_rows_that_come_back_are_kept_nowhere(post, fetch, database):
    told = post(body({"age": "x"}), report="refused")
    stored = fetch(told.headers["Location"])
    assert GOOD["name"] not in stored.text
    assert GOOD["mobile"][3:] not in stored.text


def test_a_blank_table_has_every_column_and_examples_that_are_taken(client, post):
    blank = client.get("/api/v1/batches/template.csv")
    assert blank.data.decode("utf-8-sig").strip().split(",") == list(NAMES)
    filled = client.get("/api/v1/batches/template.csv?examples=true")
    assert len(table(filled)) == len(EXAMPLES)
    told = post(filled.data, dry_run="true").json
    assert (told["accepted"], told["faults"]) == (len(EXAMPLES), [])


def test_a_blank_workbook_has_the_rules_and_reads_as_one_sheet(client, post):
    answer = client.get("/api/v1/batches/template.xlsx")
    assert "spreadsheetml" in answer.mimetype
    again = client.get("/api/v1/batches/template.xlsx")
    assert again.data == answer.data
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    people, rules, districts = (
        book.get_sheet_by_name(name).to_python() for name in book.sheet_names
    )
    assert people == [list(NAMES)]
    assert [row[0] for row in rules[1:]] == [each.name for each in COLUMNS]
    assert all(DEVANAGARI.search(row[4]) for row in rules[1:])
    assert len(districts) == 735
    told = post(answer.data)
    assert (told.status_code, told.json["code"]) == (400, "unreadable_upload")
    assert "no row below the header" in told.json["detail"]
