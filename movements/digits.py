"""Digits of any script, read as 0 to 9."""

import sys
import unicodedata

import polars as pl

# Every decimal digit of Unicode (category Nd) that is not ASCII's: those of all Indian
# scripts, of Tibetan and Thai, full-width.
_FOREIGN = [
    sign
    for sign in map(chr, range(0x80, sys.maxunicode + 1))
    if unicodedata.category(sign) == "Nd"
]
_ASCII = [str(unicodedata.digit(sign)) for sign in _FOREIGN]


def ascii_digits(texts: pl.Series) -> pl.Series:
    """Return the texts with every digit as 0 to 9; other signs stay.

    Patterns for the result say ``[0-9]``, not a class of digits: its writers may know
    of a script that this Python's Unicode does not.
    """
    if not texts.str.contains(r"[^\x00-\x7f]").any():
        return texts
    frame = texts.alias("t").to_frame()
    return frame.select(pl.col("t").str.replace_many(_FOREIGN, _ASCII)).to_series()
