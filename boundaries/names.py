"""Fold names so that spellings of one name compare equal; nothing fuzzy."""

import re
import unicodedata

_LATIN_MARKS = re.compile("[\u0300-\u036f]")
# A nasal joined to the next consonant is also written as anusvara: झारखण्ड, झारखंड.
_NASAL = re.compile("[ङञणनम]\u094d(?=[क-ह])")
_ANUSVARA = "\u0902"
_NUKTA = "\u093c"
# No code is longer, and no list of codes is looked through for more.
_NUMBER = re.compile("[0-9]{1,18}")


def digits(text: str) -> str:
    """Return the text with the decimal digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c
        for c in text
    )


def number(text: str) -> str | None:
    """Return the digits of a text that is a number of at most 18, else None."""
    plain = digits(text).strip()
    return plain if _NUMBER.fullmatch(plain) else None


def fold(text: str) -> str:
    """Return the key under which a name is looked up.

    Case, Latin diacritics, punctuation, spaces, joiners, nukta and the script of
    digits do not count; ``&`` is "and". Vowel signs of Indian scripts do count.
    """
    plain = digits(unicodedata.normalize("NFKD", text)).casefold().replace("&", "and")
    plain = _LATIN_MARKS.sub("", plain).replace(_NUKTA, "")
    plain = _NASAL.sub(_ANUSVARA, plain)
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN")
