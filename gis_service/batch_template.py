"""Blank tables for people who fill them by hand: the header, rules in two languages."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from boundaries.gazetteer import Gazetteer
from gis_service import fault_csv
from movements.column_hindi import ALLOWED, EXAMPLES, HINDI
from movements.columns import COLUMNS, NAMES
from movements.sheet import MAX_ROWS

# What a spreadsheet would shorten, or read as a day of its own making.
_AS_TEXT = "@"
_DAY = "yyyy-mm-dd"
_WIDE, _WIDEST = 22, 60
# The same file for the same rules: no moment of making in it.
_MADE = datetime(2020, 5, 16)  # noqa: DTZ001 - a workbook's properties have no zone
_RULES = ("column", "स्तंभ", "needed", "holds", "क्या भरें", "example", "example 2")

Rows = Sequence[Sequence[object]]


def as_csv(*, examples: bool) -> bytes:
    """Return the header alone, or with two made-up people below."""
    out = io.StringIO()
    lines = csv.DictWriter(out, NAMES)
    lines.writeheader()
    lines.writerows(EXAMPLES if examples else ())
    return out.getvalue().encode(fault_csv.ENCODING)


@lru_cache(maxsize=2)  # one for each set of boundaries; anybody may ask for it
def as_workbook(places: Gazetteer) -> bytes:
    """Return a workbook: a blank sheet with choices, the rules, the districts.

    Only the first sheet has our columns, so an upload reads that one.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": "NMIS", "created": _MADE})
        bold = book.add_format({"bold": True})
        named = _districts(places)
        _people(book, bold, districts=len(named))
        _listed(book.add_worksheet("Rules नियम"), [_RULES, *_rules()], bold)
        _listed(
            book.add_worksheet("Districts"),
            [("district", "LGD code", "state", "state LGD code"), *named],
            bold,
        )
    return out.getvalue()


def _people(book: Workbook, bold: Format, *, districts: int) -> None:
    sheet = book.add_worksheet("People")
    sheet.write_row(0, 0, NAMES, bold)
    sheet.freeze_panes(1, 0)
    text = book.add_format({"num_format": _AS_TEXT})
    day = book.add_format({"num_format": _DAY})
    choices: dict[str, object] = {name: list(words) for name, words in ALLOWED.items()}
    listed = f"=Districts!$A$2:$A${districts + 1}"
    choices |= {"origin_district": listed, "destination_district": listed}
    for at, name in enumerate(NAMES):
        sheet.set_column(at, at, _WIDE, day if name == "travel_date" else text)
        sheet.write_comment(0, at, f"{HINDI[name][0]}: {HINDI[name][1]}")
        if name in choices:
            # A warning: codes and other spellings are taken as well.
            offered = {
                "validate": "list",
                "source": choices[name],
                "error_type": "warning",
            }
            sheet.data_validation(1, at, MAX_ROWS, at, offered)


def _rules() -> Rows:
    return [
        (
            column.name,
            HINDI[column.name][0],
            "yes हाँ" if column.required else "",
            column.holds,
            HINDI[column.name][1],
            *(example.get(column.name, "") for example in EXAMPLES),
        )
        for column in COLUMNS
    ]


def _districts(places: Gazetteer) -> Rows:
    return sorted(
        (f"{each.name}, {state.name}", each.code, state.name, state.code)
        for each in places.districts.values()
        for state in [places.states[each.state_code]]
    )


def _listed(sheet: Worksheet, rows: Rows, bold: Format) -> None:
    sheet.set_column(0, 2, _WIDE)
    sheet.set_column(3, 4, _WIDEST)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            style = None if at else bold
            if isinstance(value, str):  # never as a formula
                sheet.write_string(at, column, value, style)
            else:
                sheet.write(at, column, value, style)
