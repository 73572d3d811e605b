"""Typed values of spreadsheets and Parquet, as the texts that the rules read."""

import math
from datetime import date, datetime, time
from decimal import Decimal

# A spreadsheet that shortens a number shows at most six of its digits, and has kept
# none of the others where the sheet came from a CSV file.
_SHORTENED_DIGITS = 6
_LONG = 1e9  # mobile and Aadhaar numbers are above, all else is below
_EXACT = 1e15  # a float, and a spreadsheet, keeps fifteen digits


def text(value: object) -> str | None:
    """Return a value as text; ``None`` where it is none.

    A float that has lost digits comes as ``1.2E+11``; a moment at midnight as its day,
    any other in full, which no rule takes for a day.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (date, time)):  # a datetime is a date
        return _moment(value)
    return _other(value)


def is_shortened(number: float) -> bool:
    """Say whether digits of a number are lost."""
    size = abs(number)
    if size < _LONG or math.isnan(size):
        return False
    return size >= _EXACT or float(f"{size:.{_SHORTENED_DIGITS}g}") == size


def _number(value: float) -> str | None:
    if math.isnan(value):
        return None  # how tables of numbers say that there is none
    if is_shortened(value):
        return f"{value:.{_SHORTENED_DIGITS}g}".upper()
    return str(int(value)) if value.is_integer() else f"{value:.15g}"


def _moment(value: date | time) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat()


def _other(value: object) -> str:
    if isinstance(value, list):
        return ";".join(text(each) or "" for each in value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "{…}" if isinstance(value, dict) else str(value)
