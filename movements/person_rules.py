"""Rules for what is personal: name, age, gender, mobile, Aadhaar, addresses."""

import numpy as np
import polars as pl

from movements import verhoeff
from movements.digits import ascii_digits
from movements.rule import Column, Rows, sieved, where

LONGEST = {
    "name": 200,
    "current_address": 500,
    "permanent_address": 500,
    "source_ref": 100,
    "guardian_ref": 100,
}
OLDEST = 120

# Direction marks (U+200E, U+200F) belong to Urdu text; overrides and isolates only
# disguise what is written.
_BIDI = "[\u202a-\u202e\u2066-\u2069]"
_UNREADABLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]"
# Spreadsheets write an apostrophe before what is no formula, and drop it again.
_FORMULA = r"^'?[=+@\t\r]"
_DOUBTFUL = f"{_UNREADABLE}|{_BIDI}|{_FORMULA}"  # most columns have none of them
_SCIENTIFIC = r"^[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+$"
_AADHAAR_DIGITS = 12

GENDERS = {
    "female": ("female", "f", "woman", "महिला", "स्त्री"),
    "male": ("male", "m", "man", "पुरुष"),
    "other": ("other", "o", "transgender", "t", "अन्य", "ट्रांसजेंडर"),
}

SAID = {
    True: ("yes", "y", "true", "1", "हाँ", "हां"),
    False: ("no", "n", "false", "0", "नहीं"),
}


def text(field: str, given: pl.Series) -> Column:
    """Check a text; it is kept sign by sign, joiners included."""
    longest = LONGEST[field]
    long = (given.str.len_bytes() > longest).any()
    if not long and not given.str.contains(_DOUBTFUL).any():
        return Column(given)
    return sieved(
        field,
        given,
        ("unreadable_text", given.str.contains(_UNREADABLE), "save as UTF-8"),
        ("bidi_control", given.str.contains(_BIDI), "type the text again"),
        ("formula", given.str.contains(_FORMULA), "write it without the first sign"),
        ("too_long", given.str.len_chars() > longest, f"at most {longest} signs"),
    )


def name(given: pl.Series) -> Column:
    """Check names: needed, and with at least one letter of some script."""
    checked = text("name", given)
    lettered = sieved(
        "name",
        checked.values,
        ("required", given.is_null(), None),
        ("no_letters", ~checked.values.str.contains(r"\p{L}"), None),
    )
    return Column(lettered.values, checked.findings + lettered.findings)


def age(given: pl.Series) -> Column:
    """Check ages, in whole years."""
    digits = ascii_digits(given)
    years = digits.str.extract(r"^([0-9]{1,6})(?:\.0+)?$").cast(pl.Int32)
    allowed = f"whole years, 0 to {OLDEST}"
    return sieved(
        "age",
        years,
        ("required", given.is_null(), None),
        ("not_an_integer", years.is_null(), allowed),
        ("age_out_of_range", years > OLDEST, allowed),
    )


def gender(given: pl.Series) -> Column:
    """Check genders; short forms and Hindi words are taken."""
    spelt = {each: word for word, forms in GENDERS.items() for each in forms}
    known = given.str.to_lowercase().replace_strict(spelt, default=None)
    bad = given.is_not_null() & known.is_null()
    return sieved("gender", known, ("not_allowed_value", bad, "male, female or other"))


def mobile(given: pl.Series) -> Column:
    """Check mobiles and return them as E.164, ``+91`` and ten digits."""
    plain = ascii_digits(given).str.replace(r"\.0$", "")
    lost = plain.str.contains(_SCIENTIFIC)
    bare = plain.str.replace_all(r"[\s\-()]", "")
    ten = bare.str.extract(r"^'?(?:\+91|0091|0)?([6-9][0-9]{9})$")
    doubtful = ten.is_null() & given.is_not_null()
    prefixed = bare.str.contains(r"^91[6-9][0-9]{9}$")
    return sieved(
        "mobile",
        "+91" + ten,
        ("mobile_scientific_notation", lost, "format the column as text, then refill"),
        ("mobile_invalid", doubtful & prefixed, "write +91, not 91, before the number"),
        ("mobile_invalid", doubtful, "ten digits, the first 6 to 9"),
    )


def borrowed(given: pl.Series) -> Column:
    """Check whether mobiles are somebody else's; ``no`` is the same as nothing."""
    if not given.count():
        return Column(given.cast(pl.Boolean))
    spelt = {each: word for word, forms in SAID.items() for each in forms}
    lower = given.str.to_lowercase()
    known = lower.replace_strict(spelt, default=None, return_dtype=pl.Boolean)
    bad = given.is_not_null() & known.is_null()
    field = "mobile_borrowed"
    checked = sieved(field, known, ("not_allowed_value", bad, "yes or no"))
    only = pl.DataFrame({"v": checked.values}).select(
        pl.when(pl.col("v")).then(pl.col("v"))
    )
    return Column(only.to_series(), checked.findings)


def aadhaar(given: pl.Series) -> Column:
    """Check Aadhaar numbers and return their twelve digits."""
    plain = ascii_digits(given).str.replace(r"\.0$", "")
    bare = plain.str.replace_all(r"[\s\-]", "")
    twelve = bare.str.extract(r"^([0-9]{12})$")
    first = twelve.str.contains("^[01]")
    return sieved(
        "aadhaar",
        twelve,
        (
            "aadhaar_scientific_notation",
            plain.str.contains(_SCIENTIFIC),
            "format the column as text, then refill; or leave it empty",
        ),
        (
            "aadhaar_length",
            given.is_not_null() & twelve.is_null(),
            "twelve digits, or leave it empty",
        ),
        ("aadhaar_first_digit", first, "correct it, or leave it empty"),
        ("aadhaar_check_digit", _unchecked(twelve), "correct it, or leave it empty"),
    )


def _unchecked(twelve: pl.Series) -> pl.Series:
    rows: Rows = where(twelve.is_not_null())
    bad = np.zeros(len(twelve), dtype=np.bool_)
    if len(rows):
        joined = "".join(twelve.gather(rows).to_list()).encode("ascii")
        digits = (np.frombuffer(joined, dtype=np.int8) - ord("0")).astype(np.int8)
        bad[rows] = ~verhoeff.holds(digits.reshape(-1, _AADHAAR_DIGITS))
    return pl.Series(bad)
