"""Workbooks: which sheet is read, what its cells are, and what is refused."""

import io
import struct
import zipfile

import made_up
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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

from movements.errors import (
    AmbiguousSheet,
    BadColumns,
    BadParameter,
    MovementError,
    UnreadableUpload,
    UploadTooLarge,
)
from movements.reading import Asked, read
from movements.sheet import Sheet

PEOPLE = made_up.rows(3, refs="r")
ROWS = table(PEOPLE)
BOOK = workbook(Page(ROWS))
SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def people(*changes: dict) -> list[list]:
    return table([PEOPLE[0] | each for each in changes])


def first(found: Sheet, column: str) -> str | None:
    return found.frame[column][0]


def told(found: Sheet) -> dict[str, str]:
    return {each.code: each.message for each in found.ignored}


def changed(part: str, old: bytes, new: bytes) -> bytes:
    parts = parts_of(BOOK)
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new)})


def test_a_workbook_gives_the_same_rows_as_csv():
    assert read(BOOK).frame.equals(read(made_up.csv_body(PEOPLE)).frame)


def test_the_receipt_says_which_sheet_was_read_and_which_not():
    book = workbook(Page(ROWS, "People"), Page([["x"]], "Lists", "hidden"))
    assert told(read(book)) == {
        "sheet_read": "read: sheet 'People'; its header is in row 1",
        "sheet_not_read": "not read: 'Lists' (hidden)",
    }


def test_the_one_visible_sheet_with_our_columns_is_read():
    other = Page([["Total", "3"]], "Summary")
    hidden = Page(people({"name": "Old"}), "Old", "veryHidden")
    assert first(read(workbook(other, hidden, Page(ROWS))), "name") != "Old"


def test_several_sheets_with_our_columns_are_refused_until_one_is_named():
    book = workbook(Page(ROWS, "North"), Page(people({"name": "Asha"}), "South"))
    with pytest.raises(AmbiguousSheet, match="'North', 'South'"):
        read(book)
    assert first(read(book, Asked(sheet="South")), "name") == "Asha"
    with pytest.raises(BadParameter, match=r"'West'.*'North', 'South'"):
        read(book, Asked(sheet="West"))
    with pytest.raises(BadParameter, match="text"):
        read(made_up.csv_body(PEOPLE), Asked(sheet="South"))


def test_a_hidden_sheet_is_read_only_where_it_is_named():
    book = workbook(Page([["x"]], "Shown"), Page(ROWS, "Kept", "hidden"))
    with pytest.raises(BadColumns, match="hidden and not read: 'Kept'"):
        read(book)
    assert read(book, Asked(sheet="Kept")).frame.height == 3


def test_titles_above_the_header_are_no_rows():
    rows = [["List of people"], [None], *ROWS]
    found = read(workbook(Page(rows, merged=["A1:R1"], first=3)))
    assert found.frame.height == 3
    assert "row 5" in told(found)["sheet_read"]


def test_days_are_read_in_the_workbooks_own_calendar():
    rows = people({"travel_date": day(43964)})
    assert first(read(workbook(Page(rows))), "travel_date") == "2020-05-13"
    rows = people({"travel_date": day(42502)})
    book = workbook(Page(rows), from_1904=True)
    assert first(read(book), "travel_date") == "2020-05-13"


def test_numbers_are_read_in_full_and_shortened_ones_marked():
    rows = people(
        {"age": number("34"), "mobile": number("9876543210"), "source_ref": "a"},
        {"mobile": number("9.87654E+9"), "aadhaar": number("1.2E+11")},
        {"source_ref": number("12345678901234567")},
    )
    found = read(workbook(Page(rows)))
    assert (first(found, "age"), first(found, "mobile")) == ("34", "9876543210")
    assert found.frame["mobile"][1] == "9.87654E+09"
    assert found.frame["aadhaar"][1] == "1.2E+11"
    assert found.cells == ((2, "source_ref", "number_shortened"),)


def test_formulas_give_their_value_or_a_fault():
    rows = people(
        {"age": formula("30+4", "34"), "gender": formula('""', "", "str")},
        {"age": formula("30+4"), "mobile": formula("1+1", " ")},
    )
    found = read(workbook(Page(rows)))
    assert (first(found, "age"), first(found, "gender")) == ("34", None)
    assert found.cells == (
        (1, "age", "formula_without_value"),
        (1, "mobile", "formula_without_value"),
    )
    assert "last computed" in told(found)["formula_value"]


def test_formulas_that_wait_to_be_computed_have_no_value():
    rows = people({"age": formula("30+4", "0")})
    found = read(workbook(Page(rows), stale=True))
    assert found.cells == ((0, "age", "formula_without_value"),)


def test_a_row_of_nothing_but_faulty_cells_is_still_a_row():
    empty = dict.fromkeys(PEOPLE[0])
    rows = people({}, empty | {"age": formula("1")}, empty, {})
    found = read(workbook(Page(rows)))
    assert found.frame.height == 3
    assert found.cells == ((1, "age", "formula_without_value"),)
    assert "blank_line" in told(found)


def test_errors_of_the_spreadsheet_are_faults():
    found = read(workbook(Page(people({"origin_district": error("#N/A")}))))
    assert found.cells == ((0, "origin_district", "spreadsheet_error"),)


def test_merged_cells_are_faults_but_for_the_one_that_holds_the_value():
    at = list(PEOPLE[0]).index("origin_district")
    letter = "ABCDEFGHIJ"[at]
    rows = people({}, {"origin_district": None}, {"origin_district": None}, {})
    found = read(workbook(Page(rows, merged=[f"{letter}2:{letter}4"])))
    assert found.cells == (
        (1, "origin_district", "merged_cell"),
        (2, "origin_district", "merged_cell"),
    )


