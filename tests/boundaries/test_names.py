"""Folding: what counts in a name and what does not."""

from hypothesis import given
from hypothesis import strategies as st

from boundaries.names import digits, fold, number


def test_case_marks_spaces_and_punctuation_do_not_count():
    assert fold("  Janjgir–Champa ") == fold("JANJGIR CHAMPA") == "janjgirchampa"
    assert fold("Kānpur") == "kanpur"
    assert fold("Lahul & Spiti") == fold("Lahul and Spiti")


def test_two_spellings_of_one_devanagari_name_are_equal():
    assert fold("झारखण्ड") == fold("झारखंड")
    assert fold("छत्तीसगढ़") == fold("छत्तीसगढ\u093c")


def test_vowel_signs_count():
    assert fold("बिहार") != fold("बहार")


def test_digits_of_any_script_are_numbers():
    assert digits("१२৩௪") == "1234"
    assert number(" २१२ ") == "212"
    assert number("2 1") is None
    assert number("²") is None


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
