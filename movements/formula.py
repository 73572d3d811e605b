"""Texts that a spreadsheet would run as a formula: marked on the way out and back."""

import re

import polars as pl

_MARK = "'"
_SIGNS = r"=+\-@\t\r"
_RISKY = re.compile(f"{_MARK}*[{_SIGNS}]")
# A number with its sign, as a mobile's or a coordinate's, computes nothing.
_NUMBER = re.compile(r"[+-][0-9][0-9 ]*(?:\.[0-9]+)?")


def marked(text: str) -> str:
    """Return a text for a cell, with an apostrophe before what would be computed.

    A text that begins so by itself gets another one, so that ``unmarked`` is exact.
    """
    if not _RISKY.match(text) or _NUMBER.fullmatch(text):
        return text
    return f"{_MARK}{text}"


def unmarked(texts: pl.Expr) -> pl.Expr:
    """Return the texts of a table that we gave back, without our apostrophes."""
    return texts.str.replace(f"^{_MARK}({_MARK}*[{_SIGNS}])", "${1}")
