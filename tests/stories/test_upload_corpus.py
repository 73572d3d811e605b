"""Every kind of file that people send: each is stored or told in words, none is lost.

TRUST.md's list, as one table: what is sent, what it is answered with, and which rows
have which faults. All of it goes over HTTP and, where rows are good, into the database.
"""

import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import made_up
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workbooks import (
    Page,
    day,
    error,
    formula,
    number,
    parts_of,
    table,
    workbook,
    zipped,
)

from movements.body import MAX_BYTES
from movements.kind import PARQUET_TYPE, XLSX_TYPE
from movements.sheet import MAX_ROWS

# What no answer may hold, whatever is wrong with the rest of the row.
NAME, MOBILE, AADHAAR = "Prakruti Namuna", "9876501234", "234567890124"
GOOD = made_up.rows(1)[0] | {
    "name": NAME,
    "mobile": MOBILE,
    "age": "34",
    "travel_date": "2020-05-13",
}
HEADER = ",".join(made_up.NAMES)
SHEET = "xl/worksheets/sheet1.xml"


def csv(*changes: dict) -> bytes:
    return made_up.csv_body([GOOD | each for each in changes])


def spelt(encoding: str, *, mark: bytes = b"", **change: str) -> bytes:
    return mark + csv(change).decode().encode(encoding)


def split_by(sign: str) -> bytes:
    lines = (sign.join(f'"{cell}"' for cell in row) for row in table([GOOD]))
    return "\n".join(lines).replace('"', "", 2 * len(made_up.NAMES)).encode()


def book(*changes: dict, **how) -> bytes:
    return workbook(Page(table([GOOD | each for each in changes])), **how)


def parquet(*changes: dict, **columns: pa.Array) -> bytes:
    people = pa.Table.from_pylist([GOOD | each for each in changes])
    for name, values in columns.items():
        people = people.set_column(people.schema.get_field_index(name), name, values)
    out = io.BytesIO()
    pq.write_table(people, out)
    return out.getvalue()


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def typed(media: str) -> dict[str, str]:
    return {"Content-Type": media}


def merged() -> bytes:
    at = list(GOOD).index("origin_district")
    letter = "ABCDEFGHIJKLMNOPQR"[at]
    rows = table([GOOD, GOOD | {"origin_district": None}])
    return workbook(Page(rows, merged=[f"{letter}2:{letter}3"]))


def far_cell() -> bytes:
    parts = parts_of(book({}))
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return zipped(parts | {SHEET: parts[SHEET].replace(b"</sheetData>", far)})


def cut_xml() -> bytes:
    parts = parts_of(book({}))
    return zipped(parts | {SHEET: parts[SHEET][:-40]})


TWO_SHEETS = workbook(
    Page(table([GOOD]), "North"), Page(table([GOOD | {"age": "x"}]), "South")
)
HIDDEN = workbook(Page([["note"]], "Shown"), Page(table([GOOD]), "Kept", "hidden"))


@dataclass(frozen=True)
class Case:
    """One body and its answer.

    Attributes:
        sent: makes the body.
        status: of the answer.
        code: of the problem, or of something told under ``ignored``.
        faults: row, field and code of each.
        rows: how many rows the receipt counts; ``None`` where there is no receipt.
    """

    sent: Callable[[], bytes]
    status: int = 201
    code: str = ""
    faults: tuple[tuple[int, str, str], ...] = ()
    rows: int | None = 1
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


def good(sent: Callable[[], bytes], code: str = "", rows: int = 1, **asked) -> Case:
    return Case(sent, code=code, rows=rows, **asked)


def faulty(
    sent: Callable[[], bytes], *faults: tuple[int, str, str], rows: int = 1, **asked
) -> Case:
    return Case(sent, faults=faults, rows=rows, **asked)


def refused(sent: Callable[[], bytes], status: int, code: str, **asked) -> Case:
    return Case(sent, status, code, rows=None, **asked)


