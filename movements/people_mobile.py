"""A mobile as somebody says it, in the form that it is kept and looked up in."""

import re

import polars as pl

from movements import person_rules
from movements.errors import BadParameter

# As most are written, and as the rules of uploads read it too: a frame for one value
# takes longer than the look-up.
_USUAL = re.compile(r"(?:\+91|0091|0)?([6-9][0-9]{9})")


def e164(text: str) -> str:
    """Return a mobile as uploads keep it: ``+91`` and ten digits.

    Raises:
        BadParameter: it is none; says how one is written, and not what was given.
    """
    if usual := _USUAL.fullmatch(text):
        return f"+91{usual[1]}"
    found = person_rules.mobile(pl.Series([text], dtype=pl.String)).values[0]
    if found is None:
        raise BadParameter("mobile: ten digits, the first 6 to 9, with or without +91")
    return str(found)
