"""Digits of any Indian script, read as 0 to 9."""

import unicodedata

import polars as pl

# The decimal zero of each script that numbers come in: Arabic-Indic (two forms),
# Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam,
# Ol Chiki, Meetei Mayek, full-width.
_ZEROS = (
    *(0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6),
    *(0x0C66, 0x0CE6, 0x0D66, 0x1C50, 0xABF0, 0xFF10),
)
_FOREIGN = [chr(zero + n) for zero in _ZEROS for n in range(10)]
_ASCII = [str(unicodedata.digit(sign)) for sign in _FOREIGN]


def ascii_digits(texts: pl.Series) -> pl.Series:
    """Return the texts with every digit as 0 to 9; other signs stay."""
    if not texts.str.contains(r"[^\x00-\x7f]").any():
        return texts
    frame = texts.alias("t").to_frame()
    return frame.select(pl.col("t").str.replace_many(_FOREIGN, _ASCII)).to_series()