UNREADABLE = (400, "unreadable_upload")
TOO_LARGE = (413, "upload_too_large")
COLUMNS = (422, "bad_columns")
LOST = "aadhaar_scientific_notation"

CASES = {
    # How text is written.
    "UTF-8": good(lambda: csv({"name": "क्\u200dष नमूना"})),
    "UTF-8 with a byte order mark": good(lambda: spelt("utf-8-sig")),
    "UTF-16, little end first": good(lambda: spelt("utf-16-le", mark=b"\xff\xfe")),
    "UTF-16, big end first": good(lambda: spelt("utf-16-be", mark=b"\xfe\xff")),
    "UTF-16 without a mark": good(lambda: spelt("utf-16-le")),
    "Windows-1252": good(
        lambda: spelt("cp1252", name="Jos\u00e9 Namuna"), "read_as_windows_1252"
    ),
    "UTF-8 with a byte that is none": refused(
        lambda: csv({"name": "\u0930\u0935\u093f"}) + b"\xff\r\n", *UNREADABLE
    ),
    "half a UTF-16 file": refused(
        lambda: spelt("utf-16-le", mark=b"\xff\xfe")[:-1], *UNREADABLE
    ),
    "surrogates in UTF-8": refused(
        lambda: csv({}).replace(b"Gali", b"\xed\xa0\x80\xc3\xa9"), *UNREADABLE
    ),
    "half a surrogate in JSON": faulty(
        lambda: lines(GOOD).replace(b"Prakruti", b"\\ud800"),
        (1, "name", "unreadable_text"),
    ),
    "NUL in a value": faulty(
        lambda: csv({"name": "A\0sha"}), (1, "name", "unreadable_text")
    ),
    "NUL in JSON": faulty(
        lambda: lines(GOOD | {"current_address": "a\0b"}),
        (1, "current_address", "unreadable_text"),
    ),
    "NUL in a workbook": faulty(
        lambda: book({"name": "A_x0000_sha"}), (1, "name", "unreadable_text")
    ),
    "signs that turn the direction": faulty(
        lambda: csv({"name": "A\u202esha"}, {"permanent_address": "x\u2066y"}),
        (1, "name", "bidi_control"),
        (2, "permanent_address", "bidi_control"),
        rows=2,
    ),
    "a name longer than any": faulty(
        lambda: csv({"name": "\u0930" * 201}), (1, "name", "too_long")
    ),
    # How CSV is written.
    "semicolons": good(lambda: split_by(";")),
    "tabs": good(lambda: split_by("\t")),
    "bars": good(lambda: split_by("|")),
    "line feeds only": good(lambda: csv({}).replace(b"\r\n", b"\n")),
    "carriage returns only": good(lambda: csv({}).replace(b"\r\n", b"\r")),
    "line breaks in a value": good(lambda: csv({"current_address": "Gali 4\r\nKhata"})),
    "a quote that does not end": refused(lambda: csv({}) + b'"Asha,1', *UNREADABLE),
    "a value longer than a reader takes": refused(
        lambda: csv({"current_address": '"' + "x" * 140_000}), *UNREADABLE
    ),
    "blank lines": good(lambda: csv({}) + b"\r\n,,,\r\n".replace(b",", b"," * 17)),
    "rows of another width": faulty(
        lambda: csv({}) + b"Asha,1\r\n" + b"x," * 20 + b"\r\n",
        (2, "row", "column_count"),
        (3, "row", "column_count"),
        rows=3,
    ),
    "a header twice": refused(lambda: csv({}).replace(b"gender", b"Name", 1), *COLUMNS),
    "a header missing": refused(
        lambda: csv({}).replace(b"travel_date", b"day", 1), *COLUMNS
    ),
    "an unknown column": good(
        lambda: csv({}).replace(b"gender", b"caste", 1), "unknown_column"
    ),
    "NUL in a header": good(
        lambda: csv({}).replace(b"gender", b"g\0nder", 1), "unknown_column"
    ),
    "people without a header": refused(
        lambda: csv({"current_address": NAME, "permanent_address": NAME}, {}).partition(
            b"\n"
        )[2],
        *COLUMNS,
    ),
    "a mobile as a header": good(
        lambda: csv({}).replace(b"gender", MOBILE.encode(), 1), "unknown_column"
    ),
    "formulas in CSV": faulty(
        lambda: csv(
            {"name": "=HYPERLINK(1)"}, {"current_address": "@x"}, {"name": "'+x"}
        ),
        (1, "name", "formula"),
        (2, "current_address", "formula"),
        (3, "name", "formula"),
        rows=3,
    ),
    # What spreadsheets make of numbers and days.
    "a day number in CSV": faulty(
        lambda: csv({"travel_date": "43964"}), (1, "travel_date", "excel_serial_date")
    ),
    "the month first": faulty(
        lambda: csv({"travel_date": "05/13/2020"}, {"travel_date": "05/06/2020"}),
        (1, "travel_date", "impossible_date"),
        (2, "travel_date", "day_or_month"),
        rows=2,
    ),
    "Aadhaar as 1.2E+11 in CSV": faulty(
        lambda: csv({"aadhaar": "1.2E+11"}), (1, "aadhaar", LOST)
    ),
    "Aadhaar as 1.2E+11 in JSON": faulty(
        lambda: lines(GOOD | {"aadhaar": 1.2e11}), (1, "aadhaar", LOST)
    ),
    "Aadhaar as 1.2E+11 in a workbook": faulty(
        lambda: book({"aadhaar": number("1.2E+11")}, {"aadhaar": number(10**11 * 3)}),
        (1, "aadhaar", LOST),
        (2, "aadhaar", LOST),
        rows=2,
    ),
    "Aadhaar as 1.2E+11 in Parquet": faulty(
        lambda: parquet({}, aadhaar=pa.array([1.2e11])), (1, "aadhaar", LOST)
    ),
    "a mobile as 9.88E+09": faulty(
        lambda: csv({"mobile": "9.88E+09"}), (1, "mobile", "mobile_scientific_notation")
    ),
    "a mobile as a number of a workbook": good(
        lambda: book({"mobile": number(MOBILE)})
    ),
    "a row id that a spreadsheet has shortened": faulty(
        lambda: csv({"source_ref": "1.23E+15"}), (1, "source_ref", "number_shortened")
    ),
    "days counted from 1900": good(lambda: book({"travel_date": day(43964)})),
    "days counted from 1904": good(
        lambda: book({"travel_date": day(42502)}, from_1904=True)
    ),
    "a day number that is not marked as one": faulty(
        lambda: book({"travel_date": number(43964)}),
        (1, "travel_date", "excel_serial_date"),
    ),
    "a day with an hour": faulty(
        lambda: book({"travel_date": day(43964.5)}), (1, "travel_date", "date_format")
    ),
    "days beside texts of days": faulty(
        lambda: book({"travel_date": "13/05/2020"}, {"travel_date": day(43957)}),
        (2, "travel_date", "day_or_month"),
        rows=2,
    ),
    # Workbooks.
    "a workbook": good(lambda: book({}, {}), "sheet_read", rows=2),
    "a workbook, packed": good(lambda: gzip.compress(book({}))),
    "a workbook by its type": good(lambda: book({}), headers=typed(XLSX_TYPE)),
    "formulas with a value": good(
        lambda: book({"age": formula("30+4", "34")}), "formula_value"
    ),
    "a formula without a value": faulty(
        lambda: book({"age": formula("30+4")}, {}),
        (1, "age", "formula_without_value"),
        rows=2,
    ),
    "formulas never computed": faulty(
        lambda: book({"age": formula("30+4", "0")}, stale=True),
        (1, "age", "formula_without_value"),
    ),
    "an error of the spreadsheet": faulty(
        lambda: book({"mobile": error("#REF!")}), (1, "mobile", "spreadsheet_error")
    ),
    "merged cells": faulty(merged, (2, "origin_district", "merged_cell"), rows=2),
    "a hidden sheet": refused(lambda: HIDDEN, *COLUMNS),
    "a hidden sheet that is named": good(lambda: HIDDEN, query={"sheet": "Kept"}),
    "several sheets": refused(lambda: TWO_SHEETS, 422, "ambiguous_sheet"),
    "one of several sheets": faulty(
        lambda: TWO_SHEETS, (1, "age", "not_an_integer"), query={"sheet": "South"}
    ),
    "a sheet that is not there": refused(
        lambda: TWO_SHEETS, 422, "bad_parameter", query={"sheet": "West"}
    ),
    "a sheet of CSV": refused(
        lambda: csv({}), 422, "bad_parameter", query={"sheet": "North"}
    ),
    "a zip bomb": refused(
        lambda: zipped(parts_of(book({})) | {"xl/a.bin": bytes(60 << 20)}), *TOO_LARGE
    ),
    "a value in the last cell there is": refused(far_cell, *TOO_LARGE),
    "a workbook cut short": refused(lambda: book({})[:-40], *UNREADABLE),
    "a workbook whose XML is cut short": refused(cut_xml, *UNREADABLE),
    "a workbook without rows": refused(
        lambda: workbook(Page(table([GOOD])[:1])), *UNREADABLE
    ),
    "another ZIP": refused(lambda: zipped({"people.csv": csv({})}), *UNREADABLE),
    "an old or locked workbook": refused(
        lambda: b"\xd0\xcf\x11\xe0" + bytes(600), *UNREADABLE
    ),
    "a workbook said to be CSV": refused(
        lambda: book({}), *UNREADABLE, headers=typed("text/csv")
    ),
    "CSV said to be a workbook": refused(
        lambda: csv({}), *UNREADABLE, headers=typed(XLSX_TYPE)
    ),
    # Parquet.
    "Parquet": good(lambda: parquet({}, {}), rows=2, headers=typed(PARQUET_TYPE)),
    "Parquet with a broken text": faulty(
        lambda: parquet({}, name=pa.array([b"\xff"], pa.binary())),
        (1, "name", "unreadable_text"),
    ),
    "a dictionary bomb": refused(
        lambda: parquet(
            *({} for _ in range(20)), name=pa.array(["x" * 1_000_000] * 20)
        ),
        *TOO_LARGE,
    ),
    "Parquet cut short": refused(lambda: parquet({})[:-9], *UNREADABLE),
    "Parquet without a column": refused(
        lambda: parquet({}).replace(b"travel_date", b"travel_days"), *COLUMNS
    ),
    # JSON.
    "JSON": good(lambda: b"[" + lines(GOOD) + b"]"),
    "NDJSON with a line that is none": faulty(
        lambda: lines(GOOD) + b"\n{\n[1]\n",
        (2, "row", "unreadable_row"),
        (3, "row", "unreadable_row"),
        rows=3,
    ),
    "JSON that nests without end": refused(
        lambda: b'[{"name": ' + b"[" * 100_000, *UNREADABLE
    ),
    "JSON with numbers that are none": faulty(
        lambda: lines(GOOD | {"age": float("nan")}, GOOD | {"age": float("inf")}),
        (1, "age", "not_an_integer"),
        (2, "age", "not_an_integer"),
        rows=2,
    ),
    # The whole.
    "nothing": refused(lambda: b"", *UNREADABLE),
    "a header only": refused(f"{HEADER}\n".encode, *UNREADABLE),
    "a PDF": refused(lambda: b"%PDF-1.7\n\xe2\xe3", *UNREADABLE),
    "broken gzip": refused(lambda: b"\x1f\x8bbroken", *UNREADABLE),
    "a gzip bomb": refused(lambda: gzip.compress(bytes(MAX_BYTES + 1)), *TOO_LARGE),
    "an array of too many bytes": refused(
        lambda: b"[" + b"1," * (MAX_BYTES // 2) + b"1]", *TOO_LARGE
    ),
    "an array of too many rows": refused(
        lambda: b"[" + b"{}," * MAX_ROWS + b"{}]", *TOO_LARGE
    ),
    "another compression": refused(
        lambda: csv({}), *UNREADABLE, headers={"Content-Encoding": "br"}
    ),
    "a form": refused(
        lambda: csv({}), *UNREADABLE, headers=typed("multipart/form-data; boundary=x")
    ),
}


@pytest.fixture(scope="module", autouse=True)
def aadhaar_kept(app):
    """So that its faults are seen; the default looks at no Aadhaar at all."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, aadhaar="last4")
    yield
    app.extensions["settings"] = settings


@pytest.mark.parametrize("name", CASES)
def test_each_body_is_taken_row_by_row_or_refused_in_words(post, name):
    case = CASES[name]
    answer = post(case.sent(), headers=case.headers, **case.query)
    assert answer.status_code == case.status, answer.text
    for secret in (NAME, MOBILE, AADHAAR):
        assert secret not in answer.text
    told = answer.json
    if case.rows is None:
        assert told["code"] == case.code
        assert told["detail"]
        return
    found = [(each["row"], each["field"], each["code"]) for each in told["faults"]]
    assert tuple(found) == case.faults
    assert told["rows"] == told["accepted"] + told["refused"] == case.rows
    assert told["refused"] == len({row for row, _, _ in case.faults})
    assert not case.code or case.code in {each["code"] for each in told["ignored"]}


JUNK = (
    *(b"\0", b"\xff", b"\xed\xa0\x80", b'"', b"\n", b"\r", b",", b";", b"{", b"}"),
    *(b"[", b"]", b"1e999", b"NaN", b"null", b"\\ud800", b"\\u0000", b"\xe2\x80\xae"),
    *(b"9" * 40, b"=1", b"\x1f\x8b", b"<", b"&#0;", b"</c>", b' t="e"', b' r="A1"'),
)


def damaged(rng: random.Random, body: bytes) -> bytes:
    """A body with some bytes put in, left out or changed."""
    made = bytearray(body)
    for _ in range(rng.randint(1, 5)):
        at, kind = rng.randrange(len(made)), rng.random()
        if kind < 0.5:
            made[at:at] = rng.choice(JUNK)
        elif kind < 0.8:
            del made[at : at + rng.randint(1, 30)]
        else:
            made[at] = rng.randrange(256)
    return bytes(made)


def damaged_book(rng: random.Random, body: bytes) -> bytes:
    """A workbook that is whole as an archive, with one damaged part."""
    parts = parts_of(body)
    name = rng.choice([SHEET, SHEET, *parts])
    return zipped(parts | {name: damaged(rng, parts[name])})


@pytest.mark.parametrize(
    ("body", "damage", "times"),
    [
        (csv({}, {}), damaged, 30),
        (lines(GOOD, GOOD), damaged, 30),
        (spelt("utf-16-le", mark=b"\xff\xfe"), damaged, 10),
        (book({}, {}), damaged_book, 15),
        (parquet({}, {}), damaged, 10),
    ],
    ids=["CSV", "NDJSON", "UTF-16", "XLSX", "Parquet"],
)
def test_a_damaged_body_is_taken_row_by_row_or_refused_in_words(
    post, body, damage, times
):
    rng = random.Random(7)  # noqa: S311 - the same damage each time
    for _ in range(times):
        answer = post(damage(rng, body))
        assert answer.status_code in (201, 400, 413, 422), answer.text
        told = answer.json
        if answer.status_code == 201:
            assert told["rows"] == told["accepted"] + told["refused"]
            assert told["refused"] == len({each["row"] for each in told["faults"]})
        else:
            assert told["code"]
            assert told["detail"]