SWAPPED = (2, "travel_date", "day_or_month")


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        # The fifth of May either way; the sixth of May, or the fifth of June.
        (["13/05/2020", day(43956), day(43957)], (SWAPPED,)),
        # A thirteenth that is a day: this spreadsheet reads the day first.
        (["13/05/2020", day(43964), day(43957)], ()),
        # No text that needs a thirteenth month.
        (["05/06/2020", day(43956), day(43957)], ()),
        (["2020-05-13", day(43956), day(43957)], ()),
        (["13/05/2020", "14/05/2020"], ()),
    ],
)
def test_days_may_be_swapped_where_a_spreadsheet_left_later_ones_as_texts(days, faults):
    rows = people(*({"travel_date": each} for each in days))
    assert read(workbook(Page(rows))).cells == faults


def test_columns_without_a_name_are_told():
    rows = [
        [*row, cell] for row, cell in zip(ROWS, [None, "x", None, "y"], strict=True)
    ]
    (_, ignored) = read(workbook(Page(rows))).ignored
    assert (ignored.field, ignored.count) == ("(column U)", 2)


def test_a_doubled_column_is_named():
    rows = [[*row, row[0]] for row in ROWS]
    with pytest.raises(BadColumns, match="twice: name"):
        read(workbook(Page(rows)))


def test_missing_columns_are_named():
    with pytest.raises(BadColumns, match="missing: age, category"):
        read(workbook(Page([["Name", "Mobile"], ["Asha", "9"]])))


BOMB = zipped(parts_of(BOOK) | {"xl/media/a.bin": bytes(60 << 20)})


def lying() -> bytes:
    """A part that unpacks to more than it says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(BOOK).items():
            archive.writestr(name, content)
        archive.writestr("xl/media/a.bin", bytes(1 << 20))
    said = struct.pack("<I", 1 << 20)
    return out.getvalue().replace(said, struct.pack("<I", 1000))


@pytest.mark.parametrize(
    ("sent", "kind", "words"),
    [
        (workbook(Page([])), UnreadableUpload, "holds anything"),
        (workbook(Page(ROWS[:1])), UnreadableUpload, "no row"),
        (BOOK[:900], UnreadableUpload, "broken or cut short"),
        (BOOK[:-30], UnreadableUpload, "broken or cut short"),
        (zipped({"a.csv": "x"}), UnreadableUpload, "a ZIP, no XLSX"),
        (zipped({"xl/workbook.bin": "x"}), UnreadableUpload, "binary workbook"),
        (zipped({"content.xml": "x"}), UnreadableUpload, "OpenDocument"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), UnreadableUpload, r"\.xls"),
        (changed(SHEET, b"<sheetData>", b"<sheetData><"), UnreadableUpload, "broken"),
        (BOMB, UploadTooLarge, "times its size"),
        (zipped({"a": bytes(70 << 20)}), UploadTooLarge, "bytes unpacked"),
        (lying(), UnreadableUpload, "broken"),
        (zipped({f"{n}": b"" for n in range(1001)}), UploadTooLarge, "parts"),
    ],
)
def test_what_is_no_workbook_or_too_much_of_one_is_refused(sent, kind, words):
    with pytest.raises(kind, match=words):
        read(sent)


def test_a_value_far_away_does_not_fill_the_memory():
    far = changed(
        SHEET,
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )
    with pytest.raises(UploadTooLarge, match="memory"):
        read(far)
    wide = changed(
        SHEET, b'</row><row r="2">', b'<c r="XFD1"><v>1</v></c></row><row r="2">'
    )
    tall = changed(
        SHEET,
        b"</sheetData>",
        b'<row r="200000"><c r="A200000"><v>1</v></c></row></sheetData>',
    )
    assert read(wide).frame.height == 3
    with pytest.raises(UploadTooLarge, match="cells"):
        read(tall)


def test_entities_of_xml_are_not_expanded():
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet'
    book = changed(SHEET, b"<worksheet", bomb)
    book = zipped(
        parts_of(book)
        | {SHEET: parts_of(book)[SHEET].replace(b"<c ", b"<c><f/></c><c ", 1)}
    )
    with pytest.raises(UnreadableUpload, match="document type"):
        read(book)


def test_one_text_named_by_every_row_counts_for_each():
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        f"{'x' * (1 << 20)}</t></si></sst>"
    )
    rows = people(*({"name": number("0")} for _ in range(20)))
    parts = parts_of(workbook(Page(rows)))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = (
        f'<Relationship Id="s" Type="{office}/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>'
    )
    rels = parts[RELATIONS].replace(b"</Relationships>", relation.encode())
    cells = parts[SHEET].replace(b's="0"><v>0</v>', b't="s"><v>0</v>')
    more = {SHEET: cells, "xl/sharedStrings.xml": strings}
    sent = zipped(parts | more | {RELATIONS: rels, "pad": _noise()})
    with pytest.raises(UploadTooLarge, match="signs of text"):
        read(sent)


def _noise() -> bytes:
    import random

    return random.Random(1).randbytes(30_000)  # noqa: S311 - padding


def test_more_rows_than_are_asked_for_are_refused():
    with pytest.raises(UploadTooLarge, match="3 rows given, 2 allowed"):
        read(BOOK, Asked(rows=2))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=30))
def test_a_damaged_workbook_is_read_or_refused(at: int, noise: bytes):
    try:
        found = read(BOOK[:at] + noise + BOOK[at + len(noise) :])
    except MovementError:
        return
    assert found.frame.columns == list(made_up.NAMES)
