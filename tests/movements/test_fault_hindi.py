"""Every fault and every suggestion has its words in both languages."""

import ast
import re
from pathlib import Path

import pytest

import movements
from movements.column_hindi import ALLOWED, EXAMPLES, HINDI
from movements.columns import NAMES
from movements.fault import CELL_ADVICE, CODES
from movements.fault_hindi import SUGGESTIONS, ignored, suggested

DEVANAGARI = re.compile("[\u0900-\u097f]")
FOLDER = Path(movements.__file__).parent


def sieves() -> list[tuple[str, ast.expr]]:
    """The code and the suggestion of each sieve in the rules."""
    return [
        (node.elts[0].value, node.elts[2])
        for path in FOLDER.glob("*_rules.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple)
        and len(node.elts) == 3
        and isinstance(node.elts[0], ast.Constant)
        and node.elts[0].value in CODES
    ]


def test_every_code_has_both_texts():
    for code, (english, hindi) in CODES.items():
        assert english.isascii(), code
        assert DEVANAGARI.search(hindi), code


def test_every_suggestion_of_the_rules_has_its_hindi():
    found = sieves()
    assert len(found) > 20
    fixed = [each.value for _, each in found if isinstance(each, ast.Constant)]
    for text in (*filter(None, fixed), *CELL_ADVICE.values()):
        assert DEVANAGARI.search(SUGGESTIONS.get(text, "")), text


@pytest.mark.parametrize(
    "english",
    [
        "at most 200 signs",
        "one end must be in Maharashtra",
        "write it as yyyy-mm-dd",
        "write it as yyyy-mm-dd or dd/mm/yyyy",
        "yyyy-mm-dd or dd/mm/yyyy; the month is never first",
        "2020-03-01 to 2020-12-31",
        "see row 7",
        "a point in the district, within 0.05 degrees, or none",
        "2020-05-13 if days are counted from 1900, 2024-05-14 if from 1904; yyyy-mm-dd",
        "Aurangabad, Bihar or Aurangabad, Maharashtra",
        "Bihar and Kerala do not touch. Or send accept_route_gap=true",
    ],
)
def test_suggestions_made_for_a_row_are_said_in_hindi(english):
    told = suggested(english)
    assert DEVANAGARI.search(told)
    kept = re.findall(r"\d[\d-]*|Bihar|Kerala|Maharashtra|yyyy-mm-dd", english)
    assert [each for each in kept if each not in told] == []


def test_names_stay_as_they_are():
    assert suggested("Patna (Bihar)") == "Patna (Bihar)"


def test_what_is_ignored_is_said_in_hindi_with_the_sheets_it_names():
    assert DEVANAGARI.search(ignored("sheet_not_read", "not read: 'Lists' (hidden)"))
    assert "'Lists'" in ignored("sheet_not_read", "not read: 'Lists' (hidden)")
    for code in ("unknown_column", "blank_line", "aadhaar_off", "formula_value"):
        assert DEVANAGARI.search(ignored(code, "x"))


def test_every_column_has_its_hindi_and_examples_are_of_our_columns():
    assert list(HINDI) == list(NAMES)
    assert all(DEVANAGARI.search(title) for title, _ in HINDI.values())
    assert {name for each in EXAMPLES for name in each} <= set(NAMES)
    for example in EXAMPLES:
        for name, words in ALLOWED.items():
            assert example[name] in words
